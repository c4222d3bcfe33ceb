import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/images.js';
import { writeEdgeSet } from './writeEdgeSet.js';

let dir: string;
let photos: string;
let remove: () => Promise<void>;

/** A rectangle on a colour, at a place of its own. */
const thing = (i: number, width = 80, height = 60): Sharp =>
  sharp({ create: { width, height, channels: 3, background: { r: 255, g: 250, b: 240 } } }).composite([
    { input: { create: { width: 14 + 6 * i, height: 20 + 2 * i, channels: 3, background: { r: 30 * i, g: 90, b: 200 - 30 * i } } }, left: 10 + 4 * i, top: 8 + 3 * i },
  ]);

beforeAll(async () => {
  ({ dir, remove } = await temporaryFolder());
  photos = join(dir, 'photos');
  await mkdir(join(photos, 'more'), { recursive: true });
  for (let i = 0; i < 5; i++) await thing(i).png().toFile(join(photos, `thing${i}.png`));
  await thing(1).jpeg({ quality: 80 }).toFile(join(photos, 'zz-copy.jpg'));
  await sharp({ create: { width: 20, height: 20, channels: 3, background: '#888' } }).png().toFile(join(photos, 'more', 'tiny.png'));
  await sharp({ create: { width: 80, height: 60, channels: 3, background: '#8899aa' } }).png().toFile(join(photos, 'more', 'wall.png'));
  await writeFile(join(photos, 'broken.jpg'), 'not an image');
});
afterAll(() => remove());

describe('writeEdgeSet', () => {
  it('writes pairs under one name, and names what it leaves out', async () => {
    const progress: number[] = [];
    const report = await writeEdgeSet(photos, join(dir, 'set'), { size: 48, test: 0.3, onProgress: ({ done }) => progress.push(done) });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(report.duplicates).toEqual([{ name: 'zz-copy.jpg', of: 'thing1.png' }]);
    expect([report.blank, report.small]).toEqual([['more/wall.png'], ['more/tiny.png']]);
    expect(report.broken.map(({ name }) => name)).toEqual(['broken.jpg']);
    expect(report.written.train + report.written.test).toBe(5);
    for (const split of ['train', 'test'] as const) {
      const names = await readdir(join(dir, 'set', `${split}A`)).catch(() => []);
      expect(names).toHaveLength(report.written[split]);
      expect(await readdir(join(dir, 'set', `${split}B`)).catch(() => [])).toEqual(names);
    }
    const drawing = decode(await readFile(join(dir, 'set', 'trainA', (await readdir(join(dir, 'set', 'trainA')))[0]!)));
    expect([drawing.width, drawing.height, drawing.channels]).toEqual([48, 48, 1]);
  });

  it('keeps the shape where that is wanted, and holds none out', async () => {
    const report = await writeEdgeSet(photos, join(dir, 'shape'), { size: 48, square: false, test: 0 });
    expect(report.written).toEqual({ train: 5, test: 0 });
    const photo = decode(await readFile(join(dir, 'shape', 'trainB', 'thing0.png')));
    expect([photo.width, photo.height]).toEqual([64, 48]);
  });

  it('says why a folder is of no use, and stops when aborted', async () => {
    await expect(writeEdgeSet(join(photos, 'more'), join(dir, 'none'), { size: 48 })).rejects.toThrow('None of the 2 images');
    await expect(writeEdgeSet(join(dir, 'nowhere'), join(dir, 'none'))).rejects.toMatchObject({ code: 'DATA' });
    await expect(writeEdgeSet(photos, join(dir, 'stop'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    await writeFile(join(dir, 'file'), '');
    await expect(writeEdgeSet(photos, join(dir, 'file'), { size: 48 })).rejects.toMatchObject({ code: 'DATA' });
    await expect(writeEdgeSet(photos, join(dir, 'none'), { test: 1 })).rejects.toThrow("'test' must be from 0 to 0.9; got 1.");
    // Two files that differ in their extension alone.
    await thing(2).jpeg().toFile(join(photos, 'thing2.jpg'));
    await expect(writeEdgeSet(photos, join(dir, 'none'), { size: 48 })).rejects.toThrow('thing2.jpg and thing2.png would both become thing2.png.');
  });
});
