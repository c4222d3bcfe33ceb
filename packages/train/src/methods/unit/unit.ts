/** UNIT (Liu et al. 2017) as an entry of the methods' table. */
import type { UnitArchitecture } from '@munit/formats';
import { unitTermNames } from '@munit/losses';
import type { TrainingConfig } from '../../config/schema.js';
import type { Method } from '../method.js';
import { munitArchitecture } from '../../config/architectures.js';
import { type DiscriminatorsParams, generatorsAndDiscriminators } from '../shared/discriminators.js';
import { publishedFormat, publishedWeights } from '../shared/published.js';
import { unitNetworks, type UnitNetworks, type UnitParams } from './networks.js';
import { type UnitNoise, unitObjective } from './objective.js';

/** One auto-encoder per domain with a shared code space, and a discriminator each. */
export const unit: Method<UnitNetworks, UnitParams, DiscriminatorsParams, UnitNoise> = {
  termNames: unitTermNames,
  optimizers: generatorsAndDiscriminators,
  networks: unitNetworks,
  objective: unitObjective,
  published: publishedFormat(unitArchitecture),
  model: { architecture: unitArchitecture, weights: publishedWeights(unitArchitecture) },
};

function unitArchitecture(config: TrainingConfig): UnitArchitecture {
  const { mlpDim: _, styleDim: __, ...architecture } = munitArchitecture(config);
  return { ...architecture, method: 'unit' };
}
