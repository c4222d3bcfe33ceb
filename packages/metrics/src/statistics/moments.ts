/** Mean and covariance of features, gathered in one pass, in parts that can be merged. */
import { ArgumentError } from '@munit/core';
import { checkSameDimension, type FeatureSet } from './features.js';

/** Everything that `FeatureMoments` holds: fit for a file or a message. */
export interface MomentsState {
  /** Number of vectors. */
  readonly count: number;
  /** Their mean, [d]. */
  readonly mean: Float64Array;
  /** Σ (x − mean)(x − mean)ᵀ, [d, d], row-major; only entries on and above the diagonal are kept. */
  readonly comoment: Float64Array;
}

/**
 * Streaming mean and covariance in float64, in memory that does not grow with the number of vectors.
 *
 * Parts are joined by Chan, Golub and LeVeque's formula (1983), δ the difference of the parts' means:
 * M = M₁ + M₂ + δ δᵀ n₁ n₂ / (n₁ + n₂). Batches, order and division among workers change the result by rounding only.
 *
 * @example
 * const moments = new FeatureMoments(256);
 * for await (const batch of batches) moments.add(batch);
 * moments.merge(FeatureMoments.restore(stateFromAnotherWorker));
 */
export class FeatureMoments {
  /** Length of the vectors. */
  readonly dimension: number;
  #count = 0;
  #mean: Float64Array;
  #comoment: Float64Array;

  /** @throws ArgumentError unless the dimension is a whole number above 0 */
  constructor(dimension: number) {
    if (!Number.isInteger(dimension) || dimension < 1) {
      throw new ArgumentError(`The dimension of features must be a whole number above 0, but it is ${dimension}.`);
    }
    this.dimension = dimension;
    this.#mean = new Float64Array(dimension);
    this.#comoment = new Float64Array(dimension * dimension);
  }

  /** The moments of a whole set. */
  static of(set: FeatureSet): FeatureMoments {
    const moments = new FeatureMoments(set.dimension);
    moments.add(set);
    return moments;
  }

  /** Moments that continue from `state()`. @throws ArgumentError when it is no such state */
  static restore({ count, mean, comoment }: MomentsState): FeatureMoments {
    const moments = new FeatureMoments(mean.length);
    if (!Number.isSafeInteger(count) || count < 0 || comoment.length !== mean.length ** 2) {
      throw new ArgumentError(`A state of moments has a count, a mean of d numbers and d × d products, but this has ${count}, ${mean.length} and ${comoment.length}.`);
    }
    moments.#count = count;
    moments.#mean.set(mean);
    moments.#comoment.set(comoment);
    return moments;
  }

  /** How many vectors came. */
  get count(): number {
    return this.#count;
  }

  /** The mean, [d], a copy. */
  get mean(): Float64Array {
    return this.#mean.slice();
  }

  /** A copy of everything, for `restore`. */
  state(): MomentsState {
    return { count: this.#count, mean: this.#mean.slice(), comoment: this.#comoment.slice() };
  }

  /** Adds the vectors of `set`. @throws ShapeError for another dimension */
  add(set: FeatureSet): void {
    checkSameDimension('FeatureMoments.add', this, set);
    if (set.count === 0) return;
    const { mean, centred } = centre(set);
    this.#join(set.count, mean);
    const { dimension: d } = this;
    const target = this.#comoment;
    for (let i = 0; i < d; i++) {
      const row = i * d;
      for (let n = 0; n < set.count; n++) {
        const at = n * d;
        const x = centred[at + i] as number;
        if (x !== 0) for (let j = i; j < d; j++) target[row + j]! += x * (centred[at + j] as number);
      }
    }
  }

  /** Adds what another gathered; the other is left as it is. @throws ShapeError for another dimension */
  merge(other: FeatureMoments): void {
    checkSameDimension('FeatureMoments.merge', this, other);
    if (other.#count === 0) return;
    this.#join(other.#count, other.#mean);
    other.#comoment.forEach((value, i) => (this.#comoment[i]! += value));
  }

  /**
   * The covariance, [d, d], row-major, whole: Σ (x − mean)(x − mean)ᵀ / (n − 1).
   * @throws ArgumentError below two vectors
   */
  covariance(): Float64Array {
    if (this.#count < 2) throw new ArgumentError(`A covariance needs at least 2 images, but there ${this.#count === 1 ? 'is 1' : 'are none'}.`, { remedy: 'Give more images.' });
    const { dimension: d } = this;
    const result = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) result[i * d + j] = result[j * d + i] = (this.#comoment[i * d + j] as number) / (this.#count - 1);
    }
    return result;
  }

  /** Counts, mean, and the part δ δᵀ n₁ n₂ / (n₁ + n₂) of the products; the newcomers' own products are still to be added. */
  #join(count: number, mean: Float64Array): void {
    const total = this.#count + count;
    const delta = mean.map((value, i) => value - (this.#mean[i] as number));
    const factor = (this.#count * count) / total;
    const { dimension: d } = this;
    if (factor > 0) {
      for (let i = 0; i < d; i++) {
        const x = (delta[i] as number) * factor;
        for (let j = i; j < d; j++) this.#comoment[i * d + j]! += x * (delta[j] as number);
      }
    }
    delta.forEach((value, i) => (this.#mean[i]! += (value * count) / total));
    this.#count = total;
  }
}

/** The rows' mean, and the rows less it. */
function centre({ count, dimension, data }: FeatureSet): { readonly mean: Float64Array; readonly centred: Float64Array } {
  const mean = new Float64Array(dimension);
  for (let at = 0; at < data.length; at += dimension) for (let i = 0; i < dimension; i++) mean[i]! += data[at + i] as number;
  for (let i = 0; i < dimension; i++) mean[i]! /= count;
  const centred = Float64Array.from(data);
  for (let at = 0; at < data.length; at += dimension) for (let i = 0; i < dimension; i++) centred[at + i]! -= mean[i] as number;
  return { mean, centred };
}
