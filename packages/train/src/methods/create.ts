/** What a configuration makes: networks, objective, states, files, by its method's entry of the table. */
import { ConfigError, type Params, type PerDomain, Rng } from '@munit/core';
import type { GeneratorsArchitecture, Weights } from '@munit/formats';
import type { TermNames } from '@munit/losses';
import type { TrainingConfig } from '../config/schema.js';
import { adamOf } from '../optimizer/adam.js';
import { decodeState, type StateMetadata } from '../state/checkpoint.js';
import { stateAround, type StateLayout, type TrainState } from '../state/state.js';
import type { Objective } from '../step/objective.js';
import type { Method, Networks, PerceptualNetwork, PublishedFiles, PublishedFilesOptions, PublishedNetwork } from './method.js';
import { methods } from './methods.js';

const methodOf = ({ trainer }: TrainingConfig): Method => methods[trainer];

/** The networks of a configuration, without parameters. @throws ArgumentError when its architecture is not possible */
export const createNetworks = (config: TrainingConfig): Networks => methodOf(config).networks(config);

/**
 * What a configuration trains `networks` by. `vgg` is VGG16 with its weights, required where `vgg_w` is above 0; they stay the caller's.
 * @throws ConfigError when they are required and absent
 */
export function createObjective(config: TrainingConfig, networks: Networks, vgg?: PerceptualNetwork): Objective {
  if (config.vgg_w > 0 && vgg === undefined) {
    throw new ConfigError(`The perceptual loss (vgg_w ${config.vgg_w}) requires the weights of VGG16.`, {
      remedy: "Name them by 'vgg_weights' (a .pth or .safetensors file), or set vgg_w to 0.",
    });
  }
  return methodOf(config).objective(networks, config, config.vgg_w > 0 ? vgg : undefined);
}

/** What the method's published trainer calls its loss terms. */
export const termNamesOf = (config: TrainingConfig): TermNames => methodOf(config).termNames;

/** The state that a configuration begins with: parameters drawn from its seed. The caller owns it. */
export function initialState(config: TrainingConfig, networks: Networks = createNetworks(config)): TrainState {
  const rng = new Rng(config.seed);
  return stateOf(config, networks.init(rng.split()), rng);
}

/** A state at step 0 around given parameters, which it takes over. The caller owns it. */
export function stateOf(config: TrainingConfig, parameters: { readonly gen: Params; readonly dis: Params }, rng: Rng = new Rng(config.seed)): TrainState {
  return stateAround(parameters, { ...averaging(config), adam: adamOf(config), rng });
}

/** The shapes of a configuration's state. */
export const stateLayout = (config: TrainingConfig, networks: Networks = createNetworks(config)): StateLayout => ({ ...averaging(config), specs: networks.specs });

/**
 * The state of a checkpoint of this configuration, and what the file says besides. The caller owns it.
 * @throws CheckpointMismatchError when the file is not a training state or does not fit; @throws SafetensorsError when it is damaged
 */
export const decodeCheckpoint = (bytes: Uint8Array, config: TrainingConfig, networks?: Networks): { readonly state: TrainState; readonly metadata: StateMetadata } =>
  decodeState(bytes, stateLayout(config, networks));

const averaging = (config: TrainingConfig): Omit<StateLayout, 'specs'> => ({ optimizers: methodOf(config).optimizers, average: config.ema_half_life_images > 0 });

/**
 * The training state in the published trainer's files, with both optimizers; `iteration` is the number in the files' names. What
 * they do not hold starts afresh: the random source (from the seed) and the averaged generator. The caller owns the state.
 * @throws CheckpointMismatchError when a file has another role, or does not fit the configuration or the other files
 */
export function stateFromOfficial(files: PublishedFiles, config: TrainingConfig, iteration: number): TrainState {
  return methodOf(config).published.read(files, createNetworks(config), config, iteration);
}

/** The generators alone in the published trainer's files; the caller owns them. @throws CheckpointMismatchError as `stateFromOfficial` */
export const generatorsFromOfficial = (files: PublishedFiles, config: TrainingConfig): Params =>
  methodOf(config).published.readGenerators(files, createNetworks(config), config);

/**
 * A training state as the published code reads it, so that a run can move to PyTorch and back: `gen_*.pt`, `dis_*.pt` and
 * `optimizer.pt` by the roles `gen`, `dis` and `optimizer`. The average and the random source have no place there.
 */
export function officialFiles(state: TrainState, config: TrainingConfig, options: PublishedFilesOptions = {}): Promise<PublishedFiles> {
  return methodOf(config).published.write(state, createNetworks(config), config, options);
}

/** All networks of a configuration by their published names. */
export const publishedNetworks = (config: TrainingConfig): readonly PublishedNetwork[] => methodOf(config).published.networks(createNetworks(config));

/** The generators of a configuration as `@munit/formats` describes them. */
export const modelArchitecture = (config: TrainingConfig): GeneratorsArchitecture => methodOf(config).model.architecture(config);

/** The generators' weights under their published names, in PyTorch's layouts. */
export const modelWeights = (gen: Params, config: TrainingConfig): Promise<PerDomain<Weights>> => methodOf(config).model.weights(gen, createNetworks(config), config);
