/** The parts of training that need Node.js: run folders, checkpoints as files, logs, the recorder of a run. */
// For programs that need no more of core than this.
export { type DeviceName, type DeviceProbe, listDevices, openDevice, type SelfTest, selfTest } from '@munit/core';
export * from './run/index.js';
export * from './session/index.js';
export { recordRun, type RecordOptions, type RunRecorder } from './telemetry/recorder.js';
