import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/images.js';
import { contentIoU, hueModeOf, parseTruth, renderSample } from '../synthetic/index.js';
import { writeSyntheticSet } from './writeSyntheticSet.js';

let dir: string;
let remove: () => Promise<void>;
beforeAll(async () => ({ dir, remove } = await temporaryFolder()));
afterAll(() => remove());

describe('writeSyntheticSet', () => {
  it('writes four folders and a truth that holds for the files', async () => {
    const options = { size: 48, seed: 3, count: 6, testCount: 4 };
    const progress: number[] = [];
    await writeSyntheticSet(join(dir, 'set'), { ...options, onProgress: ({ done }) => progress.push(done) });
    expect(progress.at(-1)).toBe(20);
    const truth = parseTruth(await readFile(join(dir, 'set', 'truth.json'), 'utf8'));
    for (const [folder, count] of [['trainA', 6], ['trainB', 6], ['testA', 4], ['testB', 4]] as const) {
      expect((await readdir(join(dir, 'set', folder))).sort()).toEqual(Object.keys(truth[folder]));
      expect(Object.keys(truth[folder])).toHaveLength(count);
    }
    for (const [name, { content, style }] of Object.entries(truth.trainB)) {
      const { width, height, data } = decode(await readFile(join(dir, 'set', 'trainB', name)));
      const image = { width, height, channels: 3 as const, data: Uint8Array.from(data) };
      expect(image).toEqual(renderSample(options, 'b', 'train', Number(name.slice(0, 5))));
      expect(contentIoU(image, content)).toBeGreaterThan(0.97);
      expect(hueModeOf(image)).toBe(style.hueMode);
    }
  });

  it('says why it cannot write, and stops when aborted', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(writeSyntheticSet(join(dir, 'file'), { size: 32, seed: 1, count: 1 })).rejects.toMatchObject({ code: 'DATA' });
    await mkdir(join(dir, 'stop'));
    const stopped = writeSyntheticSet(join(dir, 'stop'), { size: 32, seed: 1, count: 1, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(writeSyntheticSet(dir, { size: 32, seed: 1, count: 0 })).rejects.toThrow("'count' must be a whole number of at least 1, but it is 0.");
  });
});
