/** Training in a page: in a worker, so that the page stays free, or in its own thread. */
// For programs that need no more of core and of training than this.
export { type DeviceName, type DeviceProbe, type DeviceReport, listDevices, MunitError, type MunitErrorCode } from '@munit/core';
export type { PixelImage } from '@munit/data';
export type { ModelFiles } from '@munit/formats';
export { type PresetName, presetNames, presets, resolveConfig, type TrainingConfig, type TrainingConfigInput } from '../config/index.js';
export type { ContactRow, DoneEvent, EvaluationEvent, NonFiniteEvent, ResumedEvent, SampleEvent, SampleGrid, StartEvent, StepEvent, StylesEvent, WarningEvent } from '../events.js';
export { estimateMemory, type MemoryEstimate } from '../memory/estimate.js';
export { openTraining } from './open.js';
export type {
  DeviceChoice,
  MemoryCheckpoint,
  MemoryCheckpointEvent,
  OpenTrainingOptions,
  Training,
  TrainingEvent,
  TrainingEventListener,
  TrainingOutcome,
  TrainingSets,
  TrainingStatus,
} from './types.js';
