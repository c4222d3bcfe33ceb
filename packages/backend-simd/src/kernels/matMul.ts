/** BatchMatMul and its fused form: one matrix product for each batch entry. */
import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { gather, stridesOf } from './copy.js';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';
import { finish, type FusedAttrs } from './fused.js';

export interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Which matrix of a batch of shape `from` meets each entry of the broadcast batch of shape `to`. */
function broadcastIndices(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const toStrides = stridesOf(to);
  return Array.from({ length: sizeOf(to) }, (_, entry) =>
    from.reduce((index, size, axis) => {
      const toAxis = axis + to.length - from.length;
      const place = Math.floor(entry / (toStrides[toAxis] ?? 1)) % (to[toAxis] ?? 1);
      return index + (size === 1 ? 0 : place * (strides[axis] ?? 1));
    }, 0));
}

/** The last two axes in the other order. */
function transposed(call: Call<unknown>, a: TensorInfo): TensorInfo | undefined {
  const order = [...a.shape.keys()];
  order.push(...order.splice(-2).reverse());
  const strides = stridesOf(a.shape);
  return gather(call, a, order.map((axis) => a.shape[axis] ?? 1), order.map((axis) => strides[axis] ?? 1));
}

/** a · b for each entry of the broadcast batch; undefined for more axes than `gather` takes. */
export function matMul(call: Call<MatMulAttrs>): TensorInfo | undefined {
  const [a, b] = [call.input('a'), call.input('b')];
  const { transposeA, transposeB } = call.attrs;
  util.assert(a.shape.length >= 2 && b.shape.length >= 2, () => `Error in matMul: matrices are needed, but the shapes are [${a.shape.join()}] and [${b.shape.join()}].`);
  const [rows = 1, cols = 1] = a.shape.slice(-2);
  const [bRows = 1, bCols = 1] = b.shape.slice(-2);
  const [m, k] = transposeA ? [cols, rows] : [rows, cols];
  const [n, inner] = transposeB ? [bRows, bCols] : [bCols, bRows];
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  util.assert(k === inner, () =>
    `Error in matMul: inner shapes (${k}) and (${inner}) of Tensors with shapes ${a.shape.join()} and ${b.shape.join()} and `
    + `transposeA=${transposeA} and transposeB=${transposeB} must match.`);
  const left = transposeA ? transposed(call, a) : a;
  if (!left) return undefined;
  const { backend } = call;
  const y = backend.output([...batch, m, n]);
  if (m > 0 && n > 0) {
    const [from, weights, to] = [backend.pointer(left), backend.pointer(b), backend.pointer(y)];
    const [bRow, bCol] = transposeB ? [1, k] : [n, 1];
    const ofA = broadcastIndices(batchA, batch);
    const ofB = broadcastIndices(batchB, batch);
    ofA.forEach((index, i) => call.wasm.matMul(from + index * m * k * 4, weights + (ofB[i] ?? 0) * k * n * 4, to + i * m * n * 4, m, k, n, bRow, bCol));
  }
  if (left !== a) backend.disposeIntermediateTensorInfo(left);
  return y;
}

export const matMulKernels: readonly Kernel[] = [
  kernel<MatMulAttrs>('BatchMatMul', matMul),
  kernel<MatMulAttrs & FusedAttrs>('_FusedMatMul', (call) => {
    const y = matMul(call);
    return y && finish(call, y);
  }),
];
