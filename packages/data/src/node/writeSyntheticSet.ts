import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError, checkInteger, checkOptions, type OptionNames } from '@munit/core';
import { encodePng } from '@munit/images/png';
import { checkSize } from '../synthetic/render/silhouette.js';
import { renderSample } from '../synthetic/set.js';
import type { SyntheticSetOptions } from '../synthetic/set.js';
import { truthOf } from '../synthetic/truth.js';
import type { SyntheticTruth } from '../synthetic/truth.js';
import { ioError } from '@munit/images/node';
import { writePictures } from './writePictures.js';

/** The set to write, and how many images. */
export interface WriteSyntheticSetOptions extends SyntheticSetOptions {
  /** Training pictures per domain. */
  readonly count: number;
  /** Test pictures per domain. Default: a tenth of `count`, at least 16. */
  readonly testCount?: number;
  /** Stops writing; what has been written stays. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each image written. */
  readonly onProgress?: (progress: { readonly done: number; readonly pictures: number }) => void;
}

const optionNames: OptionNames<WriteSyntheticSetOptions> = { size: true, seed: true, background: true, count: true, testCount: true, signal: true, onProgress: true };

/**
 * Writes the benchmark as files: `trainA`, `trainB`, `testA`, `testB` (PNG) and `truth.json`. The same options give the same bytes.
 * @throws ArgumentError for a size or count out of range
 * @throws DataError when the folder cannot be written (missing rights, disk full)
 * @throws AbortedError when the signal aborts
 */
export async function writeSyntheticSet(dir: string, options: WriteSyntheticSetOptions): Promise<SyntheticTruth> {
  checkOptions('writeSyntheticSet', options, optionNames);
  const { count, testCount = Math.max(16, Math.floor(options.count / 10)), signal, onProgress } = options;
  checkSize(options.size);
  checkInteger('writeSyntheticSet', 'count', count, 1);
  checkInteger('writeSyntheticSet', 'testCount', testCount, 1);
  const truth = truthOf(options, { train: count, test: testCount });
  try {
    await writePictures(dir, {
      counts: { train: count, test: testCount },
      encode: (domain, split, index) => encodePng(renderSample(options, domain, split, index)),
      what: 'the synthetic set',
      signal,
      onProgress,
    });
    await writeFile(join(dir, 'truth.json'), `${JSON.stringify(truth)}\n`);
  } catch (error) {
    if (error instanceof AbortedError) throw error;
    throw ioError('The folder', dir, error);
  }
  return truth;
}
