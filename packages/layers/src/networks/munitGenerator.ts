/** MUNIT's auto-encoder of one domain (`networks.py`, `AdaINGen`). */
import { scoped, ShapeError, type Tensor2D, type Tensor4D } from '@munit/core';
import { type GeneratorNode, part } from '../describe/nodes.js';
import { type Layer, layerOf } from '../layer.js';
import { checkGenerator, type GeneratorArchitecture, generatorSizes, type GeneratorSizes, styleDownsamplings } from './architecture.js';
import { type ContentEncoder, contentEncoder, type ContentEncoderParams } from './contentEncoder.js';
import { type Decoder, decoder, type DecoderParams } from './decoder.js';
import { type Mlp, mlp, type MlpParams } from './mlp.js';
import { type StyleEncoder, styleEncoder, type StyleEncoderParams } from './styleEncoder.js';

/** Parameters of a `munitGenerator`. */
export type MunitGeneratorParams = {
  /** Image to style code; `enc_style` in the published checkpoints. */
  readonly styleEncoder: StyleEncoderParams;
  /** Image to content code; `enc_content` in the published checkpoints. */
  readonly contentEncoder: ContentEncoderParams;
  /** Content code and AdaIN parameters to image; `dec` in the published checkpoints. */
  readonly decoder: DecoderParams;
  /** Style code to AdaIN parameters; `mlp` in the published checkpoints. */
  readonly mlp: MlpParams;
};

/** MUNIT's generator of one domain. */
export interface MunitGenerator extends Layer<MunitGeneratorParams>, GeneratorSizes {
  /** `munitGenerator`. */
  readonly kind: 'munitGenerator';
  /** Its parts by their roles. */
  describe(): GeneratorNode;
  /** What it was made from. */
  readonly architecture: GeneratorArchitecture;
  /** Image to style code. */
  readonly styleEncoder: StyleEncoder;
  /** Image to content code. */
  readonly contentEncoder: ContentEncoder;
  /** Content code and AdaIN parameters to image. */
  readonly decoder: Decoder;
  /** Style code to AdaIN parameters. */
  readonly mlp: Mlp;
  /** AdaIN parameters per sample: 4 nRes dim 2^nDownsample, 4,096 in the published models; more with AdaIN in the up-sampling blocks. */
  readonly adaInCount: number;
  /** x [N, H, W, inputDim] in [−1, 1] -> [N, H / 2^nDownsample, W / 2^nDownsample, dim · 2^nDownsample], rounded down */
  encodeContent(params: Pick<MunitGeneratorParams, 'contentEncoder'>, x: Tensor4D): Tensor4D;
  /** x [N, H, W, inputDim] in [−1, 1] -> [N, styleDim] */
  encodeStyle(params: Pick<MunitGeneratorParams, 'styleEncoder'>, x: Tensor4D): Tensor2D;
  /** style [N, styleDim] -> [N, adaInCount], what `decodeAdaIn` takes */
  adaInParams(params: Pick<MunitGeneratorParams, 'mlp'>, style: Tensor2D): Tensor2D;
  /** content [N, h, w, c], adaIn [N, adaInCount] -> [N, h · 2^nDownsample, w · 2^nDownsample, inputDim] in [−1, 1]; with the output `clamp` of any value, to be clamped by whoever shows it */
  decodeAdaIn(params: Pick<MunitGeneratorParams, 'decoder'>, content: Tensor4D, adaIn: Tensor2D): Tensor4D;
  /** content [N, h, w, c], style [N, styleDim] -> [N, h · 2^nDownsample, w · 2^nDownsample, inputDim], in the range of `decodeAdaIn` */
  decode(params: Pick<MunitGeneratorParams, 'decoder' | 'mlp'>, content: Tensor4D, style: Tensor2D): Tensor4D;
}

/**
 * The generator of `architecture`. Every size of at least `minimumSize` goes in; the decoder's output is as large as the
 * input rounded down to a multiple of `sizeMultiple`.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function munitGenerator(architecture: GeneratorArchitecture): MunitGenerator {
  checkGenerator('munitGenerator', architecture);
  const { inputDim, dim, mlpDim, styleDim, nDownsample, nRes, activation, padMode, upNorm, preActivation, blurDown, output, spectralNorm } = architecture;
  const common = { activation, padMode };
  const style = styleEncoder({ inChannels: inputDim, channels: dim, styleDim, nDownsample: styleDownsamplings, blurDown, spectralNorm, ...common });
  const content = contentEncoder({ inChannels: inputDim, channels: dim, nDownsample, nRes, preActivation, blurDown, spectralNorm, ...common });
  const dec = decoder({ upNorm, preActivation, output, spectralNorm, inChannels: content.outChannels, outChannels: inputDim, nUpsample: nDownsample, nRes, ...common });
  const styleMlp = mlp({ inFeatures: styleDim, outFeatures: dec.adaInCount, hiddenFeatures: mlpDim, nBlocks: 3, activation });
  const roles = {
    styleEncoder: part('styleEncoder', 'enc_style', style),
    contentEncoder: part('contentEncoder', 'enc_content', content),
    decoder: part('decoder', 'dec', dec),
    styleMlp: part('mlp', 'mlp', styleMlp),
  };
  const node: GeneratorNode = { op: 'generator', roles, registered: Object.values(roles) };
  const adaInParams: MunitGenerator['adaInParams'] = (params, code) => {
    checkStyleCode(code, styleDim);
    return styleMlp.apply(params.mlp, code);
  };
  return {
    ...layerOf<MunitGenerator>(
      'munitGenerator',
      { styleEncoder: style.specs, contentEncoder: content.specs, decoder: dec.specs, mlp: styleMlp.specs },
      node,
    ),
    architecture,
    ...generatorSizes(architecture, true),
    styleEncoder: style,
    contentEncoder: content,
    decoder: dec,
    mlp: styleMlp,
    adaInCount: dec.adaInCount,
    encodeContent: (params, x) => content.apply(params.contentEncoder, x),
    encodeStyle: (params, x) => style.apply(params.styleEncoder, x),
    adaInParams,
    decodeAdaIn: (params, code, adaIn) => dec.apply(params.decoder, code, adaIn),
    decode: (params, code, styleCode) => scoped(() => dec.apply(params.decoder, code, adaInParams(params, styleCode))),
  };
}

function checkStyleCode(code: Tensor2D, styleDim: number): void {
  if (code.rank !== 2 || code.shape[1] !== styleDim) {
    throw new ShapeError(`munitGenerator: a style code must have the shape [N, ${styleDim}], but it is [${code.shape.join(', ')}].`, {
      remedy: 'Give one row of `styleDim` numbers per sample.',
    });
  }
}
