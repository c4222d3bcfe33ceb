/**
 * The implementations that `conv2d`, `normalize` and `averagePool2d` choose from, one pass at a time: for whoever measures them. A way in
 * for this workspace only; the published package does not have it.
 */
export { composedConv2d } from './conv2d/composed.js';
export { fusedConv2d } from './conv2d/fused.js';
export type { Conv2dKernels, Conv2dSettings } from './conv2d/types.js';
export { composedNormalize } from './normalize/composed.js';
export { fusedNormalize } from './normalize/fused.js';
export type { NormalizeKernels, NormalizeParameters } from './normalize/types.js';
export { composedAveragePool, fusedAveragePool } from './pooling/averagePool2d.js';
