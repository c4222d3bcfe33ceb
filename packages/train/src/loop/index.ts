export { emaDecay, learningRates } from './rates.js';
export { type Evaluation, train, type TrainingData, type TrainOptions, type TrainResult } from './train.js';
