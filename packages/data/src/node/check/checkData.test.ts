import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, png, temporaryFolder, twoColours } from '../../../test/images.js';
import { checkData } from './checkData.js';
import { formatReport } from './report.js';

let dir: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ dir, remove } = await temporaryFolder());
  await mkdir(join(dir, 'mess'));
  const at = (name: string): string => join(dir, 'mess', name);
  const file = await open(twoColours(100, 80)).png().toBuffer();
  await writeFile(at('good.png'), file);
  await writeFile(at('copy.png'), file);
  await writeFile(at('wrong.jpg'), await open(twoColours(90, 80)).png().toBuffer());
  await writeFile(at('zero.png'), '');
  await writeFile(at('cut.png'), file.subarray(0, 100));
  await writeFile(at('notes.txt'), 'hello');
  await png(at('blank.png'), { width: 70, height: 70, channels: 3, data: new Uint8Array(14700).fill(8) });
  await png(at('small.png'), twoColours(10, 12));
  await png(at('grey.png'), { width: 64, height: 64, channels: 1, data: Uint8Array.from({ length: 4096 }, (_, i) => i % 251) });
  await png(at('alpha.png'), { width: 64, height: 64, channels: 4, data: Uint8Array.from({ length: 16384 }, (_, i) => i % 251) });
});
afterAll(() => remove());

describe('checkData', () => {
  it('reports every kind of file', async () => {
    const progress: number[] = [];
    const report = await checkData(join(dir, 'mess'), { onProgress: ({ done }) => progress.push(done) });
    const [found] = report.domains;
    expect(found).toMatchObject({
      domain: 'images', files: 9, usable: 7, colour: 6, grey: 1, alpha: 1, sizes: 5,
      width: { min: 10, median: 70, max: 100 }, height: { min: 12, max: 80 },
      formats: { png: 7 },
      blank: ['blank.png'],
      mislabelled: [{ name: 'wrong.jpg', reason: 'is png' }],
      tooSmall: [{ name: 'small.png', reason: 'is 10×12' }],
      duplicates: [['copy.png', 'good.png']],
      ignored: ['notes.txt'],
    });
    expect(found!.broken.map(({ name }) => name)).toEqual(['cut.png', 'zero.png']);
    expect(progress).toHaveLength(9);
    expect(report.ok).toBe(true);
    const text = formatReport(report);
    expect(text).toContain('7 usable of 9');
    expect(text).toContain('zero.png is empty (0 bytes)');
    expect(text).toContain('copy.png = good.png');
    expect(text).toContain('warning  images: 2 broken files will be skipped');
  });

  it('takes a whole layout', async () => {
    for (const name of ['trainA', 'trainB', 'testA', 'testB']) {
      await mkdir(join(dir, 'set', name), { recursive: true });
      for (const i of name.startsWith('train') ? [0, 1] : [0]) await png(join(dir, 'set', name, `${i}.png`), twoColours(64, 64 + i));
    }
    const report = await checkData(join(dir, 'set'));
    expect(report.domains.map(({ domain, usable }) => `${domain} ${usable}`)).toEqual(['trainA 2', 'trainB 2', 'testA 1', 'testB 1']);
    expect(report.problems.map(({ domain }) => domain)).toEqual(['trainA', 'trainB']);
  });

  it('throws for what cannot be checked and finds nothing usable an error', async () => {
    await mkdir(join(dir, 'empty'));
    await mkdir(join(dir, 'one'));
    await png(join(dir, 'one', 'a.png'), twoColours(4, 4));
    await mkdir(join(dir, 'broken'));
    for (const name of ['a.png', 'b.png']) await writeFile(join(dir, 'broken', name), 'x');
    await expect(checkData(join(dir, 'none'))).rejects.toThrow('does not exist');
    await expect(checkData(join(dir, 'empty'))).rejects.toThrow('holds no images');
    await expect(checkData(join(dir, 'one'))).rejects.toThrow('holds one image');
    const report = await checkData(join(dir, 'broken'));
    expect(report.ok).toBe(false);
    expect(formatReport(report)).toContain('ERROR    images: no image can be used');
    await expect(checkData(join(dir, 'mess'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
