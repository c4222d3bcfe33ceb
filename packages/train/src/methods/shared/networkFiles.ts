/** The files of CycleGAN's and BicycleGAN's published trainers: `latest_net_G_A.pth`, one for each network and none for the optimizers. */
import { CheckpointMismatchError, type Params, type PerDomain, Rng } from '@munit/core';
import { float32Tensor, readCheckpoint, toFloat32, type Weights, writeNetwork } from '@munit/formats';
import { fromOfficial, type OfficialLayer, type OfficialTensor, toOfficial } from '@munit/layers';
import type { TrainingConfig } from '../../config/schema.js';
import { adamOf } from '../../optimizer/adam.js';
import { stateAround, type TrainState } from '../../state/state.js';
import type { Networks, PublishedFiles, PublishedFormat, PublishedNetwork } from '../method.js';
import { generatorsAndDiscriminators } from './discriminators.js';

/** What the published trainers' `save_networks` writes of these networks. Resuming from their files begins with new moments, as the published code does. */
export function networkFiles<N extends Networks, G extends Params, D extends Params>(roles: readonly string[], networksOf: (networks: N) => readonly PublishedNetwork[]): PublishedFormat<N, G, D> {
  const tree = (files: PublishedFiles, networks: N, part: PublishedNetwork['part']): Params => {
    const own = new Map(networksOf(networks).filter((network) => network.part === part).map((network) => [network.key, network]));
    // In the order of the parameters, which is not that of the published names.
    return Object.fromEntries(Object.keys(networks.specs[part]).flatMap((key) => own.get(key) ?? []).map(({ name, key, layer }): [string, Params] => [key, readNetwork(files, name, layer)]));
  };
  // What is read by the networks' layers are their parameters.
  const readGenerators = (files: PublishedFiles, networks: N): G => tree(files, networks, 'gen') as G;
  return {
    roles,
    networks: networksOf,
    readGenerators,
    read: (files, networks, config, iteration): TrainState<G, D> => {
      const parameters = { gen: readGenerators(files, networks), dis: tree(files, networks, 'dis') as D };
      const options = { optimizers: generatorsAndDiscriminators, average: config.ema_half_life_images > 0, adam: adamOf(config), rng: new Rng(config.seed) };
      return { ...stateAround<G, D>(parameters, options), step: iteration };
    },
    write: async (state, networks, _: TrainingConfig, { weights = 'trained' }) => {
      const gen = weights === 'average' ? (state.ema ?? state.gen) : state.gen;
      const written = networksOf(networks).map(async ({ name, part, key, layer }) => {
        const params = (part === 'gen' ? gen : state.dis) as Readonly<Record<string, Params>>;
        return [name, writeNetwork(tensorsOf(await toOfficial(layer, params[key] as Params)))] as const;
      });
      return Object.fromEntries(await Promise.all(written));
    },
  };
}

function readNetwork(files: PublishedFiles, name: string, layer: OfficialLayer): Params {
  const file = files[name];
  if (file === undefined) {
    throw new CheckpointMismatchError(`The file of the network '${name}' is required.`, { remedy: `Give latest_net_${name}.pth of the published trainer as ${name}.` });
  }
  return fromOfficial(layer, stateDict(file, name));
}

function stateDict(file: Uint8Array, name: string): Weights {
  const checkpoint = readCheckpoint(file);
  if (checkpoint.kind === 'state-dict') return new Map([...checkpoint.weights].map(([key, tensor]) => [key, float32Tensor(tensor.shape, toFloat32(tensor))]));
  if (checkpoint.kind === 'translator' || checkpoint.kind === 'style-encoder') return checkpoint.weights;
  throw new CheckpointMismatchError(`The file given as ${name} was read as a ${checkpoint.kind}.`, { remedy: `Give latest_net_${name}.pth of the published trainer.` });
}

/** A model's weights by domain, of the networks that make images of each; with a prefix where there are several. */
export async function translatorWeights(networks: PerDomain<readonly { readonly prefix?: string; readonly layer: OfficialLayer; readonly params: Params }[]>): Promise<PerDomain<Weights>> {
  const of = async (own: (typeof networks)['a']): Promise<Weights> => {
    const all = await Promise.all(own.map(async ({ prefix = '', layer, params }) => [...(await toOfficial(layer, params))].map(([name, value]) => [prefix + name, value] as const)));
    return tensorsOf(new Map<string, OfficialTensor>(all.flat()));
  };
  return { a: await of(networks.a), b: await of(networks.b) };
}

const tensorsOf = (arrays: ReadonlyMap<string, OfficialTensor>): Weights => new Map([...arrays].map(([name, { shape, data }]) => [name, float32Tensor([...shape], Float32Array.from(data))]));
