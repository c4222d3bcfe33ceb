import { perDomain, type PerDomain } from '@munit/core';
import { multiScaleDiscriminator, munitGenerator, type OfficialLayer, unitGenerator } from '@munit/layers';
import type { TrainingConfig } from '../config/index.js';
import { discriminatorArchitectures, generatorArchitectures } from '../networks/index.js';

/** The layers of a configuration, for their official names. */
export function officialNetworks(config: TrainingConfig): { readonly gen: PerDomain<OfficialLayer>; readonly dis: PerDomain<OfficialLayer> } {
  const generators = generatorArchitectures(config);
  const discriminators = discriminatorArchitectures(config);
  return {
    gen: perDomain((domain) => (config.trainer === 'UNIT' ? unitGenerator(generators[domain]) : munitGenerator(generators[domain]))),
    dis: perDomain((domain) => multiScaleDiscriminator(discriminators[domain])),
  };
}
