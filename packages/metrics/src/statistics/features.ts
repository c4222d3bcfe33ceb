/** Sets of feature vectors: what the distribution metrics compare. */
import { ArgumentError, NonFiniteError, ShapeError } from '@munit/core';

/** `count` vectors of `dimension` numbers, one after another: the features of a set of images, a row per image. */
export interface FeatureSet {
  /** Number of vectors. */
  readonly count: number;
  /** Length of each. */
  readonly dimension: number;
  /** count × dimension, row-major. */
  readonly data: Float32Array | Float64Array;
}

/**
 * A set of feature vectors, checked.
 * @throws ShapeError when `data` is not a whole number of rows
 * @throws NonFiniteError for NaN or an infinite value, with its row: one bad image would silently spoil every figure
 */
export function featureSet(data: Float32Array | Float64Array, dimension: number): FeatureSet {
  if (!Number.isInteger(dimension) || dimension < 1) {
    throw new ArgumentError(`The dimension of features must be a whole number above 0, but it is ${dimension}.`);
  }
  if (data.length % dimension !== 0) {
    throw new ShapeError(`${data.length} numbers are not a whole number of feature vectors of ${dimension}.`, { remedy: 'Give complete rows.' });
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new NonFiniteError(`The features of image ${Math.floor(bad / dimension)} contain ${data[bad]}.`, {
      remedy: 'The image, or the model that made it, has values that are not finite: leave it out or mend it.',
    });
  }
  return { count: data.length / dimension, dimension, data };
}

/** Row `index`, a view. */
export const rowOf = ({ data, dimension }: FeatureSet, index: number): Float32Array | Float64Array =>
  data.subarray(index * dimension, (index + 1) * dimension);

/** The rows at `indices`, in that order, copied. */
export function selectRows(set: FeatureSet, indices: readonly number[]): FeatureSet {
  const { dimension } = set;
  const data = set.data instanceof Float32Array ? new Float32Array(indices.length * dimension) : new Float64Array(indices.length * dimension);
  indices.forEach((index, i) => data.set(rowOf(set, index), i * dimension));
  return { count: indices.length, dimension, data };
}

/** @throws ShapeError unless both sets have vectors of one dimension */
export function checkSameDimension(where: string, a: { readonly dimension: number }, b: { readonly dimension: number }): void {
  if (a.dimension !== b.dimension) {
    throw new ShapeError(`${where}: features of ${a.dimension} numbers cannot be compared with features of ${b.dimension}.`, {
      remedy: 'Take both sets through the same network.',
    });
  }
}

/** @throws ArgumentError unless the set has at least `minimum` vectors */
export function checkCount(where: string, which: string, { count }: { readonly count: number }, minimum: number): void {
  if (count < minimum) {
    throw new ArgumentError(`${where}: the ${which} set has ${count} image${count === 1 ? '' : 's'}, and at least ${minimum} are needed.`, {
      remedy: 'Give more images.',
    });
  }
}

/**
 * The indices of the rows in lexicographic order of their values. Seeded draws are made from this order, so that a figure does
 * not depend on the order in which images were read.
 */
export function canonicalOrder(set: FeatureSet): number[] {
  const { data, dimension } = set;
  return Array.from({ length: set.count }, (_, i) => i).sort((a, b) => {
    for (let k = 0; k < dimension; k++) {
      const difference = (data[a * dimension + k] as number) - (data[b * dimension + k] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

/** Σ x y of two vectors of one length. */
export function dotProduct(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/** Σ (x − y)², by differences: exactly 0 for equal vectors, where ‖x‖² + ‖y‖² − 2 x·y would leave rounding. */
export function squaredDistance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const difference = (x[i] as number) - (y[i] as number);
    sum += difference * difference;
  }
  return sum;
}
