import { vgg16, type VggParams } from '@munit/layers';
import type { PerceptualOutputs } from '@munit/losses';
import type { TrainingConfig } from '../config/index.js';
import type { Images } from './types.js';

/** VGG16's features of translations and of their sources. */
export type Perceptual = (translations: Images, sources: Images) => PerceptualOutputs;

/** The perceptual part of the objective with given weights, which stay the caller's and are not trained. */
export function perceptualFeatures(config: TrainingConfig, weights: VggParams): Perceptual {
  const network = vgg16({ features: config.vgg_layer });
  return (translations, sources) => ({
    translations: { a: network.apply(weights, translations.a), b: network.apply(weights, translations.b) },
    sources: { a: network.apply(weights, sources.a), b: network.apply(weights, sources.b) },
  });
}
