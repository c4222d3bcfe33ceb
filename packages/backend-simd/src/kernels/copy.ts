/** Kernels that only move cells: each is one strided copy (assembly/elementwise/copy.ts). */
import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import { bytesPerElement } from '../wasmBuffer.js';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';

const AXES = 6;

/** Row-major strides, in cells. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  return strides;
}

interface Copy {
  readonly from: number;
  readonly to: number;
  readonly shape: readonly number[];
  readonly fromStrides: readonly number[];
  readonly toStrides: readonly number[];
  readonly bytes: number;
}

/** The same box with fewer axes: an axis whose neighbour inside it is crossed whole, in x and in y, is one with it. A copy then moves long rows, not pixels. */
function merged({ shape, fromStrides, toStrides, ...rest }: Copy): Copy {
  const [sizes, from, to]: [number[], number[], number[]] = [[], [], []];
  for (let i = shape.length - 1; i >= 0; i--) {
    const [size, fromStride, toStride] = [shape[i] ?? 1, fromStrides[i] ?? 0, toStrides[i] ?? 0];
    if (size === 1) continue;
    const [inside = 0, innerFrom = 0, innerTo = 0] = [sizes[0], from[0], to[0]];
    if (sizes.length > 0 && fromStride === inside * innerFrom && toStride === inside * innerTo) {
      sizes[0] = size * inside;
      continue;
    }
    sizes.unshift(size);
    from.unshift(fromStride);
    to.unshift(toStride);
  }
  return { ...rest, shape: sizes, fromStrides: from, toStrides: to };
}

/** Copies a box of cells; addresses are those of its first cell. False when there are more than six axes. */
export function copyStrided(backend: SimdBackend, box: Copy): boolean {
  if (box.shape.length > AXES) return false;
  if (box.shape.includes(0)) return true;
  const copy = merged(box);
  const missing = AXES - copy.shape.length;
  const pointer = backend.scratch(3 * AXES * 4);
  const plan = new Int32Array(backend.runtime.buffer(), pointer, 3 * AXES);
  for (let i = 0; i < AXES; i++) {
    plan[i] = copy.shape[i - missing] ?? 1;
    plan[AXES + i] = copy.fromStrides[i - missing] ?? 0;
    plan[2 * AXES + i] = copy.toStrides[i - missing] ?? 0;
  }
  backend.wasm.copyStrided(copy.from, copy.to, pointer, copy.bytes);
  return true;
}

/** A tensor of `shape` whose cell i is cell Σ i · strides of `x`, `first` cells on. */
export function gather(
  call: Call<unknown>, x: TensorInfo, shape: readonly number[], strides: readonly number[], first = 0,
): TensorInfo | undefined {
  if (shape.length > AXES) return undefined;
  const bytes = bytesPerElement(x.dtype);
  const y = call.backend.output(shape, x.dtype);
  copyStrided(call.backend, {
    from: call.backend.pointer(x) + first * bytes, to: call.backend.pointer(y), shape, fromStrides: strides, toStrides: stridesOf(shape), bytes,
  });
  return y;
}

const copyable = (x: TensorInfo): boolean => x.dtype !== 'string' && x.dtype !== 'complex64';
const anyType = { anyType: true };

const slice = kernel<{ begin: number | number[]; size: number | number[] }>('Slice', (call) => {
  const x = call.input('x');
  const [begin = [], size = []] = slice_util.parseSliceParams(x, call.attrs.begin, call.attrs.size);
  slice_util.assertParamsValid(x, begin, size);
  if (!copyable(x)) return undefined;
  const strides = stridesOf(x.shape);
  return gather(call, x, size, strides, strides.reduce((sum, stride, i) => sum + stride * (begin[i] ?? 0), 0));
}, anyType);

const transpose = kernel<{ perm: number[] }>('Transpose', (call) => {
  const x = call.input('x');
  if (!copyable(x)) return undefined;
  const strides = stridesOf(x.shape);
  const { perm } = call.attrs;
  return gather(call, x, perm.map((axis) => x.shape[axis] ?? 1), perm.map((axis) => strides[axis] ?? 1));
}, anyType);

