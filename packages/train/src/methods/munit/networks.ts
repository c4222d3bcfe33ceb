/** MUNIT's four networks. */
import { ArgumentError, clamp, domains, type PerDomain, perDomain } from '@munit/core';
import { type MunitGenerator, munitGenerator, type MunitGeneratorParams } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { bothDirections, type Networks } from '../method.js';
import { architecturesOf } from '../../config/architectures.js';
import { type Discriminators, discriminatorsOf, type DiscriminatorsParams } from '../shared/discriminators.js';

/** Both generators' parameters. */
export type MunitParams = PerDomain<MunitGeneratorParams>;

/** MUNIT's networks, each also by itself. */
export interface MunitNetworks extends Networks<MunitParams, DiscriminatorsParams> {
  readonly generators: PerDomain<MunitGenerator>;
  readonly discriminators: Discriminators;
}

/** The networks of a configuration. @throws ArgumentError for an architecture that is not possible */
export function munitNetworks(config: TrainingConfig): MunitNetworks {
  const architectures = architecturesOf(config).gen;
  const generators = perDomain((domain) => munitGenerator(architectures[domain]));
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
    styles: { dim: config.gen.style_dim, domains, encode: (gen, domain, x) => generators[domain].encodeStyle(gen[domain], x) },
    encodeContent: (gen, domain, x) => generators[domain].encodeContent(gen[domain], x),
    decode: (gen, domain, content, style) => {
      if (style === undefined) throw new ArgumentError(`decode: a style code [N, ${config.gen.style_dim}] is required.`);
      const image = generators[domain].decode(gen[domain], content, style);
      // Training sees what the decoder gives; whoever looks at images sees them clamped.
      return config.gen.output === 'clamp' ? clamp(image, -1, 1) : image;
    },
  };
}
