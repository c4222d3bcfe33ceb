/** UNIT's variational auto-encoder of one domain (`networks.py`, `VAEGen`). */
import { add, scoped, type Tensor4D } from '@munit/core';
import { type GeneratorNode, part } from '../describe/nodes.js';
import { type Layer, layerOf } from '../layer.js';
import { checkGenerator, generatorSizes, type GeneratorSizes, type UnitGeneratorArchitecture } from './architecture.js';
import { type ContentEncoder, contentEncoder, type ContentEncoderParams } from './contentEncoder.js';
import { type Decoder, decoder, type DecoderParams } from './decoder.js';

/** Parameters of a `unitGenerator`: `encoder` maps an image to the mean of the hidden code, `decoder` a hidden code to an image. */
export type UnitGeneratorParams = { readonly encoder: ContentEncoderParams; readonly decoder: DecoderParams };

/** UNIT's generator of one domain. */
export interface UnitGenerator extends Layer<UnitGeneratorParams>, GeneratorSizes {
  /** `unitGenerator`. */
  readonly kind: 'unitGenerator';
  /** Its parts by their roles. */
  describe(): GeneratorNode;
  /** What it was made from. */
  readonly architecture: UnitGeneratorArchitecture;
  /** Image to the mean of the hidden code. */
  readonly encoder: ContentEncoder;
  /** Hidden code to image. */
  readonly decoder: Decoder;
  /** x [N, H, W, inputDim] in [−1, 1] -> the mean of the hidden code, [N, H / 2^nDownsample, W / 2^nDownsample, dim · 2^nDownsample], rounded down */
  encode(params: Pick<UnitGeneratorParams, 'encoder'>, x: Tensor4D): Tensor4D;
  /** hidden [N, h, w, c] (+ noise, standard normal, of its shape, in training) -> [N, h · 2^nDownsample, w · 2^nDownsample, inputDim] in [−1, 1] */
  decode(params: Pick<UnitGeneratorParams, 'decoder'>, hidden: Tensor4D, noise?: Tensor4D): Tensor4D;
}

/**
 * The generator of `architecture`; sizes as `munitGenerator`'s.
 * @throws ArgumentError for an unknown option or one out of range
 */
export function unitGenerator(architecture: UnitGeneratorArchitecture): UnitGenerator {
  checkGenerator('unitGenerator', architecture);
  const { inputDim, dim, nDownsample, nRes, activation, padMode } = architecture;
  const common = { activation, padMode };
  const encoder = contentEncoder({ inChannels: inputDim, channels: dim, nDownsample, nRes, ...common });
  const dec = decoder({ inChannels: encoder.outChannels, outChannels: inputDim, nUpsample: nDownsample, nRes, residualNorm: 'in', ...common });
  const roles = { contentEncoder: part('encoder', 'enc', encoder), decoder: part('decoder', 'dec', dec) };
  const node: GeneratorNode = { op: 'generator', roles, registered: Object.values(roles) };
  return {
    ...layerOf<UnitGenerator>('unitGenerator', { encoder: encoder.specs, decoder: dec.specs }, node),
    architecture,
    ...generatorSizes(architecture, false),
    encoder,
    decoder: dec,
    encode: (params, x) => encoder.apply(params.encoder, x),
    decode: (params, hidden, noise) => scoped(() => dec.apply(params.decoder, noise === undefined ? hidden : add(hidden, noise))),
  };
}
