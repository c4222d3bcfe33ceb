/**
 * Small differentiable ops, each one's gradient made of others here, so that gradients of any order close: what pullbacks are
 * made of. Not public; shapes are not checked. (`raw` has the kernels without gradients.)
 */
import type { Backward } from '../../autodiff/opRecord.js';
import { pullBack } from '../../autodiff/pullBack.js';
import { differentiable } from '../../autodiff/tape.js';
import { runKernel, type Scalar, type Tensor } from '../../tfjs.js';
import * as raw from './raw.js';

type Shape = readonly number[];

/** a + b, elementwise; of the same shape. */
export const add = <T extends Tensor>(a: T, b: Tensor): T =>
  differentiable<T>({ name: 'add', inputs: [a, b], forward: () => raw.add(a, b) as T, pullback: ({ dy }) => [dy, dy] });

/** a − b, elementwise; of the same shape. */
export const sub = <T extends Tensor>(a: T, b: Tensor): T =>
  differentiable<T>({
    name: 'sub',
    inputs: [a, b],
    forward: () => raw.sub(a, b) as T,
    pullback: ({ dy, needs }) => [dy, needs[1] === true ? scale(dy, -1) : undefined],
  });

/** x + by for a fixed number. */
export const shift = <T extends Tensor>(x: T, by: number): T =>
  differentiable<T>({ name: 'shift', inputs: [x], forward: () => raw.shift(x, by) as T, pullback: ({ dy }) => [dy] });

/** factor · x for a scalar tensor. */
export function scaleBy<T extends Tensor>(x: T, factor: Tensor): T {
  return differentiable<T>({
    name: 'scaleBy',
    inputs: [x, factor],
    forward: () => raw.mul(x, factor) as T,
    pullback: ({ dy, needs }) => [needs[0] === true ? scaleBy(dy, factor) : undefined, needs[1] === true ? total(mul(x, dy)) : undefined],
  });
}

/** Σ x, a scalar. */
export const total = (x: Tensor): Scalar =>
  differentiable<Scalar>({
    name: 'total',
    inputs: [x],
    forward: () => raw.sumInStages(x) as Scalar,
    pullback: ({ dy }) => [scaleBy(raw.fill(x.shape, 1), dy)],
  });

/** a · b, elementwise; of the same shape. */
export const mul = <T extends Tensor>(a: T, b: Tensor): T =>
  differentiable<T>({
    name: 'mul',
    inputs: [a, b],
    forward: () => raw.mul(a, b) as T,
    pullback: ({ dy, needs }) => [needs[0] === true ? mul(dy, b) : undefined, needs[1] === true ? mul(dy, a) : undefined],
  });

/** factor · x for a fixed number. */
export const scale = <T extends Tensor>(x: T, factor: number): T =>
  differentiable<T>({ name: 'scale', inputs: [x], forward: () => raw.scale(x, factor) as T, pullback: ({ dy }) => [scale(dy, factor)] });

export const sigmoid = (x: Tensor): Tensor =>
  differentiable({
    name: 'sigmoid',
    inputs: [x],
    forward: () => raw.sigmoid(x),
    // σ' = σ (1 − σ)
    pullback: ({ dy, output }) => [mul(dy, mul(output, shift(scale(output, -1), 1)))],
  });

/** 1 / x. */
export const reciprocal = (x: Tensor): Tensor =>
  differentiable({
    name: 'reciprocal',
    inputs: [x],
    forward: () => raw.div(raw.constant(1), x),
    pullback: ({ dy, output }) => [mul(dy, scale(mul(output, output), -1))],
  });

export const sqrt = (x: Tensor): Tensor =>
  differentiable({
    name: 'sqrt',
    inputs: [x],
    forward: () => raw.sqrt(x),
    pullback: ({ dy, output }) => [mul(dy, scale(reciprocal(output), 0.5))],
  });

/** The same values in another shape. */
export const reshape = <T extends Tensor>(x: Tensor, shape: Shape): T =>
  differentiable<T>({ name: 'reshape', inputs: [x], forward: () => raw.reshape<T>(x, shape), pullback: ({ dy }) => [reshape(dy, x.shape)] });

/** The box at `begin` of size `size`. */
export const slice = <T extends Tensor>(x: Tensor, begin: Shape, size: Shape): T =>
  differentiable<T>({
    name: 'slice',
    inputs: [x],
    forward: () => raw.slice(x, begin, size) as T,
    pullback: ({ dy }) => [pad(dy, begin.map((from, axis) => [from, (x.shape[axis] ?? 0) - from - (size[axis] ?? 0)]))],
  });

/** The adjoint of `slice`. */
export const pad = <T extends Tensor>(x: Tensor, paddings: readonly (readonly [number, number])[]): T =>
  differentiable<T>({
    name: 'pad',
    inputs: [x],
    forward: () => raw.pad(x, paddings) as T,
    pullback: ({ dy }) => [slice(dy, paddings.map(([before]) => before), x.shape)],
  });

/** x of the same rank, repeated along the axes where its size is 1. */
export const broadcastTo = <T extends Tensor>(x: Tensor, shape: Shape): T =>
  differentiable<T>({
    name: 'broadcastTo',
    inputs: [x],
    forward: () => runKernel<T>('Tile', { x }, { reps: shape.map((size, axis) => (x.shape[axis] === size ? 1 : size)) }),
    pullback: ({ dy }) => [sumTo(dy, x.shape)],
  });

/** The adjoint of `broadcastTo`: sums over the axes where `shape` is 1, one at a time (see `raw.mean`). */
export const sumTo = <T extends Tensor>(x: Tensor, shape: Shape): T =>
  differentiable<T>({
    name: 'sumTo',
    inputs: [x],
    forward: () => {
      let result = x;
      for (let axis = x.rank - 1; axis >= 0; axis--) if (shape[axis] === 1 && x.shape[axis] !== 1) result = raw.sum(result, [axis], true);
      return result as T;
    },
    pullback: ({ dy }) => [broadcastTo(dy, x.shape)],
  });

/** Matrix product of [M, K] and [K, N], either transposed. */
export function matMul<T extends Tensor>(a: Tensor, b: Tensor, transposeA = false, transposeB = false): T {
  return differentiable<T>({
    name: 'matMul',
    inputs: [a, b],
    forward: () => raw.matMul(a, b, transposeA, transposeB) as T,
    // Of A B: dA = dY Bᵀ and dB = Aᵀ dY; a transposed factor gets its transpose.
    pullback: ({ dy, needs }) => [
      needs[0] === true ? (transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB)) : undefined,
      needs[1] === true ? (transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false)) : undefined,
    ],
  });
}

/** The pullback of an op whose forward pass `f` is written in differentiable ops of `inputs`. */
export const pullbackThrough =
  <T extends Tensor>(inputs: readonly (Tensor | undefined)[], f: (inputs: readonly (Tensor | undefined)[]) => T): Backward<T> =>
  ({ dy, needs }) =>
    pullBack(inputs, f, dy, needs);
