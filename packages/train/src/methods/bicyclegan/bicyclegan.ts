/** BicycleGAN (Zhu et al. 2017) as an entry of the methods' table: many translations of an image, learned from pairs. */
import { bicycleGanTermNames } from '@munit/losses';
import { bicycleGanArchitecture } from '../../config/translators.js';
import type { Method, PublishedNetwork } from '../method.js';
import { generatorsAndDiscriminators } from '../shared/discriminators.js';
import { networkFiles, translatorWeights } from '../shared/networkFiles.js';
import { type BicycleGanDiscriminatorsParams, type BicycleGanNetworks, bicycleGanNetworks, type BicycleGanParams } from './networks.js';
import { type BicycleGanNoise, bicycleGanObjective } from './objective.js';

/**
 * One optimizer for the generator and the encoder and one for the discriminators; the published code has one for each network, with the
 * same settings, which makes the same updates.
 */
export const bicycleGan: Method<BicycleGanNetworks, BicycleGanParams, BicycleGanDiscriminatorsParams, BicycleGanNoise> = {
  termNames: bicycleGanTermNames,
  optimizers: generatorsAndDiscriminators,
  networks: bicycleGanNetworks,
  objective: bicycleGanObjective,
  published: networkFiles<BicycleGanNetworks, BicycleGanParams, BicycleGanDiscriminatorsParams>(['G', 'E', 'D', 'D2'], ({ generator, encoder, D, D2 }): PublishedNetwork[] => [
    { name: 'G', part: 'gen', key: 'G', layer: generator },
    { name: 'E', part: 'gen', key: 'E', layer: encoder },
    { name: 'D', part: 'dis', key: 'D', layer: D },
    ...(D2 === undefined ? [] : [{ name: 'D2', part: 'dis', key: 'D2', layer: D2 } as const]),
  ]),
  model: {
    architecture: bicycleGanArchitecture,
    weights: (gen, { generator, encoder }) =>
      translatorWeights({
        a: [],
        b: [
          { prefix: 'G.', layer: generator, params: gen.G },
          { prefix: 'E.', layer: encoder, params: gen.E },
        ],
      }),
  },
};
