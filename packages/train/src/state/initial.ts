import { type Params, type PerDomain, Rng, scale, type Tensor, tidy, treeUpdate } from '@munit/core';
import { trainable } from '@munit/layers';
import type { Model } from '../networks/model.js';
import type { Optimizer } from '../optimizer/index.js';
import type { TrainState } from './types.js';

/**
 * A fresh state: parameters drawn from `seed`, empty moments, the average (where kept) equal to the parameters.
 * The caller owns it.
 */
export function initialState(model: Model, optimizer: Optimizer<PerDomain<Params>>, options: { readonly seed: number; readonly average: boolean }): TrainState {
  const rng = new Rng(options.seed);
  const { gen, dis } = model.init(rng.split());
  return stateOf(gen, dis, optimizer, { rng, average: options.average });
}

/** A state at step 0 around given parameters, which it takes over. */
export function stateOf(
  gen: PerDomain<Params>,
  dis: PerDomain<Params>,
  optimizer: Optimizer<PerDomain<Params>>,
  options: { readonly rng: Rng; readonly average: boolean },
): TrainState {
  return {
    step: 0,
    rng: options.rng.state(),
    gen,
    dis,
    genOptimizer: optimizer.init(gen),
    disOptimizer: optimizer.init(trainable(dis)),
    ema: options.average ? copyTree(gen) : undefined,
  };
}

/** Copies of the values, not views: optimizers may overwrite in place. */
const copyTree = (tree: PerDomain<Params>): PerDomain<Params> => treeUpdate<Tensor, PerDomain<Params>>(tree, (leaf) => tidy(() => scale(leaf, 1)));
