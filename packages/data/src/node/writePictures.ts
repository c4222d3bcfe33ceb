/** Writes the pictures of a set that is drawn: training and test folders of both domains. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError, type Domain, domains } from '@munit/core';
import { sampleName } from '../synthetic/set.js';
import type { Split } from '../synthetic/set.js';

/** What is written, and who hears of it. */
export interface PicturesToWrite {
  /** Pictures per domain of each split. */
  readonly counts: Readonly<Record<Split, number>>;
  /** The bytes of one PNG file. */
  readonly encode: (domain: Domain, split: Split, index: number) => Uint8Array | Promise<Uint8Array>;
  /** What is being written, for the error of an abort: `the animals`. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { readonly done: number; readonly pictures: number }) => void) | undefined;
}

/** Pictures made at once. */
const parallel = 16;

/**
 * Writes `trainA`, `trainB`, `testA` and `testB` into `dir`.
 * @throws AbortedError when the signal aborts
 */
export async function writePictures(dir: string, { counts, encode, what, signal, onProgress }: PicturesToWrite): Promise<void> {
  const pictures = 2 * (counts.train + counts.test);
  let done = 0;
  for (const split of ['train', 'test'] as const) {
    for (const domain of domains) {
      const folder = join(dir, `${split}${domain.toUpperCase()}`);
      await mkdir(folder, { recursive: true });
      const write = async (index: number): Promise<void> => {
        await writeFile(join(folder, sampleName(index)), await encode(domain, split, index));
        onProgress?.({ done: ++done, pictures });
      };
      for (let start = 0; start < counts[split]; start += parallel) {
        if (signal?.aborted === true) throw new AbortedError(`Writing ${what} was aborted.`, { cause: signal.reason });
        await Promise.all(Array.from({ length: Math.min(parallel, counts[split] - start) }, (_, i) => write(start + i)));
      }
    }
  }
}
