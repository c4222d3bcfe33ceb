export { type Activation, activate, type FusedActivation, prelu } from './activation/index.js';
export { adamUpdate, type AdamParameters, type AdamTensors, emaUpdate } from './adam/index.js';
export { conv2d, type Conv2dOptions, type PadMode } from './conv2d/index.js';
export { add, columns, mul, reshape, scale, sub, weightedSum } from './elementwise/index.js';
export { linear } from './linear/index.js';
export { normalize, type NormalizeOptions, type NormalizeOver } from './normalize/index.js';
export { averagePool2d, globalAveragePool, maxPool2d } from './pooling/index.js';
export { meanAbsoluteDifference, meanHinge, meanSoftplus, meanSquaredDifference, meanSquaredTo } from './reductions/index.js';
export { powerIteration, spectralNormalize, type SpectralState } from './spectral/index.js';
