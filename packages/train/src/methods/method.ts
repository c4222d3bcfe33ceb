/** What a training method is: everything that differs from one to the next. */
import type { Domain, Params, PerDomain, Rng, Tensor2D, Tensor4D } from '@munit/core';
import type { GeneratorsArchitecture, Weights } from '@munit/formats';
import type { OfficialLayer, ParameterSpec, Vgg16, VggParams } from '@munit/layers';
import type { TermNames } from '@munit/losses';
import type { TrainingConfig } from '../config/schema.js';
import type { NetworkTrees, OptimizerTargets, TrainState } from '../state/state.js';
import type { Objective, StepNoise } from '../step/objective.js';

/** VGG16 with its weights, and with the preprocessing that they expect. Not trained. */
export interface PerceptualNetwork {
  /** Up to the features that are compared. */
  readonly network: Vgg16;
  /** Its weights on the device; whoever opened them frees them. */
  readonly params: VggParams;
}

/** A translation from one domain to another. */
export interface TranslationDirection {
  /** Of the images that go in. */
  readonly from: Domain;
  /** Of those that come out. */
  readonly to: Domain;
}

/** Both directions, A to B first. */
export const bothDirections: readonly TranslationDirection[] = [
  { from: 'a', to: 'b' },
  { from: 'b', to: 'a' },
];

/** The styles of a method that translates one image in many ways. */
export interface StyleNetworks<G extends Params> {
  /** Length of a style code. */
  readonly dim: number;
  /** The domains whose images' styles can be encoded. */
  readonly domains: readonly Domain[];
  /** The style code [N, dim] of an image of one of `domains`. Runs inside a `tidy`. */
  encode(gen: G, domain: Domain, x: Tensor4D): Tensor2D;
}

/**
 * What translates, with its parameters as argument. All functions run inside a `tidy` and give tensors that the caller owns.
 * Images are NHWC in [-1, 1].
 */
export interface GeneratorNetworks<G extends Params = Params> {
  /** Which translations there are. */
  readonly directions: readonly TranslationDirection[];
  /** Undefined for a method whose translation of an image is always the same. */
  readonly styles: StyleNetworks<G> | undefined;
  /** What `decode` needs of an image of `domain`: its content code; the image itself for a method that has no codes. */
  encodeContent(gen: G, domain: Domain, x: Tensor4D): Tensor4D;
  /** An image of `domain` from what `encodeContent` gave; with a style code [N, dim] where the method has styles. @throws ArgumentError without one */
  decode(gen: G, domain: Domain, content: Tensor4D, style: Tensor2D | undefined): Tensor4D;
}

/** All networks of a run. */
export interface Networks<G extends Params = Params, D extends Params = Params> extends GeneratorNetworks<G> {
  /** Shape and start of every parameter. */
  readonly specs: NetworkTrees<ParameterSpec>;
  /** Draws fresh parameters; the caller owns them. */
  init(rng: Rng): { readonly gen: G; readonly dis: D };
}

/** A training state in the published trainer's files: the bytes of each by its role, `gen` for `gen_*.pt`. */
export type PublishedFiles = Readonly<Record<string, Uint8Array>>;

/** What to write of a state. */
export interface PublishedFilesOptions {
  /** `average` for the averaged generators instead of the trained ones. Default `trained`. */
  readonly weights?: 'trained' | 'average' | undefined;
}

/** One network under the name that it has in the published code. */
export interface PublishedNetwork {
  /** `gen_a`, `dis_b`. */
  readonly name: string;
  /** Which of the state's trees holds its parameters. */
  readonly part: 'gen' | 'dis';
  /** Its place in that tree. */
  readonly key: string;
  /** Its official names and layouts. */
  readonly layer: OfficialLayer;
}

/** How a method's training state is written by its published trainer. */
export interface PublishedFormat<N extends Networks, G extends Params, D extends Params> {
  /** The files' roles. */
  readonly roles: readonly string[];
  /** All networks by their published names. */
  networks(networks: N): readonly PublishedNetwork[];
  /**
   * The state in the files, after `iteration` updates; what they do not hold starts afresh. The caller owns it.
   * @throws CheckpointMismatchError when a file has another role, or does not fit the configuration or the other files
   */
  read(files: PublishedFiles, networks: N, config: TrainingConfig, iteration: number): TrainState<G, D>;
  /** The generators alone; the other files need not be there. The caller owns them. @throws CheckpointMismatchError as `read` */
  readGenerators(files: PublishedFiles, networks: N, config: TrainingConfig): G;
  /** The state as its published trainer reads it. */
  write(state: TrainState<G, D>, networks: N, config: TrainingConfig, options: PublishedFilesOptions): Promise<PublishedFiles>;
}

/** What a trained model consists of: see `Model` of `@munit/formats`. */
export interface ModelExport<N extends Networks, G extends Params> {
  /** What `model.json` says of the generators. */
  architecture(config: TrainingConfig): GeneratorsArchitecture;
  /** The generators' weights under their published names, in PyTorch's layouts. */
  weights(gen: G, networks: N, config: TrainingConfig): Promise<PerDomain<Weights>>;
}

/**
 * A training method, complete. Members are methods so that an entry of the table may know more of its networks, parameters and noise
 * than the table does.
 */
export interface Method<N extends Networks = Networks, G extends Params = Params, D extends Params = Params, Noise extends StepNoise = StepNoise> {
  /** What the published trainer calls the loss terms. */
  readonly termNames: TermNames;
  /** Its optimizers, and what each updates. */
  readonly optimizers: OptimizerTargets;
  /** The networks of a configuration, without parameters. */
  networks(config: TrainingConfig): N;
  /** What is minimised. `vgg` is VGG16 where `vgg_w` is above 0; its weights stay the caller's. */
  objective(networks: N, config: TrainingConfig, vgg: PerceptualNetwork | undefined): Objective<G, D, Noise>;
  /** How its published trainer's files are read and written. */
  readonly published: PublishedFormat<N, G, D>;
  /** What a model folder holds of it. */
  readonly model: ModelExport<N, G>;
}
