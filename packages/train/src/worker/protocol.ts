/** What a page and the worker that trains say to each other. */
import type { DeviceReport } from '@munit/core';
import type { ModelFiles, WeightsDtype } from '@munit/formats';
import type { PresetName } from '../config/presets.js';
import type { TrainingConfigInput } from '../config/schema.js';
import type { SampleGrid, TrainEvent } from '../events.js';
import type { OpenTrainingOptions } from '../session/browser/openTraining.js';
import type { DeviceChoice, StoredCheckpoint, TrainingStatus } from '../session/ports.js';
import type { TrainingOutcome } from '../session/session.js';

/** What a page says about a run that is kept: plain JSON of its own making (names, settings), given back with the run. */
export type RunNote = Readonly<Record<string, unknown>>;

/** A run that the browser keeps for this page. */
export interface KeptRun<Note extends RunNote = RunNote> {
  /** What was given as `run` when it was opened. */
  readonly id: string;
  /** Of its checkpoint. */
  readonly step: number;
  /** What was given as `keep` when the run was opened. */
  readonly note: Note;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** Size of its checkpoint. */
  readonly bytes: number;
}

/** As `openTraining` of `@munit/train/browser`, except for what cannot be sent to a worker. */
export interface OpenInWorkerOptions extends Omit<OpenTrainingOptions, 'resume' | 'keep' | 'signal' | 'onEvent' | 'onStatus'> {
  /** The bytes of a checkpoint, the run `run` that the browser keeps, or the run that is open in the worker: continue from there. */
  readonly resume?: Uint8Array | 'kept' | 'open' | undefined;
  /** Keep each checkpoint, and the state at each pause, in the browser's own file system, with this note. */
  readonly keep?: RunNote | undefined;
  /** Under which name the run is kept, and resumed: a folder name. Each name has a run of its own. Default: `run`. */
  readonly run?: string | undefined;
  /** Also report a `sample` event of the state as it is when the run has been opened and whenever it pauses. */
  readonly preview?: boolean | undefined;
}

/** What a run is, once it is open. */
export interface OpenedTraining {
  /** What computes. */
  readonly device: DeviceReport;
  /** Updates made. */
  readonly step: number;
  /** Updates that the run makes in all. */
  readonly totalSteps: number;
  /** What it is expected to take at its peak, beside the page itself. */
  readonly memoryEstimateBytes: number;
}

/** A model as files, and the step that it is of. */
export interface ExportedFiles {
  /** By name: `model.safetensors`, `model.json`, `README.md`. */
  readonly files: ModelFiles;
  /** Updates made when it was exported. */
  readonly step: number;
}

/** Calls by name: what they take and what they return. */
export interface TrainingCalls {
  estimate: { args: { readonly config: TrainingConfigInput; readonly preset: PresetName | undefined }; result: number };
  kept: { args: undefined; result: KeptRun[] };
  renote: { args: { readonly run: string; readonly note: RunNote }; result: undefined };
  forget: { args: { readonly run: string }; result: undefined };
  keep: { args: undefined; result: undefined };
  open: { args: OpenInWorkerOptions; result: OpenedTraining };
  run: { args: undefined; result: TrainingOutcome };
  pause: { args: undefined; result: undefined };
  step: { args: { readonly count: number }; result: undefined };
  stop: { args: undefined; result: TrainingOutcome };
  sample: { args: undefined; result: SampleGrid[] };
  export: { args: { readonly dtype: WeightsDtype | undefined }; result: ExportedFiles };
  checkpoint: { args: undefined; result: StoredCheckpoint };
  recover: { args: DeviceChoice; result: OpenedTraining };
  dispose: { args: undefined; result: undefined };
}

/** What the worker reports by itself. */
export interface TrainingEvents {
  train: TrainEvent;
  status: TrainingStatus;
}
