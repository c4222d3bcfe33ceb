export { guidedAccuracy, styleConsistency } from './agreement.js';
export { contentIoU, intersectionOverUnion } from './contentIoU.js';
export { hueDivergence, hueHistogram, jensenShannon, kullbackLeibler, lightsCovered, modesCovered, texturesCovered } from './diversity.js';
export type { Histogram, HueDivergence } from './diversity.js';
export { backgroundOf, foregroundOf } from './foreground.js';
export { hueModeOf } from './hueMode.js';
export { benchmarkFigures } from './report.js';
export type { BenchmarkFigures, BenchmarkOutputs } from './report.js';
export { lightOf, textureOf } from './textureAndLight.js';
