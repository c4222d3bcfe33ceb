/** Image to style code (`networks.py`, `StyleEncoder`). */
import { globalAveragePool, type PadMode, reshape, type Tensor2D, type Tensor4D } from '@munit/core';
import { type ConvBlock, convBlock, type ConvBlockParams, convolution, type Convolution, type ConvolutionParams } from '../blocks/index.js';
import type { Layer, LayerActivation, Norm } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkInteger, checkKeys } from '../support/options.js';
import { chain, scoped } from '../support/scope.js';

export interface StyleEncoderOptions {
  readonly inputDim: number;
  /** Channels of the first layer; the first two downsamplings double them. */
  readonly dim: number;
  readonly styleDim: number;
  /** At least 2. */
  readonly nDownsample: number;
  /** Default none: a norm would take the style's mean and deviation away. */
  readonly norm?: Exclude<Norm, 'adain'>;
  readonly activation: LayerActivation;
  readonly padMode: PadMode;
}

export type StyleEncoderParams = {
  readonly first: ConvBlockParams;
  readonly down: readonly ConvBlockParams[];
  readonly last: ConvolutionParams;
};

export interface StyleEncoder extends Layer<StyleEncoderParams> {
  readonly kind: 'styleEncoder';
  readonly first: ConvBlock;
  readonly down: readonly ConvBlock[];
  readonly last: Convolution;
  /** [N, H, W, inputDim] -> [N, styleDim] */
  apply(params: StyleEncoderParams, x: Tensor4D): Tensor2D;
}

/**
 * 7×7, two 4×4 at stride 2 that double the channels, nDownsample − 2 more that keep them, global average, 1×1 to styleDim.
 * @throws ArgumentError for an option out of range
 */
export function styleEncoder(options: StyleEncoderOptions): StyleEncoder {
  checkKeys('styleEncoder', options, ['inputDim', 'dim', 'styleDim', 'nDownsample', 'norm', 'activation', 'padMode']);
  const { inputDim, dim, styleDim, nDownsample, norm = 'none', activation, padMode } = options;
  checkInteger('styleEncoder', 'nDownsample', nDownsample, 2);
  const common = { norm, activation, padMode };
  const first = convBlock({ inChannels: inputDim, outChannels: dim, kernel: 7, padding: 3, ...common });
  const down = Array.from({ length: nDownsample }, (_, i) =>
    convBlock({ inChannels: dim * 2 ** Math.min(i, 2), outChannels: dim * 2 ** Math.min(i + 1, 2), kernel: 4, stride: 2, padding: 1, ...common }),
  );
  const last = convolution({ inChannels: dim * 4, outChannels: styleDim, kernel: 1 });
  const parameters = { first: first.parameters, down: down.map((block) => block.parameters), last: last.parameters };
  return {
    kind: 'styleEncoder',
    first,
    down,
    last,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as StyleEncoderParams,
    apply: (params, x) =>
      scoped(() => {
        const features = chain(x, [
          (y) => first.apply(params.first, y),
          ...down.map((block, i) => (y: Tensor4D) => block.apply(params.down[i] as ConvBlockParams, y)),
        ]); // [N, h, w, 4 dim]
        const pooled = globalAveragePool(features); // [N, 4 dim]
        const [n, c] = pooled.shape;
        const code = last.apply(params.last, reshape<Tensor4D>(pooled, [n, 1, 1, c])); // [N, 1, 1, styleDim]
        return reshape<Tensor2D>(code, [n, styleDim]);
      }),
  };
}
