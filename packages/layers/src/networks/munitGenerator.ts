/** MUNIT's auto-encoder of one domain (`networks.py`, `AdaINGen`). */
import type { Tensor2D, Tensor4D } from '@munit/core';
import { ShapeError } from '@munit/core';
import type { Layer } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { scoped } from '../support/scope.js';
import { checkGenerator, type GeneratorArchitecture, generatorSizes, type GeneratorSizes, styleDownsamplings } from './architecture.js';
import { type ContentEncoder, contentEncoder, type ContentEncoderParams } from './contentEncoder.js';
import { type Decoder, decoder, type DecoderParams } from './decoder.js';
import { type Mlp, mlp, type MlpParams } from './mlp.js';
import { type StyleEncoder, styleEncoder, type StyleEncoderParams } from './styleEncoder.js';

export type MunitGeneratorParams = {
  readonly styleEncoder: StyleEncoderParams;
  readonly contentEncoder: ContentEncoderParams;
  readonly decoder: DecoderParams;
  readonly mlp: MlpParams;
};

export interface MunitGenerator extends Layer<MunitGeneratorParams>, GeneratorSizes {
  readonly kind: 'munitGenerator';
  readonly architecture: GeneratorArchitecture;
  readonly styleEncoder: StyleEncoder;
  readonly contentEncoder: ContentEncoder;
  readonly decoder: Decoder;
  readonly mlp: Mlp;
  /** AdaIN parameters per sample: 4 nRes dim 2^nDownsample, 4,096 in the published models. */
  readonly adaInCount: number;
  /** x [N, H, W, inputDim] in [−1, 1] -> [N, H / 2^nDownsample, W / 2^nDownsample, dim · 2^nDownsample], rounded down */
  encodeContent(params: Pick<MunitGeneratorParams, 'contentEncoder'>, x: Tensor4D): Tensor4D;
  /** x [N, H, W, inputDim] in [−1, 1] -> [N, styleDim] */
  encodeStyle(params: Pick<MunitGeneratorParams, 'styleEncoder'>, x: Tensor4D): Tensor2D;
  /** style [N, styleDim] -> [N, adaInCount], what `decodeAdaIn` takes */
  adaInParameters(params: Pick<MunitGeneratorParams, 'mlp'>, style: Tensor2D): Tensor2D;
  /** content [N, h, w, c], adaIn [N, adaInCount] -> [N, h · 2^nDownsample, w · 2^nDownsample, inputDim] in [−1, 1] */
  decodeAdaIn(params: Pick<MunitGeneratorParams, 'decoder'>, content: Tensor4D, adaIn: Tensor2D): Tensor4D;
  /** content [N, h, w, c], style [N, styleDim] -> [N, h · 2^nDownsample, w · 2^nDownsample, inputDim] in [−1, 1] */
  decode(params: Pick<MunitGeneratorParams, 'decoder' | 'mlp'>, content: Tensor4D, style: Tensor2D): Tensor4D;
}

/**
 * The generator of `architecture`. Every size of at least `minimumSize` goes in; the decoder's output is as large as the
 * input rounded down to a multiple of `sizeMultiple`.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function munitGenerator(architecture: GeneratorArchitecture): MunitGenerator {
  checkGenerator('munitGenerator', architecture);
  const { inputDim, dim, mlpDim, styleDim, nDownsample, nRes, activation, padMode } = architecture;
  const common = { activation, padMode };
  const style = styleEncoder({ inputDim, dim, styleDim, nDownsample: styleDownsamplings, ...common });
  const content = contentEncoder({ inputDim, dim, nDownsample, nRes, ...common });
  const dec = decoder({ dim: content.outputDim, outputDim: inputDim, nUpsample: nDownsample, nRes, ...common });
  const styleMlp = mlp({ inputDim: styleDim, outputDim: dec.adaInCount, dim: mlpDim, nBlocks: 3, activation });
  const parameters = {
    styleEncoder: style.parameters,
    contentEncoder: content.parameters,
    decoder: dec.parameters,
    mlp: styleMlp.parameters,
  };
  const adaInParameters: MunitGenerator['adaInParameters'] = (params, code) => {
    checkStyleCode(code, styleDim);
    return styleMlp.apply(params.mlp, code);
  };
  return {
    kind: 'munitGenerator',
    architecture,
    ...generatorSizes(architecture, true),
    styleEncoder: style,
    contentEncoder: content,
    decoder: dec,
    mlp: styleMlp,
    adaInCount: dec.adaInCount,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as MunitGeneratorParams,
    encodeContent: (params, x) => content.apply(params.contentEncoder, x),
    encodeStyle: (params, x) => style.apply(params.styleEncoder, x),
    adaInParameters,
    decodeAdaIn: (params, code, adaIn) => dec.apply(params.decoder, code, adaIn),
    decode: (params, code, styleCode) => scoped(() => dec.apply(params.decoder, code, adaInParameters(params, styleCode))),
  };
}

function checkStyleCode(code: Tensor2D, styleDim: number): void {
  if (code.rank !== 2 || code.shape[1] !== styleDim) {
    throw new ShapeError(`munitGenerator: a style code must have the shape [N, ${styleDim}], but it is [${code.shape.join(', ')}].`, {
      remedy: 'Give one row of `styleDim` numbers per sample.',
    });
  }
}
