export { bootstrapInterval, type BootstrapOptions, type Interval, meanInterval } from './statistics/bootstrap.js';
export { type BinMetrics, binMetrics, type BinOptions } from './statistics/bins.js';
export { symmetricEigenvalues } from './statistics/eigenvalues.js';
export { type FeatureSet, featureSet } from './statistics/features.js';
export { frechetDistance, frechetWarnings } from './statistics/frechet.js';
export { type KernelDistance, kernelDistance, type KernelDistanceOptions } from './statistics/kernel.js';
export { FeatureMoments, type MomentsState } from './statistics/moments.js';
export { neighbourMetrics, type NeighbourMetrics, type NeighbourOptions, type Share } from './statistics/neighbours.js';
export { type InceptionScores, inceptionScores, type Predictions, type Score } from './statistics/scores.js';
