/** UNIT's variational auto-encoder of one domain (`networks.py`, `VAEGen`). */
import { add, type Tensor4D } from '@munit/core';
import type { Layer } from '../layer.js';
import { initialize } from '../parameters/spec.js';
import { scoped } from '../support/scope.js';
import { checkGenerator, generatorSizes, type GeneratorSizes, type UnitGeneratorArchitecture } from './architecture.js';
import { type ContentEncoder, contentEncoder, type ContentEncoderParams } from './contentEncoder.js';
import { type Decoder, decoder, type DecoderParams } from './decoder.js';

export type UnitGeneratorParams = { readonly encoder: ContentEncoderParams; readonly decoder: DecoderParams };

export interface UnitGenerator extends Layer<UnitGeneratorParams>, GeneratorSizes {
  readonly kind: 'unitGenerator';
  readonly architecture: UnitGeneratorArchitecture;
  readonly encoder: ContentEncoder;
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
  const encoder = contentEncoder({ inputDim, dim, nDownsample, nRes, ...common });
  const dec = decoder({ dim: encoder.outputDim, outputDim: inputDim, nUpsample: nDownsample, nRes, residualNorm: 'in', ...common });
  const parameters = { encoder: encoder.parameters, decoder: dec.parameters };
  return {
    kind: 'unitGenerator',
    architecture,
    ...generatorSizes(architecture, false),
    encoder,
    decoder: dec,
    parameters,
    init: (rng, initializer = 'kaiming') => initialize(parameters, rng, initializer) as UnitGeneratorParams,
    encode: (params, x) => encoder.apply(params.encoder, x),
    decode: (params, hidden, noise) =>
      scoped(() => dec.apply(params.decoder, noise === undefined ? hidden : add(hidden, noise))),
  };
}
