export { configureThreads, stopWorkers, workerLoop } from "./runtime/pool";
export { convolve, convolveDataGrad, convolveFilterGrad } from "./conv/dispatch";
export { matMul } from "./conv/forward";
export { transformedFilterBytes } from "./winograd/convolution";
export { unary } from "./elementwise/unary";
export { binary } from "./elementwise/binary";
export { activationBackward } from "./elementwise/activationGrad";
export { copyStrided, fill } from "./elementwise/copy";
export { sumColumns, sumTerms } from "./reduce/sums";
export { lossGrad } from "./reduce/losses";
export { normalize } from "./norm/normalize";
export { normalizeGrad } from "./norm/normalizeGrad";
export { averagePool, averagePoolGrad } from "./pool/average";
export { maxPool, maxPoolGrad } from "./pool/max";
export { adamUpdate, emaUpdate } from "./optim/adam";
// Exported so that the optimizer leaves them alone: inlined into their callers they would make functions so large
// that V8 allocates registers badly, and the inner loop would spill.
export { blockGemm, tile6x8 } from "./conv/gemm";
export { windowTile } from "./image/fromImage";
export { outerTile } from "./image/filterGrad";
