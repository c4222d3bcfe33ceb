/** CycleGAN's four networks. */
import { ArgumentError, type Domain, type PerDomain, perDomain, type Rng, type Tensor2D, type Tensor4D } from '@munit/core';
import { cycleGanTranslator } from '@munit/formats';
import { type DiscriminatorParams, type PatchDiscriminator, patchDiscriminator, type ResnetGenerator, type ResnetGeneratorParams, type UnetGenerator, type UnetLevelParams } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { cycleGanArchitecture, cycleGanDiscriminators } from '../../config/translators.js';
import { bothDirections, type Networks } from '../method.js';
import { drawParameters } from '../shared/initialize.js';

/** Parameters of both generators; `b`'s makes images of b from those of a: the published `G_A`. */
export type CycleGanParams = PerDomain<ResnetGeneratorParams | UnetLevelParams>;
/** Parameters of both discriminators; `b`'s judges images of b: the published `D_A`. */
export type CycleGanDiscriminatorsParams = PerDomain<DiscriminatorParams>;

/** CycleGAN's networks, each also by itself. There are no codes: what is decoded is the image. */
export interface CycleGanNetworks extends Networks<CycleGanParams, CycleGanDiscriminatorsParams> {
  readonly generators: PerDomain<ResnetGenerator | UnetGenerator>;
  readonly discriminators: PerDomain<PatchDiscriminator>;
  /** An image of `to` from one of the other domain; with noise where the generators take some. `rng`: in training, for dropout. */
  translate(gen: CycleGanParams, to: Domain, x: Tensor4D, noise: Tensor2D | undefined, rng?: Rng): Tensor4D;
}

/** The networks of a configuration. @throws ArgumentError for an architecture that is not possible */
export function cycleGanNetworks(config: TrainingConfig): CycleGanNetworks {
  const architecture = cycleGanArchitecture(config);
  const judges = cycleGanDiscriminators(config);
  const generators = perDomain((domain) => cycleGanTranslator(architecture, domain));
  const discriminators = perDomain((domain) => patchDiscriminator(judges[domain]));
  const { styleDim } = architecture;
  const translate: CycleGanNetworks['translate'] = (gen, to, x, noise, rng) => {
    if (styleDim > 0 && noise === undefined) throw new ArgumentError(`translate: noise [N, ${styleDim}] is required.`);
    // Each generator of the pair takes its own parameters.
    return (generators[to] as ResnetGenerator).translate(gen[to] as ResnetGeneratorParams, x, noise, rng);
  };
  return {
    generators,
    discriminators,
    translate,
    directions: bothDirections,
    specs: { gen: perDomain((domain) => generators[domain].specs), dis: perDomain((domain) => discriminators[domain].specs) },
    init: (rng) => {
      // In the published order: G_A, G_B, D_A, D_B.
      const b = drawParameters<CycleGanParams['b']>(generators.b, rng, config);
      const a = drawParameters<CycleGanParams['a']>(generators.a, rng, config);
      const disB = drawParameters(discriminators.b, rng, config);
      return { gen: { a, b }, dis: { a: drawParameters(discriminators.a, rng, config), b: disB } };
    },
    styles: styleDim === 0 ? undefined : { dim: styleDim, domains: [], encode: () => refuseEncoding() },
    encodeContent: (_, __, x) => x,
    decode: (gen, domain, content, style) => translate(gen, domain, content, style),
  };
}

function refuseEncoding(): never {
  throw new ArgumentError('CycleGAN has noise and no style encoder: the style of an image cannot be encoded.');
}
