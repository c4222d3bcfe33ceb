/** Training in a page's own thread. In a worker, so that the page stays free: `@munit/train/worker`. */
export type { TrainingSets } from './session/browser/files.js';
export type { MemoryCheckpoint } from './session/browser/memoryStore.js';
export { openTraining, type OpenTrainingOptions } from './session/browser/openTraining.js';
export type { DeviceChoice, OtherImages, StoredCheckpoint, TrainingStatus } from './session/ports.js';
export type { TrainingOutcome, TrainingSession } from './session/session.js';
