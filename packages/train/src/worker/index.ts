/** Training in a worker: both ends. */
export { TrainingClient, type TrainingClientOptions } from './client.js';
export { forgetKept, keptRuns } from './keptRun.js';
export type { ExportedFiles, KeptRun, OpenedTraining, OpenInWorkerOptions, RunNote } from './protocol.js';
export { serveTraining, type ServeTrainingOptions } from './serve.js';
