/** Features of images, taken once for all protocols that read them, and kept for a resumed evaluation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { type FeatureExtractor, type FeatureSet, featureSet } from '@munit/metrics';
import type { PixelImage } from '@munit/images';
import { batchOf, type ImageList } from './images.js';
import type { Progress, Translations } from './translations.js';

/** What features are taken with. */
export interface FeatureContext {
  readonly extractor: FeatureExtractor;
  /** What tells these features from others of the same images: the network's name, and more where it was fine-tuned. */
  readonly label: string;
  /** Folder of the evaluation. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
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
  kept(context, name, translations.count, translations.count * translations.each, async (input) => {
    const images = await translations.load(input);
    return images;
  });

/** Of each image of a list. */
export const listFeatures = (context: FeatureContext, name: string, list: ImageList): Promise<TakenFeatures> => kept(context, name, list.names.length, list.names.length, async (index) => [await list.load(index)]);

async function kept({ extractor, label, folder, signal, onProgress }: FeatureContext, name: string, steps: number, count: number, load: (step: number) => Promise<readonly PixelImage[]>): Promise<TakenFeatures> {
  const { dimension } = extractor;
  const path = join(folder, 'features', `${name}.${label}.safetensors`);
  const stored = await readFile(path).catch(() => undefined);
  if (stored !== undefined) {
    const { tensors, metadata } = readSafetensors(stored);
    const [found, images] = [tensors.get('features'), metadata.get('images')];
    if (found !== undefined && images !== undefined && found.shape.join() === [count, dimension].join()) return { ...featureSet(found.float32(), dimension), ...(JSON.parse(images) as Pick<TakenFeatures, 'sizes' | 'grey'>) };
  }
  const data = new Float32Array(count * dimension);
  const sizes = new Set<string>();
  let [at, grey] = [0, 0];
  for (let step = 0; step < steps; step++) {
    signal.throwIfAborted();
    for (const image of await load(step)) {
      // One by one: images of a folder may differ in size.
      sizes.add(`${image.width}×${image.height}`);
      if (isGrey(image)) grey++;
      const batch = batchOf([image], [name]);
      try {
        data.set((await extractor.features(batch)).data, at);
        at += dimension;
      } finally {
        batch.dispose();
      }
    }
    onProgress(`Features of ${name}`, step + 1, steps);
  }
  const images = { sizes: [...sizes], grey };
  await writeFileAtomically(path, writeSafetensors([['features', { shape: [count, dimension], data }]], { images: JSON.stringify(images) }));
  return { ...featureSet(data, dimension), ...images };
}

/** Whether no pixel has a colour. */
function isGrey({ channels, data }: PixelImage): boolean {
  if (channels < 3) return true;
  for (let i = 0; i < data.length; i += channels) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  return true;
}
