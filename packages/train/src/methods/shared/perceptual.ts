import { otherDomain, perDomain } from '@munit/core';
import type { PerceptualOutputs } from '@munit/losses';
import type { Images } from '../../step/objective.js';
import type { PerceptualNetwork } from '../method.js';

/** VGG16's features of translations and of the images that they came from. */
export type Perceptual = (translations: Images, images: Images) => PerceptualOutputs;

/** The perceptual part of an objective; undefined without a network. */
export function perceptualFeatures(vgg: PerceptualNetwork | undefined): Perceptual | undefined {
  if (vgg === undefined) return undefined;
  const { network, params } = vgg;
  return (translations, images) => ({
    translations: perDomain((domain) => network.apply(params, translations[domain])),
    sources: perDomain((domain) => network.apply(params, images[otherDomain(domain)])),
  });
}