const reverse = kernel<{ dims: number | number[] }>('Reverse', (call) => {
  const x = call.input('x');
  if (!copyable(x)) return undefined;
  const dims = new Set(util.parseAxisParam(call.attrs.dims, x.shape));
  const strides = stridesOf(x.shape);
  const first = strides.reduce((sum, stride, i) => sum + (dims.has(i) ? stride * ((x.shape[i] ?? 1) - 1) : 0), 0);
  return gather(call, x, x.shape, strides.map((stride, i) => (dims.has(i) ? -stride : stride)), first);
}, anyType);

const tile = kernel<{ reps: number[] }>('Tile', (call) => {
  const x = call.input('x');
  const { reps } = call.attrs;
  if (!copyable(x) || reps.length !== x.shape.length) return undefined;
  const strides = stridesOf(x.shape);
  const repeated = reps.map((count) => count !== 1);
  const y = gather(call, x, x.shape.flatMap((n, i) => (repeated[i] ? [reps[i] ?? 1, n] : [n])), strides.flatMap((stride, i) => (repeated[i] ? [0, stride] : [stride])));
  return y && { ...y, shape: x.shape.map((n, i) => n * (reps[i] ?? 1)) };
}, anyType);

const pad = kernel<{ paddings: [number, number][]; constantValue: number }>('PadV2', (call) => {
  const x = call.input('x');
  const { paddings, constantValue } = call.attrs;
  if (x.shape.length > AXES) return undefined;
  const y = call.backend.output(x.shape.map((n, i) => n + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0)));
  const bits = new Int32Array(new Float32Array([constantValue]).buffer)[0] ?? 0;
  const to = call.backend.pointer(y);
  call.wasm.fill(to, bits, sizeOf(y.shape));
  const toStrides = stridesOf(y.shape);
  const first = toStrides.reduce((sum, stride, i) => sum + stride * (paddings[i]?.[0] ?? 0), 0);
  copyStrided(call.backend, { from: call.address('x'), to: to + 4 * first, shape: x.shape, fromStrides: stridesOf(x.shape), toStrides, bytes: 4 });
  return y;
});

const concat = kernel<{ axis: number }>('Concat', (call) => {
  const parts = Object.values(call.inputs).filter((part): part is TensorInfo => part !== undefined);
  const [first] = parts;
  if (!first || !copyable(first) || first.shape.length > AXES || parts.some((part) => part.dtype !== first.dtype)) return undefined;
  const axis = call.attrs.axis < 0 ? call.attrs.axis + first.shape.length : call.attrs.axis;
  backend_util.assertParamsConsistent(parts.map((part) => part.shape), axis);
  const length = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  const y = call.backend.output(first.shape.map((n, i) => (i === axis ? length : n)), first.dtype);
  const bytes = bytesPerElement(first.dtype);
  const toStrides = stridesOf(y.shape);
  let to = call.backend.pointer(y);
  for (const part of parts) {
    copyStrided(call.backend, { from: call.backend.pointer(part), to, shape: part.shape, fromStrides: stridesOf(part.shape), toStrides, bytes });
    to += (part.shape[axis] ?? 0) * (toStrides[axis] ?? 1) * bytes;
  }
  return y;
}, anyType);

const resizeNearest = kernel<{ alignCorners: boolean; halfPixelCenters: boolean; size: [number, number] }>('ResizeNearestNeighbor', (call) => {
  const x = call.input('images');
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const [outH, outW] = call.attrs.size;
  // Whole factors repeat cells; anything else is the CPU kernel's.
  if (call.attrs.alignCorners || call.attrs.halfPixelCenters || outH % h !== 0 || outW % w !== 0) return undefined;
  const y = gather(call, x, [n * h, outH / h, w, outW / w, c], [w * c, 0, c, 0, 1]);
  return y && { ...y, shape: [n, outH, outW, c] };
});

export const copyKernels: readonly Kernel[] = [slice, transpose, reverse, tile, pad, concat, resizeNearest];
