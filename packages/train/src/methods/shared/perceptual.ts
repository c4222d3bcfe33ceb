import { otherDomain, perDomain } from '@munit/core';
import { vgg16, type VggParams } from '@munit/layers';
import type { PerceptualOutputs } from '@munit/losses';
import type { TrainingConfig } from '../../config/schema.js';
import type { Images } from '../../step/objective.js';

/** VGG16's features of translations and of the images that they came from. */
export type Perceptual = (translations: Images, images: Images) => PerceptualOutputs;

/** The perceptual part of an objective with given weights, which stay the caller's and are not trained; undefined without weights. */
export function perceptualFeatures({ vgg_layer: features }: Pick<TrainingConfig, 'vgg_layer'>, weights: VggParams | undefined): Perceptual | undefined {
  if (weights === undefined) return undefined;
  const network = vgg16({ features });
  return (translations, images) => ({
    translations: perDomain((domain) => network.apply(weights, translations[domain])),
    sources: perDomain((domain) => network.apply(weights, images[otherDomain(domain)])),
  });
}
