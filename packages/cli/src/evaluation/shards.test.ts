import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hueModes, renderB, sampleB } from '@munit/data/synthetic';
import { encodePng } from '@munit/images/png';
import { runTraining } from '@munit/train/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliIo } from '../io.js';
import { run } from '../run.js';

const work = mkdtempSync(join(tmpdir(), 'munit-evaluation-shards-'));
const at = (...parts: readonly string[]): string => join(work, ...parts);
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function munit(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const io: CliIo = { stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) }, onInterrupt: () => () => undefined, exitNow: () => undefined };
  const code = await run(args, io);
  // One sentence after another, without the indent of what to do.
  return { code, out, err: err.replaceAll(/\n +/g, ' ') };
}

function write(folder: string, name: string, index: number, hueMode: number): void {
  mkdirSync(folder, { recursive: true });
  const { content, style } = sampleB({ size: 40, seed: 1 }, 'test', index);
  writeFileSync(join(folder, name), encodePng(renderB(content, { ...style, hueMode, hue: 45 * hueMode }, 40)));
}

beforeAll(async () => {
  for (let i = 0; i < 20; i++) write(at('real'), `${i}.png`, i, i % 8);
  // One is larger than the others, so that the list of sizes has an order that a merge could lose; one has no colour.
  const small = { channels: 1 as const, width: 44, height: 40 };
  writeFileSync(at('real', '7.png'), encodePng({ ...small, data: Uint8Array.from({ length: 44 * 40 }, (_, i) => (7 * i) % 256) }));
  for (let i = 0; i < 7; i++) for (const k of [0, 1]) write(at('translated'), `${i}_${k}.png`, 100 + i, (i + 4 * k) % 8);
  for (const hue of [0, 2]) for (let i = 0; i < 8; i++) write(at('modes', hueModes[hue] as string), `${i}.png`, 200 + i, hue);
  const config = {
    synthetic_count: 8, max_iter: 1, batch_size: 1, display_size: 1, crop_image_height: 32, crop_image_width: 32,
    gen: { dim: 2, mlp_dim: 4, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 },
  };
  await runTraining({ folder: at('run'), config, device: 'simd', threads: 1 });
  const { code, err } = await munit('classify', 'train', at('modes'), '--out', at('classifier'), '--device', 'simd', '--threads', '1');
  if (code !== 0) throw new Error(err);
}, 120_000);

/** Every file below a folder, with its bytes. */
function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name)).toString('latin1')]));
}

const measured = {
  folders: [at('real'), at('translated'), '--styles', '2', '--protocol', 'quality', 'modes', '--classifier', at('classifier'), '--resamples', '6'],
  run: [at('run'), '--to', 'b', '--protocol', 'diversity', 'quality', 'reconstruction', 'synthetic', '--inputs', '4', '--styles', '3', '--real', '6', '--resamples', '4'],
  benchmark: [at('run'), '--inputs', '5', '--styles', '3'],
} as const;
type What = keyof typeof measured;

const evaluate = (what: What, out: string, ...more: readonly string[]) => munit('evaluate', ...measured[what], '--out', at(out), '--device', 'simd', '--threads', '1', ...more);

/** The evaluation in one piece, made once. */
async function whole(what: What): Promise<{ readonly out: string; readonly files: Record<string, string> }> {
  const folder = `whole-${what}`;
  if (!existsSync(at(folder))) {
    const { code, out, err } = await evaluate(what, folder);
    expect([code, err]).toEqual([0, '']);
    writeFileSync(at(`${folder}.txt`), out.replaceAll(at(folder), 'OUT'));
  }
  return { out: readFileSync(at(`${folder}.txt`), 'utf8'), files: contents(at(folder)) };
}

