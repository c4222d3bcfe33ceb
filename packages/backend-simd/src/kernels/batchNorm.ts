/** FusedBatchNorm: TensorFlow.js's batch normalisation with given statistics. */
import { type Kernel, kernel, sizeOf } from './define.js';

/** TensorFlow.js's own default. */
const EPSILON = 0.001;

export const batchNormKernels: readonly Kernel[] = [
  kernel<{ varianceEpsilon?: number | null }>('FusedBatchNorm', (call) => {
    const x = call.input('x');
    const channels = x.shape.at(-1) ?? 1;
    const { mean, variance, offset, scale } = call.inputs;
    const parameters = [mean, variance, offset, scale].filter((one) => one !== undefined && one !== null);
    // One number for each channel; other broadcasts, and ranks that do not agree, are the CPU kernel's.
    if (parameters.some((one) => sizeOf(one.shape) !== channels || one.shape.at(-1) !== channels || one.shape.length !== mean?.shape.length)) return undefined;
    const y = call.backend.output(x.shape);
    call.wasm.batchNorm(
      call.backend.pointer(x), call.backend.pointer(y), sizeOf(x.shape) / Math.max(1, channels), channels, call.address('mean'),
      call.address('variance'), call.address('offset'), call.address('scale'), call.attrs.varianceEpsilon ?? EPSILON,
    );
    return y;
  }),
];
