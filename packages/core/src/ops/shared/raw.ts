/**
 * TensorFlow.js kernels by short names, without differentiation: what the composed implementations are made of.
 * Nothing here is public; gradients of these are never asked for.
 */
import { runKernel, runKernelOnList, type Scalar, type Tensor, tensor } from '../../tfjs.js';

export const add = (a: Tensor, b: Tensor): Tensor => runKernel('Add', { a, b });
export const sub = (a: Tensor, b: Tensor): Tensor => runKernel('Sub', { a, b });
export const mul = (a: Tensor, b: Tensor): Tensor => runKernel('Multiply', { a, b });
export const div = (a: Tensor, b: Tensor): Tensor => runKernel('RealDiv', { a, b });
export const maximum = (a: Tensor, b: Tensor): Tensor => runKernel('Maximum', { a, b });
export const abs = (x: Tensor): Tensor => runKernel('Abs', { x });
export const sign = (x: Tensor): Tensor => runKernel('Sign', { x });
export const square = (x: Tensor): Tensor => runKernel('Square', { x });
export const sqrt = (x: Tensor): Tensor => runKernel('Sqrt', { x });
export const rsqrt = (x: Tensor): Tensor => runKernel('Rsqrt', { x });
export const negate = (x: Tensor): Tensor => runKernel('Neg', { x });
export const exp = (x: Tensor): Tensor => runKernel('Exp', { x });
export const log = (x: Tensor): Tensor => runKernel('Log', { x });
export const tanh = (x: Tensor): Tensor => runKernel('Tanh', { x });
export const sigmoid = (x: Tensor): Tensor => runKernel('Sigmoid', { x });
export const relu = (x: Tensor): Tensor => runKernel('Relu', { x });
export const leakyRelu = (x: Tensor, slope: number): Tensor => runKernel('LeakyRelu', { x }, { alpha: slope });
/** x > 0 ? x : slope · x; the slope's shape is broadcast. */
export const prelu = (x: Tensor, slope: Tensor): Tensor => runKernel('Prelu', { x, alpha: slope });
/** 1 where x > 0, `otherwise` elsewhere; NaN stays NaN. */
export const step = (x: Tensor, otherwise: number): Tensor => runKernel('Step', { x }, { alpha: otherwise });

export const constant = (value: number): Tensor => runKernel('Fill', {}, { shape: [], value, dtype: 'float32' });
export const fill = (shape: readonly number[], value: number): Tensor =>
  runKernel('Fill', {}, { shape: [...shape], value, dtype: 'float32' });
export const scale = (x: Tensor, factor: number): Tensor => mul(x, constant(factor));
export const shift = (x: Tensor, by: number): Tensor => add(x, constant(by));

export const reshape = <T extends Tensor>(x: Tensor, shape: readonly number[]): T =>
  runKernel<T>('Reshape', { x }, { shape: [...shape] });
export const slice = (x: Tensor, begin: readonly number[], size: readonly number[]): Tensor =>
  runKernel('Slice', { x }, { begin: [...begin], size: [...size] });
export const pad = (x: Tensor, paddings: readonly (readonly [number, number])[]): Tensor =>
  runKernel('PadV2', { x }, { paddings: paddings.map((p) => [...p]), constantValue: 0 });
export const reverse = (x: Tensor, axis: number): Tensor => runKernel('Reverse', { x }, { dims: [axis] });
export const transpose = (x: Tensor, perm: readonly number[]): Tensor => runKernel('Transpose', { x }, { perm: [...perm] });
export const gather = (x: Tensor, indices: readonly number[], axis: number): Tensor =>
  runKernel('GatherV2', { x, indices: tensor([...indices], [indices.length], 'int32') }, { axis, batchDims: 0 });

/** Joins tensors that differ only along `axis`. */
export const concat = (parts: readonly Tensor[], axis: number): Tensor => runKernelOnList('Concat', parts, { axis });

export const sum = (x: Tensor, axis: readonly number[], keepDims = false): Tensor =>
  runKernel('Sum', { x }, { axis: [...axis], keepDims });

/** Sum of all values, one axis at a time: see `mean`. */
export function sumInStages(x: Tensor): Tensor {
  let result = x;
  for (let axis = x.rank - 1; axis >= 0; axis--) result = sum(result, [axis]);
  return result;
}

/**
 * Mean over several axes, one at a time. A single running float32 sum over millions of values loses three digits;
 * sums of sums of a few hundred lose none that matter.
 */
export function mean(x: Tensor, axes: readonly number[], keepDims = false): Tensor {
  let result = x;
  let count = 1;
  // From the last axis to the first, so that earlier axis numbers stay valid.
  for (const axis of [...axes].sort((a, b) => b - a)) {
    count *= x.shape[axis] ?? 1;
    result = sum(result, [axis], keepDims);
  }
  return scale(result, 1 / count);
}

/** Mean of all values, a scalar: see `mean`. */
export const meanOfAll = (x: Tensor): Scalar => mean(x, x.shape.map((_, axis) => axis)) as Scalar;

/** Matrix product of [M, K] and [K, N], either transposed. */
export function matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  const product = runKernel(
    'BatchMatMul',
    { a: reshape(a, [1, ...a.shape]), b: reshape(b, [1, ...b.shape]) },
    { transposeA, transposeB },
  );
  return reshape(product, product.shape.slice(1));
}
