/** A transposed convolution with its parameters: how CycleGAN's generators and the U-Nets of pix2pix and BicycleGAN up-sample. */
import { ArgumentError, checkInteger, checkKeys, type Tensor4D } from '@munit/core';
import type { TransposedConvolutionNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import { type ConvolutionParams, weightedSpecs } from '../parameters/weighted.js';

/** Options of `transposedConvolution`. */
export interface TransposedConvolutionOptions {
  /** Channels that come in. */
  readonly inChannels: number;
  /** Channels that go out. */
  readonly outChannels: number;
  /** Side of the square kernel. */
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number | undefined;
  /** Rows and columns that are cut off on all four sides. Default 0. */
  readonly padding?: number | undefined;
  /** Rows and columns added at the bottom and at the right, below `stride`. Default 0. */
  readonly outputPadding?: number | undefined;
  /** Default true. */
  readonly bias?: boolean | undefined;
}

/** A transposed convolution; its weight is [kh, kw, outChannels, inChannels]. */
export interface TransposedConvolution extends Layer<ConvolutionParams> {
  /** `transposedConvolution`. */
  readonly kind: 'transposedConvolution';
  /** [N, H, W, inChannels] -> [N, OH, OW, outChannels], OH = (H − 1) stride − 2 padding + kernel + outputPadding */
  apply(params: ConvolutionParams, x: Tensor4D): Tensor4D;
}

/** y = convᵀ(x) + bias, PyTorch's `ConvTranspose2d`. @throws ArgumentError for an unknown option or one out of range */
export function transposedConvolution(options: TransposedConvolutionOptions): TransposedConvolution {
  const where = 'transposedConvolution';
  checkKeys(where, options, ['inChannels', 'outChannels', 'kernel', 'stride', 'padding', 'outputPadding', 'bias']);
  const { inChannels, outChannels, kernel, stride = 1, padding = 0, outputPadding = 0, bias = true } = options;
  for (const [name, value, minimum] of [
    ['inChannels', inChannels, 1],
    ['outChannels', outChannels, 1],
    ['kernel', kernel, 1],
    ['stride', stride, 1],
    ['padding', padding, 0],
    ['outputPadding', outputPadding, 0],
  ] as const) {
    checkInteger(where, name, value, minimum);
  }
  if (outputPadding >= stride) throw new ArgumentError(`${where}: 'outputPadding' must be smaller than the stride of ${stride}, but it is ${outputPadding}.`);
  const node: TransposedConvolutionNode = { op: where, inChannels, outChannels, kernel, stride, padding, outputPadding, ...(bias ? {} : { bias }) };
  const runner = runnerOf(where, node);
  return {
    ...layerOf<TransposedConvolution>(where, weightedSpecs([kernel, kernel, outChannels, inChannels], false, { bias, outputs: outChannels }), node),
    apply: (params, x) => runner.run(params, x) as Tensor4D,
  };
}
