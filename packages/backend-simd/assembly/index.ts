export { configureThreads, stopWorkers, useWideVectors, workerLoop } from './runtime/pool';
export { geometryAddress } from './conv/geometry';
export { convolve, convolveDataGrad, convolveFilterGrad, planConvolution } from './conv/dispatch';
export { depthwise, depthwiseAddress } from './conv/depthwise';
export { matMul } from './conv/forward';
export { unary } from './elementwise/unary';
export { binary } from './elementwise/binary';
export { activationBackward } from './elementwise/activationGrad';
export { copyStrided, fill } from './elementwise/copy';
export { gatherSlices } from './elementwise/gather';
export { sumColumns, sumTerms } from './reduce/sums';
export { lossGrad } from './reduce/losses';
export { softmax } from './reduce/softmax';
export { unitDistance } from './reduce/unitDistance';
export { batchNorm, normalize } from './norm/normalize';
export { normalizeGrad } from './norm/normalizeGrad';
export { averagePool, averagePoolGrad } from './pool/average';
export { maxPool, maxPoolGrad } from './pool/max';
export { adamUpdate, emaUpdate } from './optim/adam';
// Exported so that the optimizer leaves them alone: inlined into their callers they would make functions so large
// that V8 allocates registers badly, and the inner loop would spill.
export { blockGemm, firstTile6x16, tile6x16, tile6x8 } from './conv/gemm';
export { windowTile, windowTile16 } from './conv/narrow/fromNarrow';
export { outerTile } from './conv/narrow/filterGrad';
