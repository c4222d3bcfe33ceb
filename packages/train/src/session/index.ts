export type { RunData } from '../setup/index.js';
export { datasetOf, openRunData } from './dataset.js';
export { evaluateRun, type EvaluateRunOptions, type RunEvaluation } from './evaluate.js';
export { exportModel, type ExportModelOptions, modelOfRun, modelOfState, type RunModelOptions } from './model.js';
export type { CheckpointName } from './pick.js';
export { runTraining, type RunOutcome, type RunTrainingOptions } from './run.js';
