/** Softmax along the last axis. */
import { type Kernel, kernel, sizeOf } from './define.js';

export const softmaxKernels: readonly Kernel[] = [
  kernel<{ dim?: number }>('Softmax', (call) => {
    const x = call.input('logits');
    const rank = x.shape.length;
    const { dim = -1 } = call.attrs;
    // TensorFlow.js refuses other axes: in its own words.
    if (rank === 0 || (dim !== -1 && dim !== rank - 1)) return undefined;
    const y = call.backend.output(x.shape);
    const n = x.shape.at(-1) ?? 1;
    const size = sizeOf(x.shape);
    if (size > 0) call.wasm.softmax(call.backend.pointer(x), call.backend.pointer(y), size / n, n);
    return y;
  }),
];
