import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AbortedError, ArgumentError, checkInteger, checkOptions, DataError, type OptionNames } from '@munit/core';
import { ioError, listImages } from '@munit/images/node';
import { encodePng } from '@munit/images/png';
import { drawingNames } from '../../edges/lineDrawing.js';
import { keyedRng } from '../../sampling/keyedRng.js';
import type { Split } from '../../synthetic/set.js';
import { Sieve, type SieveOptions, type Taken } from './sieve.js';

/** How a set is made of photographs. */
export interface WriteEdgeSetOptions extends SieveOptions {
  /** Share of the photographs that are held out for testing, 0 to 0.9. Default 0.1, of two or more at least one. */
  readonly test?: number | undefined;
  /** What chooses those. Default 0. */
  readonly seed?: number | undefined;
  /** Called after each photograph. */
  readonly onProgress?: ((progress: { readonly done: number; readonly photographs: number }) => void) | undefined;
}

const optionNames: OptionNames<WriteEdgeSetOptions> = { ...drawingNames, size: true, square: true, leastInk: true, test: true, seed: true, signal: true, onProgress: true };

/** What became of the photographs. Names are relative to their folder. */
export interface EdgeSetReport {
  /** Pictures of each domain in training and testing. */
  readonly written: Readonly<Record<Split, number>>;
  /** Left out: nearly the same as another one, which was taken. */
  readonly duplicates: readonly { readonly name: string; readonly of: string }[];
  /** Left out: hardly a line in them. */
  readonly blank: readonly string[];
  /** Left out: smaller than what is to be written. */
  readonly small: readonly string[];
  /** Left out: they cannot be read, and why. */
  readonly broken: readonly { readonly name: string; readonly reason: string }[];
}

function check(options: WriteEdgeSetOptions): void {
  checkOptions('writeEdgeSet', options, optionNames);
  const { size = 256, test = 0.1, leastInk = 0.002, seed = 0 } = options;
  checkInteger('writeEdgeSet', 'size', size, 16);
  checkInteger('writeEdgeSet', 'seed', seed, 0);
  if (size > 4096) throw new ArgumentError(`'size' must be at most 4096; got ${size}.`);
  if (!(test >= 0 && test <= 0.9)) throw new ArgumentError(`'test' must be from 0 to 0.9; got ${test}.`);
  if (!(leastInk >= 0 && leastInk < 1)) throw new ArgumentError(`'leastInk' must be at least 0 and below 1; got ${leastInk}.`);
}

/** The photographs of the test split: so many of them, chosen by the seed. */
function heldOut(names: readonly string[], share: number, seed: number): ReadonlySet<string> {
  const count = share === 0 || names.length < 2 ? 0 : Math.min(names.length - 1, Math.max(1, Math.round(share * names.length)));
  const drawn = names.map((name, i) => ({ name, key: keyedRng(seed, i).uniform() }));
  return new Set(drawn.sort((a, b) => a.key - b.key).slice(0, count).map(({ name }) => name));
}

/** The file that a photograph becomes: folders become part of its name. */
const fileNameOf = (name: string): string => `${name.replaceAll(/[/\\]/g, '__').replace(/\.[^.]*$/, '')}.png`;

/**
 * Makes a set for edges ↔ things of a folder of photographs: `trainA` and `testA` hold their line drawings (`lineDrawingOf`), `trainB` and
 * `testB` the photographs themselves, scaled and cut, under the same names (all PNG). The same photographs and options give the same files.
 *
 * @throws ArgumentError for options out of range
 * @throws DataError when the folder has no photographs that can be used, two would get one name, or the set cannot be written
 * @throws AbortedError when the signal aborts
 */
export async function writeEdgeSet(photographs: string, dir: string, options: WriteEdgeSetOptions = {}): Promise<EdgeSetReport> {
  check(options);
  const { images, unusable } = await listImages(photographs);
  const names = new Map<string, string>();
  for (const name of images) {
    const other = names.get(fileNameOf(name));
    if (other !== undefined) throw new DataError(`${other} and ${name} would both become ${fileNameOf(name)}.`, { remedy: 'Rename one of them.' });
    names.set(fileNameOf(name), name);
  }
  const sieve = new Sieve(options);
  sieve.broken.push(...unusable);
  const tests = heldOut(images, options.test ?? 0.1, options.seed ?? 0);
  const written = { train: 0, test: 0 };
  try {
    for (const [i, name] of images.entries()) {
      if (options.signal?.aborted === true) throw new AbortedError('Drawing the edges was aborted.', { cause: options.signal.reason });
      const taken = await sieve.take(photographs, name);
      if (taken !== undefined) {
        const split: Split = tests.has(name) ? 'test' : 'train';
        await write(dir, split, taken);
        written[split]++;
      }
      options.onProgress?.({ done: i + 1, photographs: images.length });
    }
  } catch (error) {
    if (error instanceof AbortedError || error instanceof DataError || error instanceof ArgumentError) throw error;
    throw ioError('The folder', dir, error);
  }
  if (written.train === 0) {
    const found = images.length + unusable.length;
    throw new DataError(`None of the ${found} images in ${photographs} can be used: ${sieve.broken.length} cannot be read, ${sieve.small.length} are smaller than ${options.size ?? 256} pixels, ${sieve.blank.length} are blank.`, {
      remedy: 'Give a folder of photographs, or a smaller size.',
    });
  }
  const { duplicates, blank, small, broken } = sieve;
  return { written, duplicates, blank, small, broken };
}

async function write(dir: string, split: Split, { name, photograph, drawing }: Taken): Promise<void> {
  for (const [domain, image] of [['A', drawing], ['B', photograph]] as const) {
    const folder = join(dir, split + domain);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, fileNameOf(name)), encodePng(image));
  }
}
