/** One training step: the method's update, and what is the same for all methods. */
import { ArgumentError, emaUpdate, type Params, Rng, type Tensor, treeLeaves, treeUnflatten } from '@munit/core';
import { trainable, withState } from '@munit/layers';
import type { Adam } from '../optimizer/adam.js';
import type { TrainState } from '../state/state.js';
import { disposeAll } from './losses.js';
import type { Images, Objective, StepHooks, StepNoise, StepRates, StepResult } from './objective.js';
import { advance } from './spectral.js';

/** How a step is made; see `trainStep`. */
export interface StepOptions<G extends Params = Params, D extends Params = Params, Noise extends StepNoise = StepNoise> {
  /** What the step minimises. */
  readonly objective: Objective<G, D, Noise>;
  /** The optimizer's arithmetic. */
  readonly adam: Adam;
  /** Learning rates of this step. */
  readonly rates: StepRates;
  /** Factor by which the average forgets at each step, or `emaFactors` of it as a tensor [2]; ignored where the state has no average. */
  readonly emaDecay: number | Tensor;
  /** One for each batch, instead of drawing from the state's random source, which then stays as it is. It stays the caller's. */
  readonly noise?: readonly Noise[] | undefined;
  /** For those who want to look inside a step. */
  readonly hooks?: StepHooks | undefined;
  /** Compute the insides of networks again in the backward pass rather than keep them: the same result to the bit, in less memory. Default false. */
  readonly recompute?: boolean | undefined;
}

/**
 * One update of all networks on `batches` (several: gradients are averaged over them), and of the averaged generators.
 *
 * Consumes the tensors of `state`; `batches` stay the caller's.
 * @throws ArgumentError without a batch
 */
export function trainStep<G extends Params, D extends Params, Noise extends StepNoise>(
  state: TrainState<G, D>,
  batches: readonly Images[],
  options: StepOptions<G, D, Noise>,
): StepResult<G, D> {
  if (batches.length === 0) throw new ArgumentError('A training step needs at least one batch, got none.');
  const { objective, adam, rates, hooks, recompute } = options;
  const rng = Rng.restore(state.rng);
  const noise = options.noise ?? batches.map((images) => objective.drawNoise(rng, images));
  try {
    const { state: updated, losses } = objective.update(
      state,
      batches.map((images, i) => ({ images, noise: noise[i] as Noise })),
      { adam, rates, rng, hooks, recompute },
    );
    return { losses, state: { ...average(updated, options.emaDecay), step: state.step + 1, rng: rng.state() } };
  } finally {
    if (options.noise === undefined) for (const { drawn } of noise) disposeAll(treeLeaves<Tensor>(drawn));
  }
}

function average<G extends Params, D extends Params>(state: TrainState<G, D>, decay: number | Tensor): TrainState<G, D> {
  const { ema } = state;
  if (ema === undefined) return state;
  const averaged = trainable(ema);
  const updated = emaUpdate(treeLeaves<Tensor>(averaged), treeLeaves<Tensor>(trainable(state.gen)), decay);
  // Same shape, same kind of leaves: an average of parameters has their type. The average of singular vectors is none: the average has its own.
  return { ...state, ema: advance(withState(treeUnflatten(averaged, updated) as G, ema)) };
}
