/** The translations of an evaluation: made once, kept as files, read input by input. */
import { mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Domain, NonFiniteError, otherDomain, type Tensor4D } from '@munit/core';
import { DecodePool } from '@munit/data/node';
import { writeFileAtomically } from '@munit/formats/node';
import { MAX_PIXELS, type PixelImage, whiteBackground } from '@munit/images';
import { encodePng } from '@munit/images/png';
import { batchOf, type ImageList } from './images.js';
import type { ModelSubject } from './subject.js';

/** Translations, those of one input together. */
export interface Translations {
  /** Translations of each input. */
  readonly each: number;
  /** What was translated; undefined for a folder of translations alone. */
  readonly inputs: ImageList | undefined;
  readonly count: number;
  /** Names of the inputs, or of the first translation of each. */
  readonly names: readonly string[];
  /** All translations of an input. */
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
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
}

/** Rounded to bytes, as they are saved: what anybody measures who has the files. */
export async function translateInputs(subject: ModelSubject, { folder, to, styles, seed, signal, onProgress }: TranslateOptions): Promise<Translations> {
  const { translator } = subject;
  const from = otherDomain(to);
  const inputs = subject.inputs[from] as ImageList;
  const each = translator.styleDim === 0 ? 1 : styles;
  const place = join(folder, 'translations', `to-${to}`);
  await mkdir(place, { recursive: true });
  const paths = (input: number): string[] => Array.from({ length: each }, (_, k) => join(place, `${String(input).padStart(5, '0')}_${String(k).padStart(String(each - 1).length, '0')}.png`));
  for (let input = 0; input < inputs.names.length; input++) {
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
    onProgress(`Translated to ${to.toUpperCase()}`, input + 1, inputs.names.length);
  }
  const pool = new DecodePool({ processes: 1 });
  const prepare = { channels: 3 as const, resize: null, background: whiteBackground, maxPixels: MAX_PIXELS };
  return {
    each,
    inputs,
    count: inputs.names.length,
    names: inputs.names,
    load: (input) => Promise.all(paths(input).map(async (path) => (await pool.decode({ path }, prepare)).image)),
    dispose: () => pool.dispose(),
  };
}

/** A folder's images, `each` of which in the order of names are of one input. @throws UsageError when the number does not fit */
export function groupedTranslations(list: ImageList, each: number): Translations {
  const count = Math.floor(list.names.length / each);
  return {
    each,
    inputs: undefined,
    count,
    names: Array.from({ length: count }, (_, i) => list.names[i * each] as string),
    load: async (input) => {
      const images: PixelImage[] = [];
      for (let k = 0; k < each; k++) images.push(await list.load(input * each + k));
      return images;
    },
    dispose: () => Promise.resolve(),
  };
}

/** Batches of an input's translations each, freed once the next is asked for. @throws UsageError for translations of other sizes */
export async function* translationBatches(translations: Translations): AsyncGenerator<Tensor4D> {
  for (let input = 0; input < translations.count; input++) {
    const images = await translations.load(input);
    const batch = batchOf(images, images.map((_, k) => `translation ${k} of ${translations.names[input]}`));
    try {
      yield batch;
    } finally {
      batch.dispose();
    }
  }
}
