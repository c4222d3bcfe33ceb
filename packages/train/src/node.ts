/** The parts of training that need Node.js: run folders, checkpoints as files, logs, the recorder of a run. */
// For programs that need no more of core than this.
export { type DeviceName, type DeviceProbe, listDevices, openDevice, type SelfTest, selfTest } from '@munit/core';
export * from './run/index.js';
export type { RunData } from './session/images.js';
export { datasetOf, openRunData } from './session/node/dataset.js';
export { evaluateRun, type EvaluateRunOptions, type RunEvaluation } from './session/node/evaluate.js';
export { type CheckpointName, exportModel, type ExportModelOptions, modelOfRun, modelOfState, type RunModelOptions } from './session/node/model.js';
export { configOfRun, type RunOutcome, runTraining, type RunTrainingOptions } from './session/node/runTraining.js';
export type { OtherImages } from './session/ports.js';
export { recordRun, type RecordOptions, type RunRecorder } from './telemetry/recorder.js';
