/** BatchMatMul: one matrix product for each batch entry. */
import { gather, stridesOf } from './copy.js';
import { type Kernel, kernel, sizeOf } from './define.js';

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const batchMatMul = kernel<Attrs>('BatchMatMul', (call) => {
  const b = call.input('b');
  let a = call.input('a');
  const rank = a.shape.length;
  if (call.attrs.transposeA) {
    const order = [...a.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2);
    const strides = stridesOf(a.shape);
    const moved = gather(call, a, order.map((i) => a.shape[i] ?? 1), order.map((i) => strides[i] ?? 1));
    if (!moved) return undefined;
    a = moved;
  }
  const [m = 1, k = 1] = a.shape.slice(-2);
  const [p = 1, q = 1] = b.shape.slice(-2);
  const n = call.attrs.transposeB ? p : q;
  const [bRow, bCol] = call.attrs.transposeB ? [1, q] : [q, 1];
  const [batchA, batchB] = [sizeOf(a.shape.slice(0, -2)), sizeOf(b.shape.slice(0, -2))];
  // Outer axes either agree or one side has a single matrix; other broadcasts go to the CPU kernel.
  if (batchA !== batchB && batchA !== 1 && batchB !== 1) return undefined;
  const batch = Math.max(batchA, batchB);
  const outer = (batchA >= batchB ? a : b).shape.slice(0, -2);
  const y = call.backend.output([...outer, m, n]);
  const [from, weights, to] = [call.backend.pointer(a), call.backend.pointer(b), call.backend.pointer(y)];
  for (let i = 0; i < batch; i++) {
    call.wasm.matMul(from + (batchA === 1 ? 0 : i * m * k * 4), weights + (batchB === 1 ? 0 : i * k * n * 4), to + i * m * n * 4, m, k, n, bRow, bCol);
  }
  if (a !== call.input('a')) call.backend.disposeIntermediateTensorInfo(a);
  return y;
});

export const matMulKernels: readonly Kernel[] = [batchMatMul];
