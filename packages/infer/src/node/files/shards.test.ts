import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { AbortedError, ArgumentError, DataError } from '@munit/core';
import { encodeImage } from '@munit/images/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFor, noise } from '../../../test/models.js';
import { createTranslator } from '../load.js';
import { mergeShards } from './merge.js';
import type { TranslateFilesOptions } from './options.js';
import { isInShard } from './shards.js';
import { translateFiles } from './translateFiles.js';

const work = mkdtempSync(join(tmpdir(), 'munit-shards-'));
const at = (path: string): string => join(work, path);
const count = 3;
let translator: Awaited<ReturnType<typeof createTranslator>>;

beforeAll(async () => {
  mkdirSync(at('in/more'), { recursive: true });
  for (let i = 0; i < 17; i++) writeFileSync(at(`in/${i % 3 === 0 ? 'more/' : ''}image${i}.png`), await encodeImage({ ...noise(12, 8, 3, i + 1), channels: 3 } as never, 'image/png'));
  writeFileSync(at('in/broken.png'), 'not an image');
  translator = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
  await translateFiles(request('whole'));
});
afterAll(() => {
  translator.dispose();
  rmSync(work, { recursive: true });
});

function request(out: string, more: Partial<TranslateFilesOptions> = {}): TranslateFilesOptions {
  return { translator, inputs: [at('in')], out: at(out), styles: 2, seed: 4, label: 'tiny', ...more };
}
const shard = (out: string, index: number, more: Partial<TranslateFilesOptions> = {}) => translateFiles(request(out, { shard: { index, count }, ...more }));

/** All files below a folder with their bytes; of the notes what is not a time. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.sort().map((name) => {
    const text = readFileSync(join(folder, name)).toString('latin1');
    return [name, name.endsWith('.jsonl') ? text.replaceAll(/"(mtimeMs|ctimeMs)":[\d.]+/g, '') : text];
  }));
}

describe('shards', () => {
  it('divide the inputs by name alone, each into one', () => {
    const names = Array.from({ length: 2000 }, (_, i) => `image${i}.png`);
    const sizes = [1, 2, 3, 4].map((index) => names.filter((name) => isInShard(name, { index, count: 4 })).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2000);
    // Within 4 deviations of a fair deal: √(2000 · 1/4 · 3/4) = 19.4.
    for (const size of sizes) expect(Math.abs(size - 500)).toBeLessThan(78);
  });

  it('merge into what one run leaves, byte for byte, with the same report; one of them stopped and started again', async () => {
    const abort = new AbortController();
    const stopped = shard('merged', 2, { signal: abort.signal, onProgress: (progress) => progress.kind !== 'grid' && progress.done === 2 && abort.abort() });
    await expect(stopped).rejects.toBeInstanceOf(AbortedError);
    await shard('merged', 1);
    await shard('merged', 3);
    await expect(mergeShards(at('merged'))).rejects.toThrow('Shard 2 of 3 is not complete.');
    const again = await shard('merged', 2);
    expect(again.skipped).toBeGreaterThan(0);
    const merged = await mergeShards(at('merged'));
    expect(contents(at('merged'))).toEqual(contents(at('whole')));

    rmSync(at('fresh'), { recursive: true, force: true });
    const whole = await translateFiles(request('fresh'));
    expect([merged.shards, merged.translated]).toEqual([3, whole.translated]);
    expect(merged.outputs.map((path) => relative(at('merged'), path))).toEqual(whole.outputs.map((path) => relative(at('fresh'), path)));
    expect(merged.failed.map(({ name, input, code, message }) => [name, input, code, message])).toEqual(whole.failed.map(({ input, error }) => [relative(at('in'), input), input, error.code, error.message]));
    // The notes are those of one run: nothing is left to do.
    expect(await translateFiles(request('merged'))).toMatchObject({ translated: 0, skipped: 17 });
  });

  it('an interrupted merge continues', async () => {
    for (const index of [1, 2, 3]) await shard('twice', index);
    // As if it had been killed after two files: they lie in their place, and not in the shard's folder.
    const folder = at('twice/.shard-1-of-3');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.png')).slice(0, 2);
    for (const name of names) {
      mkdirSync(join(at('twice'), name, '..'), { recursive: true });
      writeFileSync(join(at('twice'), name), readFileSync(join(folder, name)));
      rmSync(join(folder, name));
    }
    await mergeShards(at('twice'));
    expect(contents(at('twice'))).toEqual(contents(at('whole')));
  });

  it('a merge that was killed while it removed the shards ends as it would have', async () => {
    for (const index of [1, 2, 3]) await shard('removing', index);
    cpSync(at('removing'), at('removing-shards'), { recursive: true });
    const merged = await mergeShards(at('removing'));
    const left = at('removing/.munit-merged.json');
    expect(existsSync(left)).toBe(false);
    // Shard 2 is gone, and of shard 3 its record.
    cpSync(at('removing-shards/.shard-3-of-3'), at('removing/.shard-3-of-3'), { recursive: true });
    rmSync(at('removing/.shard-3-of-3/.munit-shard.json'));
    writeFileSync(left, JSON.stringify(merged));
    expect(await mergeShards(at('removing'))).toEqual(merged);
    expect(contents(at('removing'))).toEqual(contents(at('whole')));
    // Continuing a shard instead undoes the merge.
    writeFileSync(left, JSON.stringify(merged));
    await shard('removing', 1);
    await expect(mergeShards(at('removing'))).rejects.toThrow('Shards 2, 3 of 3 are not complete.');
  });

  it('refuse to be merged when something is missing, changed or in the way', async () => {
    await expect(mergeShards(at('whole'))).rejects.toThrow('There are no shards in');
    await expect(mergeShards(at('nowhere'))).rejects.toBeInstanceOf(DataError);
    for (const index of [1, 2]) await shard('bad', index);
    await expect(mergeShards(at('bad'))).rejects.toThrow('Shard 3 of 3 is not complete. Run the same command for them (again): what is done is kept.');
    await shard('bad', 3, { seed: 5 });
    await expect(mergeShards(at('bad'))).rejects.toThrow('Shard 3 of 3 had another model or other settings than shard 1.');
    await shard('bad', 3, { resume: false });
    const folder = at('bad/.shard-1-of-3');
    const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('.png'))!;
    const bytes = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), 'other');
    await expect(mergeShards(at('bad'))).rejects.toThrow('is missing, or is not what the shard has made');
    writeFileSync(join(folder, name), bytes);
    mkdirSync(join(at('bad'), name, '..'), { recursive: true });
    writeFileSync(join(at('bad'), name), 'mine');
    await expect(mergeShards(at('bad'))).rejects.toThrow('is not a result of these shards');
    rmSync(join(at('bad'), name));
    await translateFiles(request('bad', { shard: { index: 1, count: 2 } }));
    await expect(mergeShards(at('bad'))).rejects.toThrow('shards of several splits: of 2 and of 3');
  });

  it('refuse a number out of range, and a grid', async () => {
    for (const index of [0, 4, 1.5]) await expect(shard('x', index)).rejects.toBeInstanceOf(ArgumentError);
    await expect(shard('x', 1, { grid: true })).rejects.toThrow('A shard has only a part of the images of a grid.');
  });
});
