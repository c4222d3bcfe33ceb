/** Normalisation with its parameters: the affine of a layer or batch norm, and AdaIN's, which come from outside. */
import {
  columns,
  normalize,
  type NormalizeOptions,
  reshape,
  ShapeError,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@munit/core';
import type { Layer, Norm } from '../layer.js';
import { constantSpec, initialize, type ParameterSpecs, uniformSpec } from '../parameters/spec.js';
import { checkInteger } from '../support/options.js';
import { scoped } from '../support/scope.js';

/** scale (γ) [C] and shift (β) [C]. */
export type AffineParams = { readonly scale: Tensor1D; readonly shift: Tensor1D };
/** AdaIN's parameters of one layer, per sample: scale (γ) [N, C], shift (β) [N, C]. */
export interface AdaInParams {
  readonly scale: Tensor2D;
  readonly shift: Tensor2D;
}

/** The learned affine of a norm: MUNIT's layer norm starts with γ uniform in [0, 1), a batch norm with 1; β with 0. */
export function affineSpecs(norm: 'ln' | 'bn', channels: number): ParameterSpecs {
  const scale = norm === 'ln' ? uniformSpec([channels], 0, 1) : constantSpec([channels], 1);
  return { scale, shift: constantSpec([channels], 0) };
}

const over = { in: 'instance', adain: 'instance', bn: 'batch', ln: 'layer' } as const;

/**
 * The norm called `norm` of x [N, H, W, C], with affine, activation and residual fused.
 * @throws ShapeError where the statistics would be of a single value (all of the result would be the shift)
 */
export function applyNorm(
  norm: Exclude<Norm, 'none' | 'sn'>,
  x: Tensor4D,
  affine: AffineParams | AdaInParams | undefined,
  fused: Pick<NormalizeOptions, 'activation' | 'residual'> = {},
): Tensor4D {
  const [n, h, w] = x.shape;
  if ((norm === 'bn' ? n : 1) * h * w < 2 && norm !== 'ln') {
    throw new ShapeError(`The norm '${norm}' needs more than one value per channel, but its input is of shape [${x.shape.join(', ')}].`, {
      remedy: norm === 'bn' ? 'Use a larger batch or image.' : 'Use a larger image, or fewer downsampling layers.',
    });
  }
  return normalize(x, { over: over[norm], scale: affine?.scale, shift: affine?.shift, ...fused });
}

/**
 * One layer's AdaIN parameters out of the style vector [N, F]: `channels` shifts (β, "mean") from column `from`,
 * then as many scales (γ, "std"), both raw (`networks.py`, `assign_adain_params`).
 */
export function adaInAt(vector: Tensor2D, from: number, channels: number): AdaInParams {
  return { shift: columns(vector, from, channels), scale: columns(vector, from + channels, channels) };
}

export interface LayerNorm extends Layer<AffineParams> {
  readonly kind: 'layerNorm';
  readonly options: { readonly channels: number };
  /** x [N, H, W, C] or [N, C] */
  apply<T extends Tensor2D | Tensor4D>(params: AffineParams, x: T): T;
}

/**
 * MUNIT's layer norm (`networks.py`, `LayerNorm`): γ (x − mean) / (std + 1e-5) + β per sample over all its values,
 * std unbiased, γ and β per channel.
 */
export function layerNorm(channels: number): LayerNorm {
  checkInteger('layerNorm', 'channels', channels, 1);
  const parameters = affineSpecs('ln', channels);
  return {
    kind: 'layerNorm',
    options: { channels },
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as AffineParams,
    apply: <T extends Tensor2D | Tensor4D>(params: AffineParams, x: T) => scoped(() => overFeatures('ln', x, params)) as T,
  };
}

/** The norm of dense features [N, F] seen as images, or of images as they are. */
export function overFeatures(norm: 'ln' | 'bn' | 'in', x: Tensor, affine: AffineParams | undefined, activation: NonNullable<NormalizeOptions['activation']> = 'none'): Tensor {
  if (x.rank === 4) return applyNorm(norm, x as Tensor4D, affine, { activation });
  const [n, f] = x.shape as [number, number];
  // PyTorch's InstanceNorm1d takes [N, F] for N channels of length F: each sample over its features.
  const image = norm === 'in' ? reshape<Tensor4D>(x, [n, f, 1, 1]) : reshape<Tensor4D>(x, [n, 1, 1, f]);
  return reshape<Tensor2D>(applyNorm(norm, image, affine, { activation }), [n, f]);
}

export interface AdaptiveInstanceNorm extends Layer<Record<string, never>> {
  readonly kind: 'adaptiveInstanceNorm';
  readonly options: { readonly channels: number };
  /** x [N, H, W, C] */
  apply(x: Tensor4D, affine: AdaInParams): Tensor4D;
}

/** AdaIN (Huang & Belongie 2017): γ (x − mean) / √(var + 1e-5) + β per sample and channel; γ and β are arguments. */
export function adaptiveInstanceNorm(channels: number): AdaptiveInstanceNorm {
  checkInteger('adaptiveInstanceNorm', 'channels', channels, 1);
  return {
    kind: 'adaptiveInstanceNorm',
    options: { channels },
    parameters: {},
    init: () => ({}),
    apply: (x, affine) => scoped(() => applyNorm('adain', x, affine)),
  };
}
