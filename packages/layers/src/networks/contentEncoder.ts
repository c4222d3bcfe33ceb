/** Image to content code (`networks.py`, `ContentEncoder`). */
import { checkInteger, checkKeys, type PadMode, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { downsampling } from '../blocks/downsampling.js';
import { residualBlock, type ResidualBlockParams } from '../blocks/residualBlock.js';
import { at, compose } from '../describe/compose.js';
import { runnerOf } from '../describe/run.js';
import { underSpectralNorm } from '../describe/spectral.js';
import { type Layer, layerOf } from '../layer.js';
import type { LayerActivation, Norm } from '../names.js';

/** Options of `contentEncoder`. */
export interface ContentEncoderOptions {
  /** Of the images. */
  readonly inChannels: number;
  /** Of the first layer; each downsampling doubles them. */
  readonly channels: number;
  /** Halvings of the image. */
  readonly nDownsample: number;
  /** Residual blocks. */
  readonly nRes: number;
  /** Default in. */
  readonly norm?: Exclude<Norm, 'adain'> | undefined;
  /** Of all but the second convolution of each residual block. */
  readonly activation: LayerActivation;
  /** How borders are filled. */
  readonly padMode: PadMode;
  /** Halvings without aliases: 3×3, then a blur. Default false: 4×4 at stride 2. */
  readonly blurDown?: boolean | undefined;
  /** Norm and activation before each convolution of the residual blocks. Default false. */
  readonly preActivation?: boolean | undefined;
  /** All convolutions under spectral norm. Default false. */
  readonly spectralNorm?: boolean | undefined;
}

/** Parameters of a `contentEncoder`. */
export type ContentEncoderParams = {
  /** 7×7, inChannels to channels. */
  readonly first: ConvBlockParams;
  /** nDownsample blocks of 4×4 at stride 2, each doubling the channels. */
  readonly down: readonly ConvBlockParams[];
  /** nRes residual blocks at the smallest size. */
  readonly residual: readonly ResidualBlockParams[];
};

/** Image to content code. */
export interface ContentEncoder extends Layer<ContentEncoderParams> {
  /** `contentEncoder`. */
  readonly kind: 'contentEncoder';
  /** Of the content code: channels · 2^nDownsample. */
  readonly outChannels: number;
  /** [N, H, W, inChannels] -> [N, ⌊H / 2^nDownsample⌋, ⌊W / 2^nDownsample⌋, outChannels] */
  apply(params: ContentEncoderParams, x: Tensor4D): Tensor4D;
}

/** 7×7, then nDownsample times 4×4 at stride 2, then nRes residual blocks. @throws ArgumentError for an option out of range */
export function contentEncoder(options: ContentEncoderOptions): ContentEncoder {
  checkKeys('contentEncoder', options, ['inChannels', 'channels', 'nDownsample', 'nRes', 'norm', 'activation', 'padMode', 'preActivation', 'blurDown', 'spectralNorm']);
  const { inChannels, channels, nDownsample, nRes, norm = 'in', activation, padMode, preActivation = false, blurDown = false, spectralNorm = false } = options;
  checkInteger('contentEncoder', 'nDownsample', nDownsample, 0);
  checkInteger('contentEncoder', 'nRes', nRes, 0);
  const common = { norm, activation, padMode };
  const outChannels = channels * 2 ** nDownsample;
  const plain = compose({
    first: at('model.0', convBlock({ inChannels, outChannels: channels, kernel: 7, padding: 3, ...common })),
    down: Array.from({ length: nDownsample }, (_, i) =>
      at(`model.${i + 1}`, downsampling({ inChannels: channels * 2 ** i, outChannels: channels * 2 ** (i + 1), blur: blurDown, ...common })),
    ),
    residual: Array.from({ length: nRes }, (_, i) => at(`model.${nDownsample + 1}.model.${i}`, residualBlock({ channels: outChannels, ...common, preActivation }))),
  });
  const { specs, node } = spectralNorm ? underSpectralNorm(plain) : plain;
  const runner = runnerOf('contentEncoder', node);
  return {
    ...layerOf<ContentEncoder>('contentEncoder', specs, node),
    outChannels,
    apply: (params, x) => runner.run(params, x) as Tensor4D,
  };
}
