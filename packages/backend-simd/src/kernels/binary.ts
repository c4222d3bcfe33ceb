/** Elementwise functions of two tensors, with broadcasting. */
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { gather, stridesOf } from './copy.js';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';

/** Codes of assembly/elementwise/binary.ts. */
export const BINARY = { Add: 0, Sub: 1, Multiply: 2, RealDiv: 3, Maximum: 4, Minimum: 5, SquaredDifference: 6, Prelu: 7 } as const;

/** Whether `shape` (without leading ones) is the tail of `out`: then the operand repeats as it lies. */
export function repeats(shape: readonly number[], out: readonly number[]): boolean {
  const trimmed = shape.slice(shape.findIndex((n) => n !== 1));
  return sizeOf(shape) === 1 || trimmed.every((n, i) => n === out[out.length - trimmed.length + i]);
}

/** The operand as the kernel takes it: as it lies, or written out to the whole shape. */
function operand(call: Call<unknown>, x: TensorInfo, out: readonly number[]): { info: TensorInfo; own: boolean } | undefined {
  if (repeats(x.shape, out)) return { info: x, own: false };
  const missing = out.length - x.shape.length;
  const strides = stridesOf(x.shape);
  const full = gather(call, x, out, out.map((_, i) => ((x.shape[i - missing] ?? 1) === 1 ? 0 : (strides[i - missing] ?? 0))));
  return full && { info: full, own: true };
}

export function applyBinary(call: Call<unknown>, op: number, a: TensorInfo, b: TensorInfo): TensorInfo | undefined {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const size = sizeOf(shape);
  const left = operand(call, a, shape);
  const right = operand(call, b, shape);
  if (!left || !right) return undefined;
  const { backend, wasm } = call;
  const y = backend.output(shape);
  if (size > 0) {
    wasm.binary(op, backend.pointer(left.info), sizeOf(left.info.shape), backend.pointer(right.info), sizeOf(right.info.shape), backend.pointer(y), size);
  }
  for (const { info, own } of [left, right]) if (own) backend.disposeIntermediateTensorInfo(info);
  return y;
}

const addN = kernel('AddN', (call) => {
  const terms = Object.values(call.inputs).filter((term): term is TensorInfo => term !== undefined);
  const [first, ...rest] = terms;
  if (!first) return undefined;
  if (rest.length === 0) return call.backend.alias(first);
  const y = call.backend.output(first.shape);
  const [to, size] = [call.backend.pointer(y), sizeOf(first.shape)];
  let from = call.backend.pointer(first);
  for (const term of rest) {
    call.wasm.binary(BINARY.Add, from, size, call.backend.pointer(term), size, to, size);
    from = to;
  }
  return y;
});

export const binaryKernels: readonly Kernel[] = [
  ...(['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'] as const).map((name) =>
    kernel(name, (call) => applyBinary(call, BINARY[name], call.input('a'), call.input('b')))),
  kernel('Prelu', (call) => applyBinary(call, BINARY.Prelu, call.input('x'), call.input('alpha'))),
  addN,
];
