/** What one training step is made of: what a method gives, and what it is given. */
import type { Params, PerDomain, Rng, Tensor, Tensor4D, Tree } from '@munit/core';
import type { Loss } from '@munit/losses';
import type { Adam } from '../optimizer/adam.js';
import type { LearningRates } from '../optimizer/schedule.js';
import type { TrainState } from '../state/state.js';

/** A batch of each domain, NHWC in [-1, 1]. */
export type Images = PerDomain<Tensor4D>;

/** What one step draws for a batch. */
export interface StepNoise {
  /** All drawn tensors: styles, noises on codes. */
  readonly drawn: Tree<Tensor>;
}

/** A batch and what was drawn for it. */
export interface Batch<Noise extends StepNoise> {
  /** Both domains' images. */
  readonly images: Images;
  /** As `drawNoise` drew it. */
  readonly noise: Noise;
}

/** Noise recorded elsewhere: the tensors of the discriminators' update, then those of the generators', in the order in which the published trainer draws them. */
export interface RecordedNoise {
  /** Of the discriminators' update. */
  readonly dis: readonly Tensor[];
  /** Of the generators' update. */
  readonly gen: readonly Tensor[];
}

/** Gradients of one update by the optimizer's name, given to whoever wants to look; they are freed afterwards. */
export interface StepHooks {
  /** Takes the gradients of each update before they are applied; they live until it returns. */
  readonly onGradients?: ((optimizer: string, gradients: Params) => void) | undefined;
}

/** Learning rates as numbers, or as `Adam.factors` in tensors [2], as captured work reads them. */
export type StepRates = { readonly [K in keyof LearningRates]: number | Tensor };

/** What updates a state. */
export interface UpdateTools {
  /** The optimizer's arithmetic; its moments are the state's. */
  readonly adam: Adam;
  /** Learning rates of this update. */
  readonly rates: StepRates;
  /** The state's random source: what is drawn from it is drawn the same after a resume. */
  readonly rng: Rng;
  /** Who looks at gradients. */
  readonly hooks?: StepHooks | undefined;
  /** Compute the insides of networks again in the backward pass rather than keep them: the same result to the bit, in less memory. */
  readonly recompute?: boolean | undefined;
}

/** A state after an update, and the losses of it. */
export interface StepResult<G extends Params = Params, D extends Params = Params> {
  /** The old state's tensors are consumed. */
  readonly state: TrainState<G, D>;
  /** In the order in which the method publishes them. The caller owns their scalars. */
  readonly losses: readonly Loss[];
}

/** What a method minimises, and how one update goes. */
export interface Objective<G extends Params = Params, D extends Params = Params, Noise extends StepNoise = StepNoise> {
  /** Draws what one step needs for a batch; the caller owns it. */
  drawNoise(rng: Rng, images: Images): Noise;
  /** The same from recorded tensors, which stay the caller's. */
  recordedNoise(recorded: RecordedNoise): Noise;
  /**
   * Whether each update is the same work on other images, other tensors of `drawNoise` and other rates: nothing else that is drawn or counted
   * has a part in it. It can then be captured (`Device.captureUpdate`). Default false.
   */
  readonly repeats?: boolean | undefined;
  /**
   * One update of all networks, in whatever order the method has, gradients averaged over `batches` (one or more). Consumes the
   * tensors of `state`; `batches` stay the caller's. Counts no step and averages no weights: `trainStep` does.
   */
  update(state: TrainState<G, D>, batches: readonly Batch<Noise>[], tools: UpdateTools): StepResult<G, D>;
}
