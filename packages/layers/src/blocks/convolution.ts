/** A convolution with its parameters, plain or under spectral norm. */
import { checkInteger, checkKeys, checkOneOf, type PadMode, type Tensor4D } from '@munit/core';
import type { ConvolutionNode } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { type Layer, layerOf } from '../layer.js';
import { padModes } from '../names.js';
import { type ConvolutionParams, weightedSpecs } from '../parameters/weighted.js';

/** Options of `convolution`. */
export interface ConvolutionOptions {
  /** Channels that come in. */
  readonly inChannels: number;
  /** Channels that go out. */
  readonly outChannels: number;
  /** Rows of the kernel. */
  readonly kernel: number;
  /** Columns of the kernel. Default as many as rows. */
  readonly kernelWidth?: number | undefined;
  /** Default 1. */
  readonly stride?: number | undefined;
  /** Border on all four sides. Default 0. */
  readonly padding?: number | undefined;
  /** Default zero. */
  readonly padMode?: PadMode | undefined;
  /** Nearest-neighbour enlargement before the padding. Default 1. */
  readonly upsample?: 1 | 2 | undefined;
  /** Divide the weight by its spectral norm. Default false. */
  readonly spectral?: boolean | undefined;
  /** Default true. */
  readonly bias?: boolean | undefined;
}

/** A convolution. */
export interface Convolution extends Layer<ConvolutionParams> {
  /** `convolution`. */
  readonly kind: 'convolution';
  /** [N, H, W, inChannels] -> [N, OH, OW, outChannels] */
  apply(params: ConvolutionParams, x: Tensor4D): Tensor4D;
}

export const convolutionKeys = ['inChannels', 'outChannels', 'kernel', 'kernelWidth', 'stride', 'padding', 'padMode', 'upsample', 'bias'] as const;

/** The node of checked options. @throws ArgumentError for an option out of range */
export function convolutionNode(options: ConvolutionOptions): ConvolutionNode {
  const { inChannels, outChannels, kernel, stride = 1, padding = 0, padMode = 'zero', upsample = 1, spectral = false, kernelWidth = kernel, bias = true } = options;
  for (const [name, value, minimum] of [
    ['inChannels', inChannels, 1],
    ['outChannels', outChannels, 1],
    ['kernel', kernel, 1],
    ['kernelWidth', kernelWidth, 1],
    ['stride', stride, 1],
    ['padding', padding, 0],
    ['upsample', upsample, 1],
  ] as const) {
    checkInteger('convolution', name, value, minimum);
  }
  checkOneOf('convolution', 'padMode', padMode, padModes);
  return {
    op: 'convolution',
    inChannels,
    outChannels,
    kernel,
    ...(kernelWidth === kernel ? {} : { kernelWidth }),
    stride,
    padding,
    padMode,
    upsample,
    spectral,
    ...(bias ? {} : { bias }),
  };
}

/** y = conv(pad(upsample(x))) + bias. @throws ArgumentError for an option out of range */
export function convolution(options: ConvolutionOptions): Convolution {
  checkKeys('convolution', options, [...convolutionKeys, 'spectral']);
  const node = convolutionNode(options);
  const { kernel, kernelWidth = kernel, inChannels, outChannels, spectral, bias } = node;
  const runner = runnerOf('convolution', node);
  return {
    ...layerOf<Convolution>('convolution', weightedSpecs([kernel, kernelWidth, inChannels, outChannels], spectral, { bias }), node),
    apply: (params, x) => runner.run(params, x) as Tensor4D,
  };
}
