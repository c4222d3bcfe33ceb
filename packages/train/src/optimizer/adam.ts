/** Adam over a tree of parameters, with its state as argument and result. */
import { adamUpdate, treeLeaves, treeUnflatten, treeUpdate, type Tensor, tensor, type Tree } from '@munit/core';

/** First and second moments, shaped like the parameters, and the number of updates made. */
export interface AdamState<P extends Tree<Tensor>> {
  readonly m: P;
  readonly v: P;
  readonly count: number;
}

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** Coupled L2 as in PyTorch's Adam, which the published code uses; not AdamW. */
  readonly weightDecay: number;
  /** PyTorch's default, 1e-8. */
  readonly epsilon?: number;
}

/** An optimizer as a pair of functions; see `adam`. */
export interface Optimizer<P extends Tree<Tensor>> {
  init(params: P): AdamState<P>;
  /** Consumes `params` and `state`; the caller owns the result and keeps `gradients`. */
  update(params: P, gradients: P, state: AdamState<P>, learningRate: number): { readonly params: P; readonly state: AdamState<P> };
}

/** Adam (Kingma & Ba 2015) with PyTorch's arithmetic and coupled weight decay. */
export function adam<P extends Tree<Tensor>>({ beta1, beta2, weightDecay, epsilon = 1e-8 }: AdamOptions): Optimizer<P> {
  return {
    init: (params) => ({ m: zerosLike(params), v: zerosLike(params), count: 0 }),
    update: (params, gradients, state, learningRate) => {
      const count = state.count + 1;
      const updated = adamUpdate(
        { params: treeLeaves<Tensor>(params), m: treeLeaves<Tensor>(state.m), v: treeLeaves<Tensor>(state.v) },
        treeLeaves<Tensor>(gradients),
        { learningRate, beta1, beta2, weightDecay, epsilon, step: count },
      );
      return {
        params: treeUnflatten(params, updated.params) as P,
        state: { m: treeUnflatten(params, updated.m) as P, v: treeUnflatten(params, updated.v) as P, count },
      };
    },
  };
}

const zerosLike = <P extends Tree<Tensor>>(params: P): P =>
  treeUpdate<Tensor, P>(params, (leaf) => tensor(new Float32Array(leaf.size), leaf.shape));
