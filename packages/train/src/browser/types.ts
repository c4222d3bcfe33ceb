import type { DeviceName, DeviceReport, PerDomain } from '@munit/core';
import type { ModelFiles, WeightsDtype } from '@munit/formats';
import type { PresetName, TrainingConfig, TrainingConfigInput } from '../config/index.js';
import type { CheckpointEvent, SampleGrid, TrainEvent } from '../events.js';

/** Two sets of image files, or the built-in benchmark. */
export type TrainingSets =
  | {
      readonly a: readonly Blob[];
      readonly b: readonly Blob[];
      /** What the domains are called in the model: 'cats', 'dogs'. */
      readonly names?: PerDomain<string>;
    }
  | {
      /** `count` images of each domain, `size` pixels wide and high (default: the crop), drawn from `seed` (default: the configuration's). */
      readonly synthetic: { readonly count: number; readonly size?: number; readonly seed?: number };
    };

/** A checkpoint in memory: everything that a run needs to go on bit for bit. */
export interface MemoryCheckpoint {
  readonly step: number;
  readonly bytes: Uint8Array;
  /** Whether it is the best so far: by the benchmark, or by the reconstruction losses. */
  readonly best: boolean;
}

/** A checkpoint was made and is held in memory. */
export interface MemoryCheckpointEvent {
  readonly kind: 'checkpoint';
  readonly step: number;
  readonly best: boolean;
  readonly bytes: number;
}

/** As a run in a folder tells it, but that checkpoints are in memory and not in files. */
export type TrainingEvent = Exclude<TrainEvent, CheckpointEvent> | MemoryCheckpointEvent;
export type TrainingEventListener = (event: TrainingEvent) => void;

export interface DeviceChoice {
  /** Default auto: WebGPU on a GPU, else the CPU. */
  readonly device?: DeviceName | 'auto';
  /** Of the device 'simd'. */
  readonly threads?: number;
}

export interface OpenTrainingOptions extends DeviceChoice {
  /** What is trained on; with `resume` of a run on the benchmark, nothing is needed. */
  readonly sets?: TrainingSets;
  /** As in Node, but for what names files. With `resume`, only what may change on the way: the lengths and intervals. */
  readonly config?: TrainingConfigInput;
  readonly preset?: PresetName;
  /** The bytes of a checkpoint: go on from there, with its configuration. */
  readonly resume?: Uint8Array;
  /** Measure the model on the benchmark's held-out images whenever samples are made; takes as long as some dozen steps. Default false. */
  readonly evaluate?: boolean;
  /** Fail at the first broken image. */
  readonly strict?: boolean;
  readonly maxBroken?: number;
  readonly onEvent?: TrainingEventListener;
  /**
   * Keeps a checkpoint where it outlives the page; training waits for it. The last one is held in memory besides.
   * What it throws is told as a warning, and training goes on.
   */
  readonly keep?: (checkpoint: MemoryCheckpoint) => Promise<void>;
  /** Aborting is `stop()`. */
  readonly signal?: AbortSignal;
}

export interface TrainingOutcome {
  readonly step: number;
  readonly reason: 'finished' | 'interrupted';
}

/** `failed`: see `recover`. `stopped` and `finished`: `run` begins anew where there are steps left. */
export type TrainingStatus = 'ready' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed' | 'disposed';

/**
 * A training run in this thread. Every method may be called at any time: what needs the weights waits for the end of the
 * step under way. Owns its device and tensors until `dispose`.
 */
export interface Training {
  readonly config: TrainingConfig;
  readonly device: DeviceReport;
  readonly status: TrainingStatus;
  /** Updates made. */
  readonly completedSteps: number;
  /** What the run is expected to take at its peak, beside the page itself. */
  readonly memoryEstimateBytes: number;
  /**
   * Trains, or goes on after `pause`, until the configured number of steps or `stop`.
   * @throws DeviceLostError, OutOfMemoryError, DeviceError, NonFiniteError, DataError; then the status is `failed`
   */
  run(): Promise<TrainingOutcome>;
  /** Waits for the end of the step under way, and keeps everything as it is. */
  pause(): Promise<void>;
  /** Makes `count` steps and pauses; every one tells its losses. @throws as `run` */
  step(count?: number): Promise<void>;
  /** Ends after the step under way, with a checkpoint. */
  stop(): Promise<TrainingOutcome>;
  /** The fixed inputs, translated as of now by the averaged weights; one grid per direction, also as single pictures. */
  sample(): Promise<SampleGrid[]>;
  /** model.safetensors, model.json and README.md by name, of the averaged generators: what `loadTranslator` of `@munit/infer` takes as files. */
  exportModel(options?: { readonly dtype?: WeightsDtype }): Promise<ModelFiles>;
  /** Everything that goes on bit for bit with `resume`; after a failure, the last one that was made. */
  checkpoint(): Promise<MemoryCheckpoint>;
  /** After a failure: opens a device again, by default the same kind, and goes back to the last checkpoint. */
  recover(choice?: DeviceChoice): Promise<void>;
  /** Ends the run without a checkpoint and frees everything. More than once is fine. */
  dispose(): Promise<void>;
}
