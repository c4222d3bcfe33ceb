/** What assembly/index.ts exports. Addresses are bytes into the memory; shapes are NHWC, filters HWIO. */
export interface SimdExports {
  configureThreads(count: number, blocking: number): void;
  stopWorkers(): void;
  useWideVectors(wide: number): void;
  workerLoop(index: number): void;
  /** Where the geometry of the next convolution is written. */
  geometryAddress(): number;
  /** Chooses the algorithm of a pass; bytes of its transformed filter, or 0. */
  planConvolution(pass: number): number;
  convolve(
    x: number, filter: number, bias: number, y: number, activation: number, slope: number, transformed: number, ready: number,
  ): void;
  convolveDataGrad(dx: number, filter: number, dy: number, transformed: number, ready: number): void;
  convolveFilterGrad(x: number, dw: number, dy: number): void;
  /** Where the geometry of the next depthwise convolution is written. */
  depthwiseAddress(): number;
  depthwise(x: number, filter: number, bias: number, y: number, activation: number, slope: number): void;
  blockGemm(
    a: number, stripBytes: number, rows: number, b: number, panelBytes: number, cols: number, c: number, ldc: number, k: number, accumulate: number,
  ): void;
  matMul(a: number, b: number, y: number, m: number, k: number, n: number, bRow: number, bCol: number): void;
  unary(op: number, x: number, y: number, n: number, a: number, b: number): void;
  binary(op: number, a: number, aPeriod: number, b: number, bPeriod: number, y: number, n: number): void;
  activationBackward(activation: number, slope: number, dy: number, y: number, dz: number, n: number): void;
  copyStrided(from: number, to: number, plan: number, bytes: number): void;
  fill(to: number, bits: number, n: number): void;
  sumTerms(op: number, a: number, b: number, target: number, y: number, rows: number, n: number, scale: number): void;
  sumColumns(x: number, y: number, rows: number, cols: number, scale: number): void;
  unitDistance(x: number, y: number, weights: number, out: number, images: number, places: number, channels: number): void;
  lossGrad(op: number, a: number, b: number, target: number, dy: number, factor: number, y: number, n: number): void;
  normalize(
    x: number, n: number, pixels: number, c: number, scale: number, shift: number, perSample: number, residual: number,
    over: number, epsilon: number, activation: number, slope: number, y: number, mean: number, inv: number,
  ): void;
  normalizeGrad(
    x: number, n: number, pixels: number, c: number, dy: number, mean: number, inv: number, scale: number, shift: number,
    perSample: number, over: number, epsilon: number, activation: number, slope: number, dx: number, dScale: number, dShift: number,
  ): void;
  batchNorm(
    x: number, y: number, pixels: number, c: number, mean: number, variance: number, offset: number, scale: number, epsilon: number,
  ): void;
  softmax(x: number, y: number, rows: number, n: number): void;
  gatherSlices(
    x: number, indices: number, y: number, batch: number, outer: number, dim: number, count: number, sliceBytes: number,
  ): void;
  averagePool(
    x: number, y: number, n: number, h: number, w: number, c: number, outH: number, outW: number, size: number, stride: number, pad: number,
  ): void;
  averagePoolGrad(
    dy: number, dx: number, n: number, h: number, w: number, c: number, outH: number, outW: number, size: number, stride: number, pad: number,
  ): void;
  maxPool(
    x: number, y: number, n: number, h: number, w: number, c: number, outH: number, outW: number,
    kh: number, kw: number, sh: number, sw: number, padTop: number, padLeft: number, nanWins: number,
  ): void;
  maxPoolGrad(
    x: number, dy: number, dx: number, n: number, h: number, w: number, c: number, outH: number, outW: number,
    kh: number, kw: number, sh: number, sw: number, padTop: number, padLeft: number, nanWins: number,
  ): void;
  adamUpdate(
    table: number, count: number, learningRate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number,
    correction1: number, correction2: number,
  ): void;
  emaUpdate(table: number, count: number, decay: number): void;
}
