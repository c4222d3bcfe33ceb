export { compareArrays, type Comparison } from './compare.js';
export { finiteDifferenceTolerance, float32Tolerances, type Tolerance, type ToleranceClass } from './tolerances.js';
