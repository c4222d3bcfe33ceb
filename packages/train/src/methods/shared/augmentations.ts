import { type PerDomain, perDomain, type Rng, type Tensor4D } from '@munit/core';
import type { TrainingConfig } from '../../config/schema.js';
import type { Images } from '../../step/objective.js';
import { drawAugmentation } from './diffAugment.js';

/** A differentiable change of the images of each domain. */
export type Augmentations = PerDomain<(images: Tensor4D) => Tensor4D>;

/** What the discriminators see each image of a step through: the fakes and the reals of their own loss, and the generators' fakes. */
export interface StepAugmentations {
  readonly fakes: Augmentations;
  readonly reals: Augmentations;
  readonly gen: Augmentations;
}

/** New augmentations for everything that the discriminators see in one step; undefined, and nothing drawn, without `diff_augment`. */
export function drawAugmentations(rng: Rng, { diff_augment: kinds }: Pick<TrainingConfig, 'diff_augment'>, images: Images): StepAugmentations | undefined {
  if (kinds.length === 0) return undefined;
  const draw = (): Augmentations =>
    perDomain((domain) => {
      const [count, height, width] = images[domain].shape;
      return drawAugmentation(rng, kinds, count, height, width);
    });
  return { fakes: draw(), reals: draw(), gen: draw() };
}
