/** Features of images, taken once for all protocols that read them, and kept for a resumed evaluation and for a merge. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { type FeatureExtractor, type FeatureSet, featureSet } from '@munit/metrics';
import type { PixelImage } from '@munit/images';
import { batchOf, type ImageList } from './images.js';
import { orderOf, type PartContext } from './parts.js';
import type { Translations } from './translations.js';

/** What features are taken with. */
export interface FeatureContext extends PartContext {
  readonly extractor: FeatureExtractor;
  /** What tells these features from others of the same images: the network's name, and more where it was fine-tuned. */
  readonly label: string;
}

/** Features, and what their images are that features do not say. */
export interface TakenFeatures extends FeatureSet {
  /** Sizes that occur, as `64×64`. */
  readonly sizes: readonly string[];
  /** Images without colour. */
  readonly grey: number;
}

/** Of each translation, those of one input one after another. */
export const translationFeatures = (context: FeatureContext, name: string, translations: Translations): Promise<TakenFeatures> =>
  kept(context, name, translations.places, translations.each, (input) => translations.load(input));

/** Of the images of a list at these places. */
export const listFeatures = (context: FeatureContext, name: string, list: ImageList, places: readonly number[]): Promise<TakenFeatures> => kept(context, name, places, 1, async (index) => [await list.load(index)]);

/** Of each image its width, its height, and whether it is grey. */
const factsPerImage = 3;

interface Rows {
  /** Of the items, each of which has as many images as the others. */
  readonly places: Float32Array;
  readonly features: Float32Array;
  readonly images: Float32Array;
}

async function kept({ extractor, label, folder, signal, onProgress }: FeatureContext, name: string, places: readonly number[], each: number, load: (place: number) => Promise<readonly PixelImage[]>): Promise<TakenFeatures> {
  const { dimension } = extractor;
  const path = join(folder, 'features', `${name}.${label}.safetensors`);
  const stored = await readFile(path).then(rowsOf, () => undefined);
  if (stored !== undefined && stored.places.join() === places.join() && stored.features.length === places.length * each * dimension) return takenOf(stored, dimension);
  const features = new Float32Array(places.length * each * dimension);
  const facts: number[] = [];
  for (const [done, place] of places.entries()) {
    signal.throwIfAborted();
    for (const image of await load(place)) {
      // One by one: images of a folder may differ in size.
      const batch = batchOf([image], [name]);
      try {
        features.set((await extractor.features(batch)).data, (facts.length / factsPerImage) * dimension);
        facts.push(image.width, image.height, isGrey(image) ? 1 : 0);
      } finally {
        batch.dispose();
      }
    }
    onProgress(`Features of ${name}`, done + 1, places.length);
  }
  const rows = { places: Float32Array.from(places), features, images: Float32Array.from(facts) };
  await writeFileAtomically(path, fileOf(rows, dimension));
  return takenOf(rows, dimension);
}

function takenOf({ features, images }: Rows, dimension: number): TakenFeatures {
  const sizes = new Set<string>();
  let grey = 0;
  for (let at = 0; at < images.length; at += factsPerImage) {
    sizes.add(`${images[at]}×${images[at + 1]}`);
    grey += images[at + 2] as number;
  }
  return { ...featureSet(features, dimension), sizes: [...sizes], grey };
}

const fileOf = ({ places, features, images }: Rows, dimension: number): Uint8Array =>
  writeSafetensors([
    ['places', { shape: [places.length], data: places }],
    ['features', { shape: [features.length / dimension, dimension], data: features }],
    ['images', { shape: [images.length / factsPerImage, factsPerImage], data: images }],
  ]);

/** Undefined for a file of another kind. */
function rowsOf(file: Uint8Array): (Rows & { readonly dimension: number }) | undefined {
  const { tensors } = readSafetensors(file);
  const [places, features, images] = ['places', 'features', 'images'].map((name) => tensors.get(name));
  if (places === undefined || features === undefined || images === undefined) return undefined;
  return { places: places.float32(), features: features.float32(), images: images.float32(), dimension: features.shape[1] as number };
}

/** The file of all places, of those of parts: the same bytes as if they had been taken in one piece. @throws DataError when they do not make a whole */
export function joinFeatures(name: string, files: readonly Uint8Array[]): Uint8Array {
  const parts = files.flatMap((file) => rowsOf(file) ?? []);
  const order = orderOf(name, parts.map(({ places }) => [...places]));
  const gather = (of: (part: Rows) => Float32Array): Float32Array => {
    const size = order.length === 0 ? 0 : parts.reduce((sum, part) => sum + of(part).length, 0) / order.length;
    const joined = new Float32Array(order.length * size);
    for (const [place, [part, index]] of order.entries()) joined.set(of(parts[part]!).subarray(index * size, (index + 1) * size), place * size);
    return joined;
  };
  return fileOf({ places: Float32Array.from(order.keys()), features: gather(({ features }) => features), images: gather(({ images }) => images) }, parts[0]?.dimension ?? 1);
}

/** Whether no pixel has a colour. */
function isGrey({ channels, data }: PixelImage): boolean {
  if (channels < 3) return true;
  for (let i = 0; i < data.length; i += channels) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  return true;
}
