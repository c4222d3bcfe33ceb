/** Content code, and for AdaIN a style vector, to image (`networks.py`, `Decoder`). */
import { ArgumentError, type PadMode, ShapeError, type Tensor2D, type Tensor4D } from '@munit/core';
import { type ConvBlock, convBlock, type ConvBlockParams, type ResidualBlock, residualBlock, type ResidualBlockParams } from '../blocks/index.js';
import type { Layer, LayerActivation, Norm } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { checkInteger, checkKeys } from '../support/options.js';
import { chain } from '../support/scope.js';

export interface DecoderOptions {
  /** Channels of the content code; each upsampling halves them. */
  readonly dim: number;
  readonly outputDim: number;
  readonly nUpsample: number;
  readonly nRes: number;
  /** Of the residual blocks. Default adain. */
  readonly residualNorm?: Norm;
  readonly activation: LayerActivation;
  readonly padMode: PadMode;
}

export type DecoderParams = {
  readonly residual: readonly ResidualBlockParams[];
  readonly up: readonly ConvBlockParams[];
  readonly last: ConvBlockParams;
};

export interface Decoder extends Layer<DecoderParams> {
  readonly kind: 'decoder';
  readonly residual: readonly ResidualBlock[];
  readonly up: readonly ConvBlock[];
  readonly last: ConvBlock;
  /** Length of the style vector: per AdaIN layer its shifts, then its scales. 0 for other norms. */
  readonly adaInCount: number;
  /** content [N, h, w, dim], style [N, adaInCount] -> [N, h · 2^nUpsample, w · 2^nUpsample, outputDim] in [−1, 1] */
  apply(params: DecoderParams, content: Tensor4D, style?: Tensor2D): Tensor4D;
}

/**
 * nRes residual blocks, then nUpsample times nearest ×2 and 5×5 with layer norm, then 7×7 with tanh.
 * @throws ArgumentError for an option out of range
 */
export function decoder(options: DecoderOptions): Decoder {
  checkKeys('decoder', options, ['dim', 'outputDim', 'nUpsample', 'nRes', 'residualNorm', 'activation', 'padMode']);
  const { dim, outputDim, nUpsample, nRes, residualNorm = 'adain', activation, padMode } = options;
  checkInteger('decoder', 'nUpsample', nUpsample, 0);
  checkInteger('decoder', 'nRes', nRes, 0);
  if (!Number.isInteger(dim / 2 ** nUpsample)) {
    throw new ArgumentError(`decoder: 'dim' must be halved ${nUpsample} times, but it is ${dim}.`, { remedy: `Use a multiple of ${2 ** nUpsample}.` });
  }
  const residual = Array.from({ length: nRes }, () => residualBlock({ dim, norm: residualNorm, activation, padMode }));
  const up = Array.from({ length: nUpsample }, (_, i) =>
    convBlock({
      inChannels: dim / 2 ** i,
      outChannels: dim / 2 ** (i + 1),
      kernel: 5,
      padding: 2,
      upsample: 2,
      norm: 'ln',
      activation,
      padMode,
    }),
  );
  const last = convBlock({ inChannels: dim / 2 ** nUpsample, outChannels: outputDim, kernel: 7, padding: 3, padMode, activation: 'tanh' });
  const parameters = {
    residual: residual.map((block) => block.parameters),
    up: up.map((block) => block.parameters),
    last: last.parameters,
  };
  const perBlock = residual[0]?.adaInCount ?? 0;
  const adaInCount = perBlock * nRes;
  return {
    kind: 'decoder',
    residual,
    up,
    last,
    adaInCount,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as DecoderParams,
    apply: (params, content, style) => {
      checkStyle(content, style, adaInCount);
      return chain(content, [
        ...residual.map((block, i) => (y: Tensor4D) => block.apply(params.residual[i] as ResidualBlockParams, y, style, i * perBlock)),
        ...up.map((block, i) => (y: Tensor4D) => block.apply(params.up[i] as ConvBlockParams, y)),
        (y) => last.apply(params.last, y),
      ]);
    },
  };
}

function checkStyle(content: Tensor4D, style: Tensor2D | undefined, count: number): void {
  if (count === 0) return;
  if (style === undefined) throw new ArgumentError(`decoder: a style vector of ${count} AdaIN parameters per sample is needed, but none came.`);
  if (style.rank !== 2 || style.shape[0] !== content.shape[0] || style.shape[1] !== count) {
    throw new ShapeError(`decoder: the style vector must have the shape [${content.shape[0]}, ${count}] (samples, AdaIN parameters), but it is [${style.shape.join(', ')}].`, {
      remedy: 'Give one style for each sample of the content.',
    });
  }
}