describe('an evaluation in shards', () => {
  it.each([
    ['folders', 3],
    // More shards than inputs: some have nothing to translate.
    ['run', 5],
    ['benchmark', 3],
  ] as const)('of %s merges into the one in one piece, byte for byte', async (what, count) => {
    for (let index = count; index >= 1; index--) {
      const { code, out, err } = await evaluate(what, `merged-${what}`, '--shard', `${index}/${count}`);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain(`Shard ${index} of ${count} is measured. When all are: munit merge ${at(`merged-${what}`)}`);
    }
    expect(existsSync(at(`merged-${what}`, 'evaluation.json'))).toBe(false);
    const { code, out, err } = await munit('merge', at(`merged-${what}`));
    expect([code, err]).toEqual([0, '']);
    const truth = await whole(what);
    expect(out.replaceAll(at(`merged-${what}`), 'OUT')).toBe(truth.out);
    expect(Object.keys(truth.files)).toContain('evaluation.html');
    expect(contents(at(`merged-${what}`))).toEqual(truth.files);
  }, 480_000);

  it('resumes where a killed shard, and a killed merge, have stopped', async () => {
    for (const index of [1, 2]) await evaluate('run', 'killed', '--shard', `${index}/2`);
    const first = at('killed', '.shard-1-of-2');
    // As SIGKILL leaves a shard that was translating: a part of its translations, a file that was being written, and no record.
    for (const name of ['shard.json', 'parts', 'features', 'reconstructions']) rmSync(join(first, name), { recursive: true });
    const translations = readdirSync(join(first, 'translations', 'to-b'));
    rmSync(join(first, 'translations', 'to-b', translations.at(-1) as string));
    writeFileSync(join(first, 'translations', 'to-b', `${translations[0]}.123.tmp`), 'half');
    const kept = statSync(join(first, 'translations', 'to-b', translations[0] as string)).mtimeMs;
    expect((await munit('merge', at('killed'))).err).toContain('Shard 1 of 2 is not complete. Run the same command for them (again): what is done is kept.');
    expect((await evaluate('run', 'killed', '--shard', '1/2')).code).toBe(0);
    expect(statSync(join(first, 'translations', 'to-b', translations[0] as string)).mtimeMs).toBe(kept);
    // A merge that was killed after it had moved a file.
    cpSync(join(first, 'settings.json'), at('killed', 'settings.json'));
    mkdirSync(at('killed', 'translations', 'to-b'), { recursive: true });
    renameSync(join(first, 'translations', 'to-b', translations[0] as string), at('killed', 'translations', 'to-b', translations[0] as string));
    cpSync(at('killed'), at('killed-shards'), { recursive: true });
    const merged = await munit('merge', at('killed'));
    expect(merged.code).toBe(0);
    expect(contents(at('killed'))).toEqual((await whole('run')).files);
    // One that was killed when it had removed the first shard, and the record of the second.
    const record = at('killed-shards', '.shard-2-of-2', 'shard.json');
    writeFileSync(at('killed', '.munit-merged.json'), JSON.stringify({ first: JSON.parse(readFileSync(record, 'utf8')) as unknown }));
    rmSync(record);
    cpSync(at('killed-shards', '.shard-2-of-2'), at('killed', '.shard-2-of-2'), { recursive: true });
    expect(await munit('merge', at('killed'))).toEqual(merged);
    expect(contents(at('killed'))).toEqual((await whole('run')).files);
  }, 480_000);

  it('is refused when shards are missing, or of other settings, images or devices', async () => {
    const shard = (index: number, ...more: readonly string[]) => evaluate('benchmark', 'bad', '--shard', `${index}/3`, ...more);
    const merge = async () => (await munit('merge', at('bad'))).err;
    await shard(1);
    await shard(2);
    expect(await merge()).toContain('Shard 3 of 3 is not complete.');
    await shard(3, '--seed', '8');
    expect(await merge()).toContain('Shard 3 of 3 had another model, other images or other settings than shard 1. Run them again with the same command and --no-resume.');
    expect((await shard(3)).err).toContain('holds an evaluation of another model, of other images, or with other settings');
    expect((await shard(3, '--no-resume')).code).toBe(0);
    const record = at('bad', '.shard-3-of-3', 'shard.json');
    const text = readFileSync(record, 'utf8');
    writeFileSync(record, text.replace('"device":"simd"', '"device":"webgpu"'));
    expect(await merge()).toContain('Shard 3 of 3 measured on another device than shard 1');
    writeFileSync(record, text.replace('"names":[]', '"names":["one more"]'));
    expect(await merge()).toContain('Shard 3 of 3 saw other images than shard 1');
    writeFileSync(record, '{');
    expect(await merge()).toContain('shard.json is damaged. Run the shard again');
    writeFileSync(record, text);
    cpSync(at('bad', '.shard-1-of-3'), at('bad', '.shard-1-of-2'), { recursive: true });
    expect(await merge()).toContain('holds shards of several splits: of 2 and of 3');
    rmSync(at('bad', '.shard-1-of-2'), { recursive: true });
    // Of an evaluation with other settings that is there already.
    writeFileSync(at('bad', 'settings.json'), '{"other":true}\n');
    expect(await merge()).toContain('holds an evaluation of another model, of other images, or with other settings');
    rmSync(at('bad', 'settings.json'));
    expect(await merge()).toBe('');
    expect((await munit('merge', at('bad'))).err).toContain('There are no shards in');
  }, 480_000);
});
