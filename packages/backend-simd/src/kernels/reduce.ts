/** Sums, means and the losses' reductions. */
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { gather, stridesOf } from './copy.js';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';

/** Codes of assembly/reduce/sums.ts. */
const TERM = { x: 0, absDifference: 1, squaredDifference: 2, squaredTo: 3 } as const;

interface ReduceAttrs {
  readonly axis: number | number[];
  readonly keepDims?: boolean;
}

function reduce(call: Call<ReduceAttrs>, mean: boolean): TensorInfo | undefined {
  const x = call.input('x');
  const rank = x.shape.length;
  const axes = util.parseAxisParam(call.attrs.axis, x.shape).sort((p, q) => p - q);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const count = axes.reduce((product, i) => product * (x.shape[i] ?? 1), 1);
  const keptShape = kept.map((i) => x.shape[i] ?? 1);
  const rows = sizeOf(keptShape);
  const shape = call.attrs.keepDims ? backend_util.expandShapeToKeepDim(keptShape, axes) : keptShape;
  const scale = mean ? 1 / count : 1;
  const leading = axes.every((axis, i) => axis === i);
  const trailing = axes.every((axis, i) => axis === rank - axes.length + i);
  let source = x;
  if (!leading && !trailing) {
    const strides = stridesOf(x.shape);
    const order = [...kept, ...axes];
    const moved = gather(call, x, order.map((i) => x.shape[i] ?? 1), order.map((i) => strides[i] ?? 1));
    if (!moved) return undefined;
    source = moved;
  }
  const y = call.backend.output(shape);
  const [from, to] = [call.backend.pointer(source), call.backend.pointer(y)];
  if (leading && !trailing) call.wasm.sumColumns(from, to, count, rows, scale);
  else call.wasm.sumTerms(TERM.x, from, 0, 0, to, rows, count, scale);
  if (source !== x) call.backend.disposeIntermediateTensorInfo(source);
  return y;
}

/** mean of a term over all cells, to a scalar. */
function meanTerm(call: Call<{ target?: number }>, op: number, names: [string, string?]): TensorInfo {
  const a = call.input(names[0]);
  const y = call.backend.output([]);
  const n = sizeOf(a.shape);
  const b = names[1] === undefined ? 0 : call.address(names[1]);
  call.wasm.sumTerms(op, call.backend.pointer(a), b, call.attrs.target ?? 0, call.backend.pointer(y), 1, n, 1 / n);
  return y;
}

interface PairGradAttrs {
  readonly needsA: boolean;
  readonly needsB: boolean;
}

function pairGrad(call: Call<PairGradAttrs>, op: number): TensorInfo[] {
  const a = call.input('a');
  const n = sizeOf(a.shape);
  const one = (sign: number): TensorInfo => {
    const y = call.backend.output(a.shape);
    call.wasm.lossGrad(op, call.address('a'), call.address('b'), 0, call.address('dy'), sign / n, call.backend.pointer(y), n);
    return y;
  };
  return [...(call.attrs.needsA ? [one(1)] : []), ...(call.attrs.needsB ? [one(-1)] : [])];
}

export const reduceKernels: readonly Kernel[] = [
  kernel<ReduceAttrs>('Sum', (call) => reduce(call, false)),
  kernel<ReduceAttrs>('Mean', (call) => reduce(call, true)),
  kernel<{ target?: number }>('MeanAbsoluteDifference', (call) => meanTerm(call, TERM.absDifference, ['a', 'b'])),
  kernel<{ target?: number }>('MeanSquaredDifference', (call) => meanTerm(call, TERM.squaredDifference, ['a', 'b'])),
  kernel<{ target?: number }>('MeanSquaredTo', (call) => meanTerm(call, TERM.squaredTo, ['x'])),
  kernel<PairGradAttrs>('MeanAbsoluteDifferenceGrad', (call) => pairGrad(call, TERM.absDifference)),
  kernel<PairGradAttrs>('MeanSquaredDifferenceGrad', (call) => pairGrad(call, TERM.squaredDifference)),
  kernel('UnitDistance', (call) => {
    const [images = 1, height = 1, width = 1, channels = 1] = call.input('x').shape;
    const out = call.backend.output([images]);
    call.wasm.unitDistance(call.address('x'), call.address('y'), call.address('weights'), call.backend.pointer(out), images, height * width, channels);
    return out;
  }),
  kernel<{ target: number }>('MeanSquaredToGrad', (call) => {
    const x = call.input('x');
    const n = sizeOf(x.shape);
    const y = call.backend.output(x.shape);
    call.wasm.lossGrad(TERM.squaredTo, call.address('x'), 0, call.attrs.target, call.address('dy'), 1 / n, call.backend.pointer(y), n);
    return y;
  }),
];
