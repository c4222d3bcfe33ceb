/** Image to content code (`networks.py`, `ContentEncoder`). */
import type { PadMode, Tensor4D } from '@munit/core';
import { type ConvBlock, convBlock, type ConvBlockParams, type ResidualBlock, residualBlock, type ResidualBlockParams } from '../blocks/index.js';
import type { Layer, LayerActivation, Norm } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkInteger, checkKeys } from '../support/options.js';
import { chain } from '../support/scope.js';

export interface ContentEncoderOptions {
  readonly inputDim: number;
  /** Channels of the first layer; each downsampling doubles them. */
  readonly dim: number;
  readonly nDownsample: number;
  readonly nRes: number;
  /** Default in. */
  readonly norm?: Exclude<Norm, 'adain'>;
  readonly activation: LayerActivation;
  readonly padMode: PadMode;
}

export type ContentEncoderParams = {
  readonly first: ConvBlockParams;
  readonly down: readonly ConvBlockParams[];
  readonly residual: readonly ResidualBlockParams[];
};

export interface ContentEncoder extends Layer<ContentEncoderParams> {
  readonly kind: 'contentEncoder';
  readonly first: ConvBlock;
  readonly down: readonly ConvBlock[];
  readonly residual: readonly ResidualBlock[];
  /** Channels of the content code: dim · 2^nDownsample. */
  readonly outputDim: number;
  /** [N, H, W, inputDim] -> [N, ⌊H / 2^nDownsample⌋, ⌊W / 2^nDownsample⌋, outputDim] */
  apply(params: ContentEncoderParams, x: Tensor4D): Tensor4D;
}

/** 7×7, then nDownsample times 4×4 at stride 2, then nRes residual blocks. @throws ArgumentError for an option out of range */
export function contentEncoder(options: ContentEncoderOptions): ContentEncoder {
  checkKeys('contentEncoder', options, ['inputDim', 'dim', 'nDownsample', 'nRes', 'norm', 'activation', 'padMode']);
  const { inputDim, dim, nDownsample, nRes, norm = 'in', activation, padMode } = options;
  checkInteger('contentEncoder', 'nDownsample', nDownsample, 0);
  checkInteger('contentEncoder', 'nRes', nRes, 0);
  const common = { norm, activation, padMode };
  const first = convBlock({ inChannels: inputDim, outChannels: dim, kernel: 7, padding: 3, ...common });
  const down = Array.from({ length: nDownsample }, (_, i) =>
    convBlock({ inChannels: dim * 2 ** i, outChannels: dim * 2 ** (i + 1), kernel: 4, stride: 2, padding: 1, ...common }),
  );
  const outputDim = dim * 2 ** nDownsample;
  const residual = Array.from({ length: nRes }, () => residualBlock({ dim: outputDim, ...common }));
  const parameters = {
    first: first.parameters,
    down: down.map((block) => block.parameters),
    residual: residual.map((block) => block.parameters),
  };
  return {
    kind: 'contentEncoder',
    first,
    down,
    residual,
    outputDim,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as ContentEncoderParams,
    apply: (params, x) =>
      chain(x, [
        (y) => first.apply(params.first, y),
        ...down.map((block, i) => (y: Tensor4D) => block.apply(params.down[i] as ConvBlockParams, y)),
        ...residual.map((block, i) => (y: Tensor4D) => block.apply(params.residual[i] as ResidualBlockParams, y)),
      ]),
  };
}
