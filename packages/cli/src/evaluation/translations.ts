/** The translations of an evaluation: made once, kept as files, read input by input. */
import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Domain, NonFiniteError, otherDomain, type Tensor4D } from '@munit/core';
import { DecodePool } from '@munit/data/node';
import { writeFileAtomically } from '@munit/formats/node';
import { MAX_PIXELS, type PixelImage, whiteBackground } from '@munit/images';
import { encodePng } from '@munit/images/png';
import type { Shard } from '@munit/infer/node';
import { batchOf, type ImageList } from './images.js';
import { placesOf } from './shards.js';
import type { ModelSubject } from './subject.js';

/** Translations, those of one input together. */
export interface Translations {
  /** Translations of each input. */
  readonly each: number;
  /** What was translated; undefined for a folder of translations alone. */
  readonly inputs: ImageList | undefined;
  readonly count: number;
  /** Of the inputs whose translations are there: all, or those of a shard. */
  readonly places: readonly number[];
  /** Names of the inputs, or of the first translation of each. */
  readonly names: readonly string[];
  /** All translations of an input that is there. */
  load(input: number): Promise<PixelImage[]>;
  dispose(): Promise<void>;
}

/** How far the work is. */
export type Progress = (what: string, done: number, total: number) => void;

export interface TranslateOptions {
  readonly folder: string;
  readonly to: Domain;
  readonly styles: number;
  readonly seed: number;
  /** The part of the inputs that is translated; undefined for all. */
  readonly shard: Shard | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
}

/** Rounded to bytes, as they are saved: what anybody measures who has the files. */
export async function translateInputs(subject: ModelSubject, { folder, to, styles, seed, shard, signal, onProgress }: TranslateOptions): Promise<Translations> {
  const { translator } = subject;
  const from = otherDomain(to);
  const inputs = subject.inputs[from] as ImageList;
  const each = translator.styleDim === 0 ? 1 : styles;
  const place = join(folder, 'translations', `to-${to}`);
  await mkdir(place, { recursive: true });
  const paths = (input: number): string[] => Array.from({ length: each }, (_, k) => join(place, `${numberOf(input)}_${String(k).padStart(String(each - 1).length, '0')}.png`));
  const places = placesOf(inputs.names, shard);
  for (const [done, input] of places.entries()) {
    signal.throwIfAborted();
    if (!paths(input).every((path) => existsSync(path))) {
      const { width, height, channels, data } = await inputs.load(input);
      const image = { data, width, height, channels };
      const options = { to, signal, seed: (seed + input) % 2 ** 32 };
      const pictures = translator.styleDim === 0 ? [await translator.translate(image, options)] : await translator.translate(image, { ...options, styles });
      for (const [k, picture] of pictures.entries()) {
        if (!picture.values.every(Number.isFinite)) throw new NonFiniteError(`The model makes values that are not finite of ${inputs.names[input]}: they would be saved as black.`, { remedy: 'The model has diverged: evaluate an earlier checkpoint.' });
        await writeFileAtomically(paths(input)[k] as string, encodePng({ width: picture.width, height: picture.height, channels: picture.channels === 1 ? 1 : 3, data: picture.data }));
      }
    }
    onProgress(`Translated to ${to.toUpperCase()}`, done + 1, places.length);
  }
  const pool = new DecodePool({ processes: 1 });
  const prepare = { channels: 3 as const, resize: null, background: whiteBackground, maxPixels: MAX_PIXELS };
  return {
    each,
    inputs,
    count: inputs.names.length,
    places,
    names: inputs.names,
    load: (input) => Promise.all(paths(input).map(async (path) => (await pool.decode({ path }, prepare)).image)),
    dispose: () => pool.dispose(),
  };
}

/** An input's place in the names of files. */
export const numberOf = (input: number): string => String(input).padStart(5, '0');

/** A folder's images, `each` of which in the order of names are of one input. @throws UsageError when the number does not fit */
export function groupedTranslations(list: ImageList, each: number, shard: Shard | undefined): Translations {
  const count = Math.floor(list.names.length / each);
  const names = Array.from({ length: count }, (_, i) => list.names[i * each] as string);
  return {
    each,
    inputs: undefined,
    count,
    places: placesOf(names, shard),
    names,
    load: async (input) => {
      const images: PixelImage[] = [];
      for (let k = 0; k < each; k++) images.push(await list.load(input * each + k));
      return images;
    },
    dispose: () => Promise.resolve(),
  };
}

/** An input's translations as a batch, which the caller frees. @throws UsageError for translations of other sizes */
export async function translationBatch(translations: Translations, input: number): Promise<Tensor4D> {
  const images = await translations.load(input);
  return batchOf(images, images.map((_, k) => `translation ${k} of ${translations.names[input]}`));
}
