/** UNIT's four networks. */
import { type PerDomain, perDomain } from '@munit/core';
import { type UnitGenerator, unitGenerator, type UnitGeneratorParams } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { bothDirections, type Networks } from '../method.js';
import { architecturesOf } from '../../config/architectures.js';
import { type Discriminators, discriminatorsOf, type DiscriminatorsParams } from '../shared/discriminators.js';

/** Both generators' parameters. */
export type UnitParams = PerDomain<UnitGeneratorParams>;

/** UNIT's networks, each also by itself. The code of an image is all of its content: there are no styles. */
export interface UnitNetworks extends Networks<UnitParams, DiscriminatorsParams> {
  readonly generators: PerDomain<UnitGenerator>;
  readonly discriminators: Discriminators;
}

/** The networks of a configuration. @throws ArgumentError for an architecture that is not possible */
export function unitNetworks(config: TrainingConfig): UnitNetworks {
  const architectures = architecturesOf(config).gen;
  const generators = perDomain((domain) => unitGenerator(architectures[domain]));
  const discriminators = discriminatorsOf(config);
  return {
    generators,
    discriminators,
    directions: bothDirections,
    specs: { gen: perDomain((domain) => generators[domain].specs), dis: perDomain((domain) => discriminators[domain].specs) },
    init: (rng) => ({
      gen: perDomain((domain) => generators[domain].init(rng, config.init)),
      dis: perDomain((domain) => discriminators[domain].init(rng, 'gaussian')),
    }),
    styles: undefined,
    encodeContent: (gen, domain, x) => generators[domain].encode(gen[domain], x),
    decode: (gen, domain, content) => generators[domain].decode(gen[domain], content),
  };
}
