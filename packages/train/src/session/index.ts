export { datasetOf, openRunData, type RunData } from './dataset.js';
export { evaluateRun, type EvaluateRunOptions, type RunEvaluation } from './evaluate.js';
export { runTraining, type RunOutcome, type RunTrainingOptions } from './run.js';
