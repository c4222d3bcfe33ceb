export { sampleGrids } from './samples.js';
export { createStepper, type Stepper } from './stepper.js';
export { emaDecay, learningRates } from './rates.js';
export { type Evaluation, train, type TrainingCheckpoint, type TrainingData, type TrainOptions, type TrainResult } from './train.js';
