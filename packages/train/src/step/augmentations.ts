import { perDomain, type Rng } from '@munit/core';
import { drawAugmentation } from '../augment/diffAugment.js';
import type { TrainingConfig } from '../config/index.js';
import type { Augmentations, Images, StepNoise } from './types.js';

/** New augmentations for everything that the discriminators see in one step; undefined, and nothing drawn, without `diff_augment`. */
export function drawAugmentations(rng: Rng, { diff_augment: kinds }: TrainingConfig, images: Images): StepNoise['augment'] {
  if (kinds.length === 0) return undefined;
  const draw = (): Augmentations =>
    perDomain((domain) => {
      const [count, height, width] = images[domain].shape;
      return drawAugmentation(rng, kinds, count, height, width);
    });
  return { fakes: draw(), reals: draw(), gen: draw() };
}
