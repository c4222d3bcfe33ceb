/** BicycleGAN's networks: a generator, a style encoder, and a discriminator or two. */
import { ArgumentError, type Rng, type Tensor2D, type Tensor4D } from '@munit/core';
import { bicycleGanEncoder, bicycleGanTranslator } from '@munit/formats';
import {
  type DiscriminatorParams,
  type LatentEncoder,
  type LatentEncoderParams,
  type PatchDiscriminator,
  patchDiscriminator,
  type UnetGenerator,
  type UnetLevelParams,
} from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { bicycleGanArchitecture, bicycleGanDiscriminators } from '../../config/translators.js';
import type { Networks } from '../method.js';
import { drawParameters } from '../shared/initialize.js';

/** Parameters of the generator and of the encoder, by their published names. */
export interface BicycleGanParams {
  readonly [network: string]: UnetLevelParams | LatentEncoderParams;
  readonly G: UnetLevelParams;
  readonly E: LatentEncoderParams;
}

/** Parameters of the discriminators; without `D2` one serves both. */
export interface BicycleGanDiscriminatorsParams {
  readonly [network: string]: DiscriminatorParams;
  readonly D: DiscriminatorParams;
}

/** BicycleGAN's networks, each also by itself. They translate from A to B only; what is decoded is the image. */
export interface BicycleGanNetworks extends Networks<BicycleGanParams, BicycleGanDiscriminatorsParams> {
  readonly generator: UnetGenerator;
  readonly encoder: LatentEncoder;
  readonly D: PatchDiscriminator;
  readonly D2: PatchDiscriminator | undefined;
  /** An image of B from one of A in a style. `rng`: in training, for dropout. */
  translate(gen: Pick<BicycleGanParams, 'G'>, x: Tensor4D, style: Tensor2D | undefined, rng?: Rng): Tensor4D;
}

/** The networks of a configuration. @throws ArgumentError for an architecture that is not possible */
export function bicycleGanNetworks(config: TrainingConfig): BicycleGanNetworks {
  const architecture = bicycleGanArchitecture(config);
  const judges = bicycleGanDiscriminators(config);
  const generator = bicycleGanTranslator(architecture);
  // A configuration always names one.
  const encoder = bicycleGanEncoder(architecture) as LatentEncoder;
  const D = patchDiscriminator(judges.D);
  const D2 = judges.D2 === undefined ? undefined : patchDiscriminator(judges.D2);
  const { styleDim } = architecture;
  const translate: BicycleGanNetworks['translate'] = (gen, x, style, rng) => {
    if (style === undefined) throw new ArgumentError(`translate: a style code [N, ${styleDim}] is required.`);
    return generator.translate(gen.G, x, style, rng);
  };
  return {
    generator,
    encoder,
    D,
    D2,
    translate,
    directions: [{ from: 'a', to: 'b' }],
    specs: { gen: { G: generator.specs, E: encoder.specs }, dis: { D: D.specs, ...(D2 === undefined ? {} : { D2: D2.specs }) } },
    init: (rng) => {
      const G = drawParameters(generator, rng, config);
      const dis = { D: drawParameters(D, rng, config), ...(D2 === undefined ? {} : { D2: drawParameters(D2, rng, config) }) };
      return { gen: { G, E: drawParameters(encoder, rng, config) }, dis };
    },
    styles: { dim: styleDim, domains: ['b'], encode: (gen, _, x) => encoder.encode(gen.E, x)[0] },
    encodeContent: (_, __, x) => x,
    decode: (gen, domain, content, style) => {
      if (domain === 'a') throw new ArgumentError('BicycleGAN translates from A to B only.', { remedy: 'Decode an image of B.' });
      return translate(gen, content, style);
    },
  };
}
