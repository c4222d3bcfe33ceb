import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@munit/core';
import { type PixelImage, toChannels } from '@munit/images';
import { decodeImage, ioError } from '@munit/images/node';
import type { AnimalPair } from '../../animals/metrics/report.js';
import { type AnimalTruth, isAnimalTruth, parseAnimalTruth } from '../../animals/truth.js';

/** The truth of a folder of `writeAnimalSet`; undefined when the folder is something else. @throws DataError when its truth is damaged */
export async function readAnimalTruth(dir: string): Promise<AnimalTruth | undefined> {
  const text = await readFile(join(dir, 'truth.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isAnimalTruth(value) ? parseAnimalTruth(text) : undefined;
}

async function read(path: string): Promise<PixelImage> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw ioError('The picture', path, error);
  });
  return toChannels((await decodeImage(bytes, { name: path })).pixels, 3);
}

/**
 * The first `count` held-out drawings of a set, each with its true picture; fewer where the set has fewer.
 * @throws DataError when a file is missing or damaged, or is not of the size that `truth.json` says
 */
export async function readAnimalPairs(dir: string, truth: AnimalTruth, count: number): Promise<AnimalPair[]> {
  return Promise.all(
    Object.entries(truth.testB).slice(0, count).map(async ([name, { coat }]) => {
      const [drawing, image] = await Promise.all([read(join(dir, 'testA', name)), read(join(dir, 'testB', name))]);
      for (const { width, height } of [drawing, image]) {
        if (width !== truth.size || height !== truth.size) {
          throw new DataError(`${name} in ${dir} is ${width}×${height}, but truth.json says ${truth.size}×${truth.size}.`, { remedy: 'Write the set again with `munit data animals`.' });
        }
      }
      return { drawing, truth: { image, coat } };
    }),
  );
}
