/** CycleGAN (Zhu et al. 2017) as an entry of the methods' table; with `gen.style_dim` above 0, CycleGAN with noise. */
import { cycleGanTermNames } from '@munit/losses';
import { cycleGanArchitecture } from '../../config/translators.js';
import type { Method } from '../method.js';
import { generatorsAndDiscriminators } from '../shared/discriminators.js';
import { networkFiles, translatorWeights } from '../shared/networkFiles.js';
import { type CycleGanDiscriminatorsParams, type CycleGanNetworks, cycleGanNetworks, type CycleGanParams } from './networks.js';
import { type CycleGanNoise, cycleGanObjective } from './objective.js';

/** A translator into each domain and a discriminator for each. The published letters are those of the direction: `G_A` makes images of b. */
export const cycleGan: Method<CycleGanNetworks, CycleGanParams, CycleGanDiscriminatorsParams, CycleGanNoise> = {
  termNames: cycleGanTermNames,
  optimizers: generatorsAndDiscriminators,
  networks: cycleGanNetworks,
  objective: cycleGanObjective,
  published: networkFiles<CycleGanNetworks, CycleGanParams, CycleGanDiscriminatorsParams>(['G_A', 'G_B', 'D_A', 'D_B'], ({ generators, discriminators }) => [
    { name: 'G_A', part: 'gen', key: 'b', layer: generators.b },
    { name: 'G_B', part: 'gen', key: 'a', layer: generators.a },
    { name: 'D_A', part: 'dis', key: 'b', layer: discriminators.b },
    { name: 'D_B', part: 'dis', key: 'a', layer: discriminators.a },
  ]),
  model: {
    architecture: cycleGanArchitecture,
    weights: (gen, { generators }) => translatorWeights({ a: [{ layer: generators.a, params: gen.a }], b: [{ layer: generators.b, params: gen.b }] }),
  },
};
