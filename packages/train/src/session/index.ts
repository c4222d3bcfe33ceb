export { datasetOf, openRunData, type RunData } from './dataset.js';
export { runTraining, type RunOutcome, type RunTrainingOptions } from './run.js';
