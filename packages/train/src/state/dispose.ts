import { type Tensor, treeLeaves } from '@munit/core';
import type { TrainState } from './types.js';

/** Frees all tensors of a state. */
export function disposeState({ gen, dis, genOptimizer, disOptimizer, ema }: TrainState): void {
  const all = [gen, dis, genOptimizer.m, genOptimizer.v, disOptimizer.m, disOptimizer.v, ...(ema === undefined ? [] : [ema])];
  for (const tree of all) for (const leaf of treeLeaves<Tensor>(tree)) leaf.dispose();
}
