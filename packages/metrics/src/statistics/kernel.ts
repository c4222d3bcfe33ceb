/** The kernel distance of two sets of features: KID, where the features are Inception's. */
import { ArgumentError, checkInteger, checkOptions, type OptionNames, Rng } from '@munit/core';
import { canonicalOrder, checkCount, checkSameDimension, dotProduct, type FeatureSet, rowOf, selectRows } from './features.js';

/** Options of `kernelDistance`. */
export interface KernelDistanceOptions {
  /** Default 100. */
  readonly subsets?: number | undefined;
  /** Images of each set in a subset; default 1000, or the smaller set's count where that is less. */
  readonly subsetSize?: number | undefined;
  /** Of the draw of subsets. Default 0. */
  readonly seed?: number | undefined;
}

/** Their names, by which unknown ones are refused. */
export const kernelNames: OptionNames<KernelDistanceOptions> = { subsets: true, subsetSize: true, seed: true };

/** What `kernelDistance` finds. */
export interface KernelDistance {
  /** The unbiased estimate from all images; it may be negative. */
  readonly value: number;
  /** Mean over subsets, as it is usually reported. */
  readonly mean: number;
  /** Standard deviation over subsets, divided by n (NumPy's default). */
  readonly deviation: number;
  /** Number of subsets; 1 where a subset takes all images. */
  readonly subsets: number;
  /** Images of each set in a subset. */
  readonly subsetSize: number;
}

/**
 * The unbiased squared maximum mean discrepancy under the kernel k(x, y) = (x·y / d + 1)³ (Bińkowski et al. 2018):
 * Σ_{i≠j} k(xᵢ, xⱼ) / m(m − 1) + Σ_{i≠j} k(yᵢ, yⱼ) / n(n − 1) − 2 Σ k(xᵢ, yⱼ) / mn.
 * Subsets are drawn without replacement, from a canonical order of the images. Needs no memory beside the subsets.
 * @throws ShapeError when the dimensions differ
 * @throws ArgumentError for a set of fewer than 2 images, or subsets larger than a set
 */
export function kernelDistance(first: FeatureSet, second: FeatureSet, options: KernelDistanceOptions = {}): KernelDistance {
  checkOptions('kernelDistance', options, kernelNames);
  checkSameDimension('kernelDistance', first, second);
  checkCount('kernelDistance', 'first', first, 2);
  checkCount('kernelDistance', 'second', second, 2);
  const { subsets = 100, seed = 0 } = options;
  const fewest = Math.min(first.count, second.count);
  const subsetSize = options.subsetSize ?? Math.min(1000, fewest);
  checkInteger('kernelDistance', 'subsets', subsets, 1);
  if (!Number.isInteger(subsetSize) || subsetSize < 2 || subsetSize > fewest) {
    throw new ArgumentError(`Subsets must have from 2 images to as many as the smaller set (${fewest}), but 'subsetSize' is ${subsetSize}.`, { remedy: 'Give more images or a smaller subsetSize.' });
  }
  const value = unbiasedDiscrepancy(first, second);
  const estimates: number[] = [];
  if (subsetSize === first.count && subsetSize === second.count) estimates.push(value);
  else {
    const rng = new Rng(seed);
    const [orderA, orderB] = [canonicalOrder(first), canonicalOrder(second)];
    const draw = (set: FeatureSet, order: readonly number[]): FeatureSet =>
      selectRows(set, rng.permutation(set.count).slice(0, subsetSize).map((place) => order[place] as number));
    for (let i = 0; i < subsets; i++) estimates.push(unbiasedDiscrepancy(draw(first, orderA), draw(second, orderB)));
  }
  const mean = estimates.reduce((a, b) => a + b, 0) / estimates.length;
  const deviation = Math.sqrt(estimates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / estimates.length);
  return { value, mean, deviation, subsets: estimates.length, subsetSize };
}

function unbiasedDiscrepancy(first: FeatureSet, second: FeatureSet): number {
  return meanWithin(first) + meanWithin(second) - 2 * meanBetween(first, second);
}

const kernel = (x: ArrayLike<number>, y: ArrayLike<number>): number => (dotProduct(x, y) / x.length + 1) ** 3;

/** Mean of k over pairs of different images. */
function meanWithin(set: FeatureSet): number {
  const rows = rowsOf(set);
  let sum = 0;
  for (let i = 1; i < rows.length; i++) {
    let row = 0;
    for (let j = 0; j < i; j++) row += kernel(rows[i]!, rows[j]!);
    sum += row;
  }
  return (2 * sum) / (set.count * (set.count - 1));
}

function meanBetween(first: FeatureSet, second: FeatureSet): number {
  const [a, b] = [rowsOf(first), rowsOf(second)];
  let sum = 0;
  for (const x of a) {
    let row = 0;
    for (const y of b) row += kernel(x, y);
    sum += row;
  }
  return sum / (first.count * second.count);
}

const rowsOf = (set: FeatureSet): (Float32Array | Float64Array)[] => Array.from({ length: set.count }, (_, i) => rowOf(set, i));
