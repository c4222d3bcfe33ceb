/** Small differentiable ops that join the large ones: sums, products, views. */
import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import { checkInteger } from '../../options.js';
import { runKernel, type Scalar, type Tensor, type Tensor2D } from '../../tfjs.js';
import { checkRank, checkShape, formatShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** a + b, elementwise; both of the same shape. @throws ShapeError otherwise (nothing is broadcast). */
export function add<T extends Tensor>(a: T, b: T): T {
  checkShape('add', 'b', b, a.shape, 'that of a');
  return prim.add(a, b);
}

/** a − b, elementwise; both of the same shape. @throws ShapeError otherwise. */
export function sub<T extends Tensor>(a: T, b: T): T {
  checkShape('sub', 'b', b, a.shape, 'that of a');
  return prim.sub(a, b);
}

/** a · b, elementwise; both of the same shape. @throws ShapeError otherwise. */
export function mul<T extends Tensor>(a: T, b: T): T {
  checkShape('mul', 'b', b, a.shape, 'that of a');
  return prim.mul(a, b);
}

/** factor · x for a fixed number. */
export function scale<T extends Tensor>(x: T, factor: number): T {
  return prim.scale(x, factor);
}

/** 1 / x of a scalar. @throws ShapeError for another shape */
export function reciprocal(x: Scalar): Scalar {
  checkShape('reciprocal', 'x', x, [], 'a scalar');
  return prim.reciprocal(x) as Scalar;
}

/**
 * min(max(x, low), high) of every value. The gradient is dy between the two and 0 at and beyond them.
 * @throws ArgumentError unless low is below high
 */
export function clamp<T extends Tensor>(x: T, low: number, high: number): T {
  if (!(low < high)) throw new ArgumentError(`clamp: 'low' must be below 'high', but they are ${low} and ${high}.`);
  const inside = (): Tensor => raw.mul(raw.step(raw.shift(x, -low), 0), raw.step(raw.shift(raw.negate(x), high), 0));
  return differentiable<T>({
    name: 'clamp',
    inputs: [x],
    forward: () => runKernel<T>('Minimum', { a: raw.maximum(x, raw.constant(low)), b: raw.constant(high) }),
    // Piecewise linear: the second derivative is 0.
    pullback: ({ dy }) => [prim.mul(dy, inside())],
  });
}

/** The same values in another shape. @throws ShapeError when the sizes differ. */
export function reshape<T extends Tensor>(x: Tensor, shape: readonly number[]): T {
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== x.size) {
    throw new ShapeError(`reshape: ${formatShape(x.shape)} holds ${x.size} values, but ${formatShape(shape)} would hold ${size}.`);
  }
  return prim.reshape<T>(x, shape);
}

/**
 * Columns [from, from + count) of x [N, F]: how AdaIN's parameters are taken out of the MLP's output.
 * @throws ArgumentError when the range leaves the matrix.
 */
export function sliceFeatures(x: Tensor2D, from: number, count: number): Tensor2D {
  checkRank('sliceFeatures', 'x', x, 2, '[N, F]');
  const [n, f] = x.shape;
  if (!Number.isInteger(from) || !Number.isInteger(count) || from < 0 || count < 1 || from + count > f) {
    throw new ArgumentError(`sliceFeatures: [${from}, ${from + count}) is not inside the ${f} columns of x.`);
  }
  return prim.slice<Tensor2D>(x, [0, from], [n, count]);
}

/**
 * `count` copies of the batch behind one another: y[k N + n] = x[n], [N, …] -> [count N, …].
 * One content code for many styles.
 * @throws ArgumentError unless `count` is a whole number above 0
 */
export function tileBatch<T extends Tensor>(x: T, count: number): T {
  checkInteger('tileBatch', 'count', count, 1);
  return differentiable<T>({
    name: 'tileBatch',
    inputs: [x],
    forward: () => runKernel<T>('Tile', { x }, { reps: [count, ...x.shape.slice(1).map(() => 1)] }),
    pullback: ({ dy }) => [prim.reshape(prim.sumTo(prim.reshape(dy, [count, x.size]), [1, x.size]), x.shape)],
  });
}

/**
 * Batches behind one another: [N₁, …], [N₂, …], … -> [N₁ + N₂ + …, …]. A network that treats every sample alone then serves
 * them all in one pass.
 * @throws ArgumentError without a tensor
 * @throws ShapeError when samples differ in shape
 */
export function concatBatch<T extends Tensor>(parts: readonly T[]): T {
  const [first] = parts;
  if (first === undefined) throw new ArgumentError('concatBatch: give at least one tensor.');
  parts.forEach((part, i) => checkShape('concatBatch', `part ${i}`, part, [part.shape[0] ?? 1, ...first.shape.slice(1)], 'that of the first but for the number of samples'));
  const counts = parts.map((part) => part.shape[0] ?? 1);
  return differentiable<T>({
    name: 'concatBatch',
    inputs: parts,
    forward: () => raw.concat(parts, 0) as T,
    pullback: ({ dy, needs }) => counts.map((count, i) => (needs[i] === true ? sliceSamples(dy, counts.slice(0, i).reduce((a, b) => a + b, 0), count) : undefined)),
  });
}

/**
 * Samples [from, from + count) of a batch x [N, …].
 * @throws ArgumentError when the range leaves the batch
 */
export function sliceBatch<T extends Tensor>(x: T, from: number, count: number): T {
  const n = x.shape[0] ?? 0;
  if (!Number.isInteger(from) || !Number.isInteger(count) || from < 0 || count < 1 || from + count > n) {
    throw new ArgumentError(`sliceBatch: [${from}, ${from + count}) is not inside the batch of ${n}.`);
  }
  return sliceSamples(x, from, count);
}

const sliceSamples = <T extends Tensor>(x: T, from: number, count: number): T =>
  prim.slice<T>(x, x.shape.map((_, axis) => (axis === 0 ? from : 0)), [count, ...x.shape.slice(1)]);

/**
 * Σ wᵢ tᵢ of scalars: how loss terms become the loss.
 * @throws ArgumentError when the lists differ in length or are empty.
 */
export function weightedSum(terms: readonly Scalar[], weights: readonly number[]): Scalar {
  if (terms.length !== weights.length || terms.length === 0) {
    throw new ArgumentError(`weightedSum: each term needs a weight, and there must be at least one, but there are ${terms.length} terms and ${weights.length} weights.`);
  }
  return differentiable<Scalar>({
    name: 'weightedSum',
    inputs: terms,
    forward: () =>
      terms.map((term, i) => raw.scale(term, weights[i] as number)).reduce((total, term) => raw.add(total, term)) as Scalar,
    pullback: ({ dy, needs }) => terms.map((_, i) => (needs[i] === true ? prim.scale(dy, weights[i] as number) : undefined)),
  });
}
