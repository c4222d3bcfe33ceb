/** What a training session needs from where it runs: a run folder in Node, the memory of a page, or anything else with these four ports. */
import type { Device, DeviceName, Params, PerDomain } from '@munit/core';
import type { TrainingConfig } from '../config/schema.js';
import type { TrainEventListener } from '../events.js';
import type { Score } from '../loop/best.js';
import type { TrainingCheckpoint } from '../loop/train.js';
import type { GeneratorNetworks, PerceptualNetwork } from '../methods/method.js';
import type { BatchesOptions, RunData } from './images.js';

/** Where images come from. */
export interface ImageFeed {
  /**
   * Opens the images of a configuration; `options.state` is the position to continue from.
   * @throws DataError when they cannot be used, or are not those that the position belongs to
   */
  open(config: TrainingConfig, options: BatchesOptions & { readonly onWarning: (message: string) => void }): Promise<RunData>;
  /** What the domains are called in an exported model. */
  readonly names?: PerDomain<string> | undefined;
}

/** A checkpoint as its store returns it. */
export interface StoredCheckpoint {
  /** Updates made when it was saved. */
  readonly step: number;
  /** A safetensors file. */
  readonly bytes: Uint8Array;
}

/** Where checkpoints go. */
export interface CheckpointStore {
  /** The newest one that can be used; undefined when there is none. */
  latest(): Promise<StoredCheckpoint | undefined>;
  /** Keeps one. What it returns goes into the event: the path of a file, say. */
  save(checkpoint: TrainingCheckpoint): Promise<{ readonly path?: string | undefined }>;
  /** The score of the best one. */
  best(): Score | undefined;
}

/** Which device computes. */
export interface DeviceChoice {
  /** Default auto: the best one that works. */
  readonly device?: DeviceName | 'auto' | undefined;
  /** Threads of the device 'simd'. */
  readonly threads?: number | undefined;
}

/** Opens the device that computes; `openDevice` of `@munit/core` by default. */
export type DevicePort = (choice: DeviceChoice) => Promise<Device>;

/** Measures a model's translations of held-out images from A to B. */
export type MeasurePort = (
  networks: GeneratorNetworks,
  gen: Params,
  options: { readonly config: TrainingConfig; readonly signal: AbortSignal },
) => Promise<{ readonly metrics: Readonly<Record<string, number>>; readonly warnings: readonly string[] }>;

/** Who hears what happens. */
export interface SessionListeners {
  readonly onEvent?: TrainEventListener | undefined;
  readonly onStatus?: ((status: TrainingStatus) => void) | undefined;
}

/**
 * `pausing`: the step under way is being finished. `failed`: see `recover`. `stopped` and `finished`: `run` trains on where there are
 * steps left.
 */
export type TrainingStatus = 'ready' | 'running' | 'pausing' | 'paused' | 'stopped' | 'finished' | 'failed' | 'disposed';

/** What to do when the images are not those that a checkpoint was trained on: refuse, or keep its weights and begin their order again. */
export type OtherImages = 'refuse' | 'restart';

/** The ports of a session, and how it runs. */
export interface SessionOptions extends DeviceChoice, SessionListeners {
  readonly config: TrainingConfig;
  readonly images: ImageFeed;
  readonly checkpoints: CheckpointStore;
  readonly openDevice?: DevicePort | undefined;
  /** VGG16 with its weights, for the perceptual loss; called once per device, and only where `vgg_w` is above 0. */
  readonly vgg?: (() => Promise<PerceptualNetwork>) | undefined;
  /** Whether the run continues from its latest checkpoint, which its first event after `start` then says. */
  readonly resumed?: boolean | undefined;
  /** Default refuse. */
  readonly otherImages?: OtherImages | undefined;
  /** Measure the model on the benchmark's held-out images whenever samples are made. */
  readonly evaluate?: boolean | undefined;
  /** Measures `config.metrics`; a session without it leaves them out. */
  readonly measure?: MeasurePort | undefined;
  /** Fail at the first broken image. */
  readonly strict?: boolean | undefined;
  /** Broken images that a domain may have. */
  readonly maxBroken?: number | undefined;
  /** The most that the device may take, bytes; networks are computed again in the backward pass where that makes the run fit. Default: what the device has. */
  readonly memory?: number | undefined;
  /** Memory of the machine, bytes, which a CPU shares; undefined where it is not known. */
  readonly machineBytes?: number | undefined;
  /** Memory of the process, bytes; undefined where it is not known. */
  readonly residentBytes?: (() => number) | undefined;
  /** Stops the run after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}
