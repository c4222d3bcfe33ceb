import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError, ArgumentError, checkInteger, checkOptions, DataError, type OptionNames } from '@munit/core';
import { encodePng } from '@munit/images/png';
import { type AnimalSetOptions, sampleAnimal } from '../../animals/sample.js';
import { animalTruth, type AnimalTruth } from '../../animals/truth.js';
import { ioError } from '@munit/images/node';
import { writePictures } from '../writePictures.js';
import { loadAnimalShapes } from './loadShapes.js';
import { renderAnimal } from './renderAnimal.js';

/** The set to write, and how many pictures. */
export interface WriteAnimalSetOptions extends AnimalSetOptions {
  /** Training pictures per domain. */
  readonly count: number;
  /** Test pictures per domain. Default: a tenth of `count`, at least 16. */
  readonly testCount?: number | undefined;
  /** Stops writing; what has been written stays. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each picture written. */
  readonly onProgress?: ((progress: { readonly done: number; readonly pictures: number }) => void) | undefined;
}

const optionNames: OptionNames<WriteAnimalSetOptions> = { size: true, seed: true, vary: true, paired: true, count: true, testCount: true, signal: true, onProgress: true };

const notice = (version: string, licence: string): string =>
  `These pictures are made from the drawings of animal-avatar-generator ${version} (https://www.npmjs.com/package/animal-avatar-generator),
which are under the following licence. The coat colours and the line drawings are derived from them by munit.

${licence}`;

function check(options: WriteAnimalSetOptions): void {
  checkOptions('writeAnimalSet', options, optionNames);
  const { size, vary, count, testCount } = options;
  checkInteger('writeAnimalSet', 'count', count, 1);
  if (testCount !== undefined) checkInteger('writeAnimalSet', 'testCount', testCount, 1);
  if (!Number.isInteger(size) || size < 16 || size > 512) throw new ArgumentError(`The size of a picture of an animal must be a whole number from 16 to 512; got ${size}.`);
  if (vary !== undefined && !(vary >= 0 && vary <= 1)) throw new ArgumentError(`'vary' must be from 0 to 1; got ${vary}.`);
}

/**
 * Writes a set of animals as files: `trainA`, `testA` (line drawings), `trainB`, `testB` (in colour; all PNG), `truth.json` and
 * `LICENSE.txt`, the licence of the drawings. The same options give the same bytes with the same version of sharp.
 * @throws ArgumentError for a size or count out of range
 * @throws DataError without the packages that draw, or when the folder cannot be written (missing rights, disk full)
 * @throws AbortedError when the signal aborts
 */
export async function writeAnimalSet(dir: string, options: WriteAnimalSetOptions): Promise<AnimalTruth> {
  check(options);
  const { count, testCount = Math.max(16, Math.floor(count / 10)), signal, onProgress } = options;
  const { shapes, licence, version } = await loadAnimalShapes();
  const truth = animalTruth(options, { train: count, test: testCount });
  try {
    await writePictures(dir, {
      counts: { train: count, test: testCount },
      encode: async (domain, split, index) => encodePng(await renderAnimal(shapes, sampleAnimal(options, split, domain, index), domain, options.size)),
      what: 'the animals',
      signal,
      onProgress,
    });
    await writeFile(join(dir, 'LICENSE.txt'), notice(version, licence));
    await writeFile(join(dir, 'truth.json'), `${JSON.stringify(truth)}\n`);
  } catch (error) {
    if (error instanceof AbortedError || error instanceof DataError) throw error;
    throw ioError('The folder', dir, error);
  }
  return truth;
}
