import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError, checkInteger, type Domain, domains } from '@munit/core';
import { encodePng } from '@munit/images/png';
import { checkSize } from '../synthetic/render/silhouette.js';
import { renderSample, sampleName } from '../synthetic/set.js';
import type { Split, SyntheticSetOptions } from '../synthetic/set.js';
import { truthOf } from '../synthetic/truth.js';
import type { SyntheticTruth } from '../synthetic/truth.js';
import { ioError } from '@munit/images/node';

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

/** Pictures written at once. */
const parallel = 16;

/**
 * Writes the benchmark as files: `trainA`, `trainB`, `testA`, `testB` (PNG) and `truth.json`. The same options give the same bytes.
 * @throws ArgumentError for a size or count out of range
 * @throws DataError when the folder cannot be written (missing rights, disk full)
 * @throws AbortedError when the signal aborts
 */
export async function writeSyntheticSet(dir: string, options: WriteSyntheticSetOptions): Promise<SyntheticTruth> {
  const { count, testCount = Math.max(16, Math.floor(options.count / 10)), signal, onProgress } = options;
  checkSize(options.size);
  checkInteger('writeSyntheticSet', 'count', count, 1);
  checkInteger('writeSyntheticSet', 'testCount', testCount, 1);
  const pictures = 2 * (count + testCount);
  let done = 0;
  const write = async (folder: string, domain: Domain, split: Split, index: number): Promise<void> => {
    await writeFile(join(folder, sampleName(index)), encodePng(renderSample(options, domain, split, index)));
    onProgress?.({ done: ++done, pictures });
  };
  const truth = truthOf(options, { train: count, test: testCount });
  try {
    for (const [split, total] of [['train', count], ['test', testCount]] as const) {
      for (const domain of domains) {
        const folder = join(dir, `${split}${domain.toUpperCase()}`);
        await mkdir(folder, { recursive: true });
        for (let start = 0; start < total; start += parallel) {
          if (signal?.aborted === true) throw new AbortedError('Writing the synthetic set was aborted.', { cause: signal.reason });
          const indices = Array.from({ length: Math.min(parallel, total - start) }, (_, i) => start + i);
          await Promise.all(indices.map((index) => write(folder, domain, split, index)));
        }
      }
    }
    await writeFile(join(dir, 'truth.json'), `${JSON.stringify(truth)}\n`);
  } catch (error) {
    if (error instanceof AbortedError) throw error;
    throw ioError('The folder', dir, error);
  }
  return truth;
}
