import type { Params, PerDomain, Rng, Scalar, Tensor, Tensor4D } from '@munit/core';
import type { TrainState } from '../state/types.js';

/** A batch of each domain, NHWC in [-1, 1]. */
export type Images = PerDomain<Tensor4D>;

/** What one step draws: the tensors of the discriminators' update, then those of the generators', in the published order. */
export interface StepNoise {
  /** MUNIT: styles of a and b, [N, style_dim]. UNIT: noises on the codes of a and b, [N, h, w, c]. */
  readonly dis: readonly Tensor[];
  /** MUNIT: styles of a and b. UNIT: noises on the codes of a, b, and of the translations x_ba and x_ab. */
  readonly gen: readonly Tensor[];
  /** What the discriminators see each image through; absent without augmentation. */
  readonly augment?: { readonly fakes: Augmentations; readonly reals: Augmentations; readonly gen: Augmentations } | undefined;
}

/** A differentiable change of the images of each domain. */
export type Augmentations = PerDomain<(images: Tensor4D) => Tensor4D>;

/** Named scalars: the published trainer's `loss_*` names. */
export type Terms = Readonly<Record<string, Scalar>>;

/** The two halves of a training step, as functions whose gradients are taken. */
export interface Objective {
  /** Draws what one step needs for a batch; the caller owns it. */
  drawNoise(rng: Rng, images: Images): StepNoise;
  /** What both halves need of the real images: MUNIT's content codes, UNIT's codes. */
  encode(gen: PerDomain<Params>, images: Images): PerDomain<Tensor4D>;
  /** Translations that the discriminators are to tell from real images: x_ba (a fake of domain a) and x_ab. */
  translate(gen: PerDomain<Params>, codes: PerDomain<Tensor4D>, noise: StepNoise): Images;
  /** Terms of the discriminators' loss. `first` and `second` are their parameters for the fakes and for the reals. */
  discriminatorTerms(first: PerDomain<Params>, second: PerDomain<Params>, fakes: Images, reals: Images, noise: StepNoise): LossOf;
  /** Terms of the generators' loss; `codes` as `encode` gave them under the same gradient. */
  generatorTerms(gen: PerDomain<Params>, dis: PerDomain<Params>, images: Images, codes: PerDomain<Tensor4D>, noise: StepNoise): LossOf;
}

/** A loss and what it is made of. */
export interface LossOf {
  readonly total: Scalar;
  readonly terms: Readonly<Partial<Record<string, Scalar>>>;
}

/** Gradients of one update, given to whoever wants to look; they are freed afterwards. */
export interface StepHooks {
  readonly onGradients?: (phase: 'dis' | 'gen', gradients: PerDomain<Params>) => void;
}

export interface StepResult {
  /** The old state's tensors are consumed. */
  readonly state: TrainState;
  /** The caller owns these. */
  readonly terms: Terms;
}
