/** Image to style code (`networks.py`, `StyleEncoder`). */
import { checkInteger, checkKeys, type PadMode, type Tensor2D, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { convolution } from '../blocks/convolution.js';
import { downsampling } from '../blocks/downsampling.js';
import { at, bare, compose } from '../describe/compose.js';
import { runnerOf } from '../describe/run.js';
import { underSpectralNorm } from '../describe/spectral.js';
import { type Layer, layerOf } from '../layer.js';
import type { LayerActivation, Norm } from '../names.js';
import type { ConvolutionParams } from '../parameters/weighted.js';

/** Options of `styleEncoder`. */
export interface StyleEncoderOptions {
  /** Of the images. */
  readonly inChannels: number;
  /** Of the first layer; the first two downsamplings double them. */
  readonly channels: number;
  /** Length of the style code. */
  readonly styleDim: number;
  /** Halvings of the image; at least 2. */
  readonly nDownsample: number;
  /** Default none: a norm would take the style's mean and deviation away. */
  readonly norm?: Exclude<Norm, 'adain'> | undefined;
  /** Of all but the last layer. */
  readonly activation: LayerActivation;
  /** How borders are filled. */
  readonly padMode: PadMode;
  /** Halvings without aliases: 3×3, then a blur. Default false: 4×4 at stride 2. */
  readonly blurDown?: boolean | undefined;
  /** All convolutions under spectral norm. Default false. */
  readonly spectralNorm?: boolean | undefined;
}

/** Parameters of a `styleEncoder`. */
export type StyleEncoderParams = {
  /** 7×7, inChannels to channels. */
  readonly first: ConvBlockParams;
  /** 4×4 at stride 2, one per downsampling: the first two double the channels, the others keep them. */
  readonly down: readonly ConvBlockParams[];
  /** 1×1 after the global average, to styleDim. */
  readonly last: ConvolutionParams;
};

/** Image to style code. */
export interface StyleEncoder extends Layer<StyleEncoderParams> {
  /** `styleEncoder`. */
  readonly kind: 'styleEncoder';
  /** [N, H, W, inChannels] -> [N, styleDim] */
  apply(params: StyleEncoderParams, x: Tensor4D): Tensor2D;
}

/**
 * 7×7, two 4×4 at stride 2 that double the channels, nDownsample − 2 more that keep them, global average, 1×1 to styleDim.
 * @throws ArgumentError for an option out of range
 */
export function styleEncoder(options: StyleEncoderOptions): StyleEncoder {
  checkKeys('styleEncoder', options, ['inChannels', 'channels', 'styleDim', 'nDownsample', 'norm', 'activation', 'padMode', 'blurDown', 'spectralNorm']);
  const { inChannels, channels, styleDim, nDownsample, norm = 'none', activation, padMode, blurDown = false, spectralNorm = false } = options;
  checkInteger('styleEncoder', 'nDownsample', nDownsample, 2);
  const common = { norm, activation, padMode };
  const width = (level: number): number => channels * 2 ** Math.min(level, 2);
  const plain = compose({
    first: at('model.0', convBlock({ inChannels, outChannels: channels, kernel: 7, padding: 3, ...common })),
    down: Array.from({ length: nDownsample }, (_, i) =>
      at(`model.${i + 1}`, downsampling({ inChannels: width(i), outChannels: width(i + 1), blur: blurDown, ...common })),
    ),
    pool: bare({ op: 'globalAveragePool' }),
    // The average pooling has a number too.
    last: at(`model.${nDownsample + 2}`, convolution({ inChannels: channels * 4, outChannels: styleDim, kernel: 1 })),
    flatten: bare({ op: 'flatten' }),
  });
  const { specs, node } = spectralNorm ? underSpectralNorm(plain) : plain;
  const runner = runnerOf('styleEncoder', node);
  return {
    ...layerOf<StyleEncoder>('styleEncoder', specs, node),
    apply: (params, x) => runner.run(params, x) as Tensor2D,
  };
}
