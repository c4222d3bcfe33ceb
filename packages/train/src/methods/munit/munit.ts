/** MUNIT (Huang et al. 2018) as an entry of the methods' table. */
import { munitTermNames } from '@munit/losses';
import type { Method } from '../method.js';
import { munitArchitecture } from '../../config/architectures.js';
import { type DiscriminatorsParams, generatorsAndDiscriminators } from '../shared/discriminators.js';
import { publishedFormat, publishedWeights } from '../shared/published.js';
import { munitNetworks, type MunitNetworks, type MunitParams } from './networks.js';
import { type MunitNoise, munitObjective } from './objective.js';

/** One auto-encoder per domain with a content and a style code, and a discriminator each. */
export const munit: Method<MunitNetworks, MunitParams, DiscriminatorsParams, MunitNoise> = {
  termNames: munitTermNames,
  optimizers: generatorsAndDiscriminators,
  networks: munitNetworks,
  objective: munitObjective,
  published: publishedFormat(munitArchitecture),
  model: { architecture: munitArchitecture, weights: publishedWeights(munitArchitecture) },
};
