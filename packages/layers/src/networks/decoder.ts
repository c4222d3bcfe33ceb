/** Content code, and for AdaIN a style vector, to image (`networks.py`, `Decoder`). */
import { ArgumentError, checkInteger, checkKeys, checkOneOf, type PadMode, type Tensor2D, type Tensor4D } from '@munit/core';
import { convBlock, type ConvBlockParams } from '../blocks/convBlock.js';
import { residualBlock, type ResidualBlockParams } from '../blocks/residualBlock.js';
import { at, compose } from '../describe/compose.js';
import { styleColumns } from '../describe/nodes.js';
import { runnerOf } from '../describe/run.js';
import { underSpectralNorm } from '../describe/spectral.js';
import { type Layer, layerOf } from '../layer.js';
import type { LayerActivation, Norm } from '../names.js';
import { type ImageOutput, imageOutputs, type UpNorm, upNorms } from './architecture.js';

/** Options of `decoder`. */
export interface DecoderOptions {
  /** Of the content code; each upsampling halves them. */
  readonly inChannels: number;
  /** Of the images. */
  readonly outChannels: number;
  /** Doublings of height and width. */
  readonly nUpsample: number;
  /** Residual blocks. */
  readonly nRes: number;
  /** Of the residual blocks. Default adain. */
  readonly residualNorm?: Norm | undefined;
  /** Of the up-sampling blocks. Default ln. */
  readonly upNorm?: UpNorm | undefined;
  /** Norm and activation before each convolution of the residual blocks. Default false. */
  readonly preActivation?: boolean | undefined;
  /** What the last layer ends with: tanh, the default, or nothing, for whoever shows the image to clamp it. */
  readonly output?: ImageOutput | undefined;
  /** All convolutions under spectral norm. Default false. */
  readonly spectralNorm?: boolean | undefined;
  /** Of all layers but the last, whose is `output`, and the second of each residual block. */
  readonly activation: LayerActivation;
  /** How borders are filled. */
  readonly padMode: PadMode;
}

/** Parameters of a `decoder`. */
export type DecoderParams = {
  /** nRes residual blocks on the content code. */
  readonly residual: readonly ResidualBlockParams[];
  /** nUpsample blocks of 5×5 after an upsampling, each halving the channels. */
  readonly up: readonly ConvBlockParams[];
  /** 7×7 to outChannels, with tanh or without activation. */
  readonly last: ConvBlockParams;
};

/** Content code to image. */
export interface Decoder extends Layer<DecoderParams> {
  /** `decoder`. */
  readonly kind: 'decoder';
  /** Length of the style vector: per AdaIN layer its shifts, then its scales. 0 for other norms. */
  readonly adaInCount: number;
  /** content [N, h, w, inChannels], style [N, adaInCount] -> [N, h · 2^nUpsample, w · 2^nUpsample, outChannels] in [−1, 1], or of any value without tanh */
  apply(params: DecoderParams, content: Tensor4D, style?: Tensor2D): Tensor4D;
}

/**
 * nRes residual blocks, then nUpsample times nearest ×2 and 5×5 with layer norm (or AdaIN), then 7×7 with tanh (or without).
 * @throws ArgumentError for an option out of range
 */
export function decoder(options: DecoderOptions): Decoder {
  checkKeys('decoder', options, ['inChannels', 'outChannels', 'nUpsample', 'nRes', 'residualNorm', 'upNorm', 'preActivation', 'output', 'spectralNorm', 'activation', 'padMode']);
  const { inChannels, outChannels, nUpsample, nRes, residualNorm = 'adain', upNorm = 'ln', preActivation = false, output = 'tanh', spectralNorm = false, activation, padMode } = options;
  checkOneOf('decoder', 'upNorm', upNorm, upNorms);
  checkOneOf('decoder', 'output', output, imageOutputs);
  checkInteger('decoder', 'nUpsample', nUpsample, 0);
  checkInteger('decoder', 'nRes', nRes, 0);
  if (!Number.isInteger(inChannels / 2 ** nUpsample)) {
    throw new ArgumentError(`decoder: 'inChannels' must be a multiple of ${2 ** nUpsample} to be halved ${nUpsample} times, but it is ${inChannels}.`, {
      remedy: `Use a multiple of ${2 ** nUpsample}.`,
    });
  }
  const width = (level: number): number => inChannels / 2 ** level;
  const upsampling = (i: number) => ({ inChannels: width(i), outChannels: width(i + 1), kernel: 5, padding: 2, upsample: 2, norm: upNorm, activation, padMode }) as const;
  const plain = compose({
    residual: Array.from({ length: nRes }, (_, i) => at(`model.0.model.${i}`, residualBlock({ channels: inChannels, norm: residualNorm, activation, padMode, preActivation }))),
    // Upsamplings have the odd numbers.
    up: Array.from({ length: nUpsample }, (_, i) => at(`model.${2 * i + 2}`, convBlock(upsampling(i)))),
    last: at(`model.${2 * nUpsample + 1}`, convBlock({ inChannels: width(nUpsample), outChannels, kernel: 7, padding: 3, padMode, activation: output === 'tanh' ? 'tanh' : 'none' })),
  });
  const { specs, node } = spectralNorm ? underSpectralNorm(plain) : plain;
  const runner = runnerOf('decoder', node);
  return {
    ...layerOf<Decoder>('decoder', specs, node),
    adaInCount: styleColumns(node),
    apply: (params, content, style) => runner.run(params, content, { style }) as Tensor4D,
  };
}
