/** A convolution with its parameters, plain or under spectral norm: what blocks are made of. */
import {
  ArgumentError,
  conv2d,
  type FusedActivation,
  type PadMode,
  spectralNormalize,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@munit/core';
import type { Layer } from '../layer.js';
import { padModes } from '../layer.js';
import { defaultBound, fanIn } from '../parameters/initializers.js';
import { constantSpec, directionSpec, initialize, type ParameterSpecs, uniformSpec, weightSpec } from '../parameters/spec.js';
import { checkInteger, checkKeys, checkOneOf } from '../support/options.js';
import { scoped } from '../support/scope.js';

/** A weight with its bias; `spectral` (u, v) where the weight is divided by its largest singular value. */
type Weighted<W extends Tensor> = { readonly weight: W; readonly bias: Tensor1D; readonly spectral?: SpectralParams };
/** Spectral norm's state: u [O] and v [K], K in PyTorch's order (C, kh, kw). Not trained. */
export type SpectralParams = { readonly u: Tensor1D; readonly v: Tensor1D };
/** weight [kh, kw, C, O], bias [O] */
export type ConvolutionParams = Weighted<Tensor4D>;
/** weight [I, O], bias [O] */
export type DenseParams = Weighted<Tensor2D>;

/**
 * Weight and bias. The published `weights_init` passes over weights under spectral norm (their module has no attribute
 * `weight` yet), so those, and their biases, keep PyTorch's default: uniform in ±1 / √fan_in.
 */
export function weightedSpecs(shape: readonly number[], spectral: boolean): ParameterSpecs {
  const outputs = shape.at(-1) as number;
  if (!spectral) return { weight: weightSpec(shape), bias: constantSpec([outputs], 0) };
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

export interface ConvolutionOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Border on all four sides. Default 0. */
  readonly padding?: number;
  /** Default zero. */
  readonly padMode?: PadMode;
  /** Nearest-neighbour enlargement before the padding. Default 1. */
  readonly upsample?: 1 | 2;
  /** Divide the weight by its spectral norm. Default false. */
  readonly spectral?: boolean;
}

export interface Convolution extends Layer<ConvolutionParams> {
  readonly kind: 'convolution';
  readonly options: Required<ConvolutionOptions>;
  /** [N, H, W, inChannels] -> [N, OH, OW, outChannels], with the activation fused in. */
  apply(params: ConvolutionParams, x: Tensor4D, activation?: FusedActivation): Tensor4D;
}

export const convolutionKeys = ['inChannels', 'outChannels', 'kernel', 'stride', 'padding', 'padMode', 'upsample'] as const;

/** y = f(conv(pad(upsample(x))) + bias). @throws ArgumentError for an option out of range */
export function convolution(options: ConvolutionOptions): Convolution {
  checkKeys('convolution', options, [...convolutionKeys, 'spectral']);
  const { inChannels, outChannels, kernel, stride = 1, padding = 0, padMode = 'zero', upsample = 1, spectral = false } = options;
  for (const [name, value, minimum] of [
    ['inChannels', inChannels, 1],
    ['outChannels', outChannels, 1],
    ['kernel', kernel, 1],
    ['stride', stride, 1],
    ['padding', padding, 0],
    ['upsample', upsample, 1],
  ] as const) {
    checkInteger('convolution', name, value, minimum);
  }
  checkOneOf('convolution', 'padMode', padMode, padModes);
  const parameters = weightedSpecs([kernel, kernel, inChannels, outChannels], spectral);
  return {
    kind: 'convolution',
    options: { inChannels, outChannels, kernel, stride, padding, padMode, upsample, spectral },
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as ConvolutionParams,
    apply: (params, x, activation = 'none') =>
      scoped(() =>
        conv2d(x, effectiveWeight(params, spectral), params.bias, {
          stride,
          pad: { mode: padMode, size: padding },
          upsample,
          activation,
        }),
      ),
  };
}
