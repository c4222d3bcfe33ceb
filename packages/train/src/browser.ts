/** Training in a page: in a worker, so that the page stays free (see `@munit/train/worker`), or in its own thread. */
// For programs that need no more of the other packages than this.
export { type DeviceName, type DeviceProbe, type DeviceReport, listDevices, MunitError, type MunitErrorCode } from '@munit/core';
export type { PixelImage } from '@munit/images';
export { type ModelFiles, packModel } from '@munit/formats';
export { type PresetName, presetNames, presets } from './config/presets.js';
export { resolveConfig } from './config/resolve.js';
export { type TrainingConfig, type TrainingConfigInput } from './config/schema.js';
export type {
  CheckpointEvent,
  ContactRow,
  DoneEvent,
  EvaluationEvent,
  NonFiniteEvent,
  ResumedEvent,
  SampleEvent,
  SampleGrid,
  StartEvent,
  StepEvent,
  StylesEvent,
  TrainEvent,
  TrainEventListener,
  WarningEvent,
} from './events.js';
export { estimateMemory, type MemoryEstimate } from './memory/estimate.js';
export type { TrainingSets } from './session/browser/files.js';
export type { MemoryCheckpoint } from './session/browser/memoryStore.js';
export { openTraining, type OpenTrainingOptions } from './session/browser/openTraining.js';
export type { DeviceChoice, OtherImages, StoredCheckpoint, TrainingStatus } from './session/ports.js';
export type { TrainingOutcome, TrainingSession } from './session/session.js';
