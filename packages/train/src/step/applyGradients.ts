import { type Params, type Tensor, treeLeaves } from '@munit/core';
import type { AdamState } from '../optimizer/adam.js';
import type { TrainState } from '../state/state.js';
import { disposeAll } from './losses.js';
import type { StepRates, UpdateTools } from './objective.js';

/** One update of `params` by the state's optimizer `name`. Consumes the parameters, the gradients and the optimizer's moments. */
export function applyGradients<P extends Params>(
  state: TrainState,
  name: string,
  params: P,
  gradients: P,
  rate: StepRates['gen'],
  { adam, hooks }: UpdateTools,
): { readonly params: P; readonly optimizer: AdamState } {
  hooks?.onGradients?.(name, gradients);
  const { params: updated, state: optimizer } = adam.update(params, gradients, state.optimizers[name] as AdamState, rate);
  disposeAll(treeLeaves<Tensor>(gradients));
  return { params: updated, optimizer };
}
