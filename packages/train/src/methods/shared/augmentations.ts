import { type PerDomain, perDomain, type Rng, type Tensor4D } from '@munit/core';
import type { TrainingConfig } from '../../config/schema.js';
import type { Images } from '../../step/objective.js';
import { type AugmentationKind, drawAugmentation } from './diffAugment.js';

/** A differentiable change of the images of each domain. */
export type Augmentations = PerDomain<(images: Tensor4D) => Tensor4D>;

/** What the discriminators see each image of a step through: the fakes and the reals of their own loss, and the generators' fakes. */
export interface StepAugmentations {
  readonly fakes: Augmentations;
  readonly reals: Augmentations;
  readonly gen: Augmentations;
  /** Small moves and mirrorings of the reals, which should not change what a discriminator says; undefined where nobody asks for that. */
  readonly moved: Augmentations | undefined;
}

const unchanged: Augmentations = perDomain(() => (images) => images);

/** Whether an update of MUNIT or UNIT is the same work each time: only tensors are drawn, none has R1, and norms carry nothing from one to the next. */
export const repeats = ({ diff_augment, consistency_w, r1_w, gen, dis }: TrainingConfig): boolean =>
  diff_augment.length === 0 && consistency_w === 0 && r1_w === 0 && dis.norm !== 'sn' && dis.norm !== 'bn' && !gen.spectral_norm;

/** New augmentations for everything that the discriminators see in one step; undefined, and nothing drawn, without `diff_augment` and `consistency_w`. */
export function drawAugmentations(
  rng: Rng,
  { diff_augment: kinds, consistency_w: consistency, mirror }: Pick<TrainingConfig, 'diff_augment' | 'consistency_w' | 'mirror'>,
  images: Images,
): StepAugmentations | undefined {
  if (kinds.length === 0 && consistency === 0) return undefined;
  const draw = (own: readonly AugmentationKind[]): Augmentations =>
    perDomain((domain) => {
      const [count, height, width] = images[domain].shape;
      return drawAugmentation(rng, own, count, height, width);
    });
  const shown = (): Augmentations => (kinds.length === 0 ? unchanged : draw(kinds));
  // Images that are never mirrored in training are not to be taken for their mirror images either.
  const moves: readonly AugmentationKind[] = mirror ? ['mirror', 'translation'] : ['translation'];
  return { fakes: shown(), reals: shown(), gen: shown(), moved: consistency === 0 ? undefined : draw(moves) };
}
