/** Weights with their biases, plain or under spectral norm. */
import { ArgumentError, spectralNormalize, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@munit/core';
import type { SpecsOf } from './spec.js';
import { defaultBound, fanIn } from './initializers.js';
import { constantSpec, directionSpec, uniformSpec, weightSpec } from './spec.js';

/**
 * Spectral norm's state, the singular vectors of the largest singular value as power iteration estimates them: `u` [O] and `v` [K],
 * K = C kh kw in PyTorch's order (C, kh, kw), both of length 1. Not trained.
 */
export type SpectralParams = { readonly u: Tensor1D; readonly v: Tensor1D };
/** A weight with its bias; `spectral` (u, v) where the weight is divided by its largest singular value. */
export type Weighted<W extends Tensor> = {
  /** In our layout. */
  readonly weight: W;
  /** One for each output. Absent where the norm behind the layer makes it idle. */
  readonly bias?: Tensor1D;
  /** Under spectral norm. */
  readonly spectral?: SpectralParams;
};
/** Parameters of a convolution: weight [kh, kw, C, O], bias [O]. */
export type ConvolutionParams = Weighted<Tensor4D>;
/** Parameters of a dense layer: weight [I, O], bias [O]. */
export type DenseParams = Weighted<Tensor2D>;

/** How a weight's specs differ from the usual ones. */
interface WeightedOptions {
  /** Default true. */
  readonly bias?: boolean | undefined;
  /** Values of the bias. Default the last axis of the weight. */
  readonly outputs?: number;
}

/**
 * Weight and bias. The published `weights_init` passes over weights under spectral norm (their module has no attribute
 * `weight` yet), so those, and their biases, keep PyTorch's default: uniform in ±1 / √fan_in.
 */
export function weightedSpecs(shape: readonly number[], spectral: boolean, { bias = true, outputs = shape.at(-1) as number }: WeightedOptions = {}): SpecsOf<Weighted<Tensor>> {
  if (!spectral) return { weight: weightSpec(shape), ...(bias ? { bias: constantSpec([outputs], 0) } : {}) };
  const bound = defaultBound(shape);
  return {
    weight: uniformSpec(shape, -bound, bound),
    bias: uniformSpec([outputs], -bound, bound),
    spectral: { u: directionSpec(outputs), v: directionSpec(fanIn(shape)) },
  };
}

/** The weight to use: as it is, or divided by its spectral norm by the state beside it. */
export function effectiveWeight<W extends Tensor>(params: Weighted<W>, spectral: boolean): W {
  if (!spectral) return params.weight;
  if (params.spectral === undefined) {
    throw new ArgumentError('A layer with spectral norm needs its u and v, but its parameters have no `spectral`.', {
      remedy: 'Join the trained parameters with their state: withState(trained, params).',
    });
  }
  return spectralNormalize(params.weight, params.spectral);
}
