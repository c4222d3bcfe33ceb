/** Features of images, taken once for all protocols that read them, and kept for a resumed evaluation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { type FeatureExtractor, type FeatureSet, featureSet } from '@munit/metrics';
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

/** Of each translation, those of one input one after another. */
export const translationFeatures = (context: FeatureContext, name: string, translations: Translations): Promise<FeatureSet> =>
  kept(context, name, translations.count, translations.count * translations.each, async (input) => {
    const images = await translations.load(input);
    return images;
  });

/** Of each image of a list. */
export const listFeatures = (context: FeatureContext, name: string, list: ImageList): Promise<FeatureSet> => kept(context, name, list.names.length, list.names.length, async (index) => [await list.load(index)]);

async function kept({ extractor, label, folder, signal, onProgress }: FeatureContext, name: string, steps: number, count: number, load: (step: number) => Promise<readonly Parameters<typeof batchOf>[0][number][]>): Promise<FeatureSet> {
  const { dimension } = extractor;
  const path = join(folder, 'features', `${name}.${label}.safetensors`);
  const stored = await readFile(path).catch(() => undefined);
  if (stored !== undefined) {
    const found = readSafetensors(stored).tensors.get('features');
    if (found !== undefined && found.shape.join() === [count, dimension].join()) return featureSet(found.float32(), dimension);
  }
  const data = new Float32Array(count * dimension);
  let at = 0;
  for (let step = 0; step < steps; step++) {
    signal.throwIfAborted();
    for (const image of await load(step)) {
      // One by one: images of a folder may differ in size.
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
  await writeFileAtomically(path, writeSafetensors([['features', { shape: [count, dimension], data }]]));
  return featureSet(data, dimension);
}
