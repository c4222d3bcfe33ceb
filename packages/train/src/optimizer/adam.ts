/** Adam over trees of parameters, with its state as argument and result. */
import { adamFactors, adamUpdate, type GradientLimits, limitGradients, type Params, treeLeaves, treeUnflatten, treeUpdate, type Tensor, tensor } from '@munit/core';
import type { TrainingConfig } from '../config/schema.js';

/** First and second moments, shaped like the parameters, and the number of updates made. */
export interface AdamState {
  readonly m: Params;
  readonly v: Params;
  readonly count: number;
}

/** Adam's constants; see `adam`. */
export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** Coupled L2 as in PyTorch's Adam, which the published code uses; not AdamW. */
  readonly weightDecay: number;
  /** What becomes of gradients of a large norm. Default nothing. */
  readonly limits?: GradientLimits | undefined;
  /** Default 1e-8, as in PyTorch. */
  readonly epsilon?: number | undefined;
}

/** Adam as a pair of functions; see `adam`. */
export interface Adam {
  /** Moments of 0 for `params`, which stay the caller's. */
  init(params: Params): AdamState;
  /**
   * Consumes `params` and `state`; the caller owns the result and keeps `gradients`.
   * @param learningRate or `factors` as a tensor [2]
   */
  update<P extends Params>(params: P, gradients: P, state: AdamState, learningRate: number | Tensor): { readonly params: P; readonly state: AdamState };
  /** All of the next update that is not the same in every one, from which captured work makes it. */
  factors(state: AdamState, learningRate: number): readonly [number, number];
}

/** Adam (Kingma & Ba 2015) with PyTorch's arithmetic and coupled weight decay. */
export function adam({ beta1, beta2, weightDecay, limits = {}, epsilon = 1e-8 }: AdamOptions): Adam {
  const limited = limits.clip !== undefined || limits.skip !== undefined;
  return {
    init: (params) => ({ m: zerosLike(params), v: zerosLike(params), count: 0 }),
    update: <P extends Params>(params: P, gradients: P, state: AdamState, learningRate: number | Tensor) => {
      const count = state.count + 1;
      const given = treeLeaves<Tensor>(gradients);
      const used = limited ? limitGradients(given, limits) : given;
      const updated = adamUpdate(
        { params: treeLeaves<Tensor>(params), m: treeLeaves<Tensor>(state.m), v: treeLeaves<Tensor>(state.v) },
        used,
        { learningRate, beta1, beta2, weightDecay, epsilon, step: count },
      );
      if (limited) for (const gradient of used) gradient.dispose();
      // Same shape, same kind of leaves: updated parameters have their own type.
      const next = treeUnflatten(params, updated.params) as P;
      return { params: next, state: { m: treeUnflatten(params, updated.m), v: treeUnflatten(params, updated.v), count } };
    },
    factors: ({ count }, learningRate) => adamFactors({ learningRate, beta1, beta2, step: count + 1 }),
  };
}

/** The optimizer of a configuration; all networks' have the same constants. */
export function adamOf(config: Pick<TrainingConfig, 'beta1' | 'beta2' | 'weight_decay' | 'clip_gradient_norm' | 'skip_gradient_norm'>): Adam {
  const { beta1, beta2, weight_decay: weightDecay, clip_gradient_norm: clip, skip_gradient_norm: skip } = config;
  const limits = { ...(clip > 0 ? { clip } : {}), ...(skip > 0 ? { skip } : {}) };
  return adam({ beta1, beta2, weightDecay, limits });
}

const zerosLike = (params: Params): Params => treeUpdate<Tensor, Params>(params, (leaf) => tensor(new Float32Array(leaf.size), leaf.shape));
