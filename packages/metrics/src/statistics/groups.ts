/** Images in groups that are resampled together: the translations of one input are not independent of each other. */
import { ArgumentError, Rng } from '@munit/core';
import { bootstrapInterval, type BootstrapOptions, type Interval } from './bootstrap.js';
import { canonicalOrder, dotProduct, type FeatureSet, rowOf, selectRows } from './features.js';
import { frechetDistance } from './frechet.js';
import { FeatureMoments } from './moments.js';

/** The places of a set's vectors, in groups. */
export type Groups = readonly (readonly number[])[];

/** More groups than this cost more than they tell. */
const mostGroups = 64;

/**
 * Groups of about equal size, at most 64, that keep the `each` vectors of an input together; they depend on the vectors, not on the order
 * of inputs.
 * @throws ArgumentError unless the set has `each` vectors per input
 */
export function groupsOf(set: FeatureSet, each = 1): Groups {
  if (!Number.isInteger(each) || each < 1 || set.count % each !== 0) {
    throw new ArgumentError(`${set.count} images are not ${each} translations of each input.`, { remedy: 'Give all translations of every input.' });
  }
  const inputs = set.count / each;
  const order = canonicalOrder(selectRows(set, Array.from({ length: inputs }, (_, input) => input * each)));
  const count = Math.min(mostGroups, inputs);
  const groups: number[][] = Array.from({ length: count }, () => []);
  order.forEach((input, i) => groups[i % count]!.push(...Array.from({ length: each }, (_, k) => input * each + k)));
  return groups;
}

/** Intervals of figures of two sets, whose groups are resampled independently. */
export interface TwoSetFigure {
  readonly first: number;
  readonly second: number;
  readonly figure: (first: ArrayLike<number>, second: ArrayLike<number>) => number;
}

/**
 * The interval of a figure of two sets, each resampled by its groups.
 * @param centre where the median of the resampled figures is moved to: the figure itself, where drawing with replacement raises it (distances
 * between distributions rise by about their bias again), so that the interval shows the spread; undefined leaves it where it is
 */
export function twoSetInterval({ first, second, figure }: TwoSetFigure, centre: number | undefined, { seed = 0, ...options }: BootstrapOptions = {}): Interval | undefined {
  if (first < 2 || second < 2) return undefined;
  const other = new Rng((seed + 1) % 2 ** 32);
  const values: number[] = [];
  const interval = bootstrapInterval(
    first,
    (times) => {
      const otherTimes = new Uint32Array(second);
      for (let i = 0; i < second; i++) otherTimes[other.integer(second)]!++;
      const value = figure(times, otherTimes);
      if (Number.isFinite(value)) values.push(value);
      return value;
    },
    { ...options, seed },
  );
  if (centre === undefined) return interval;
  const sorted = values.sort((a, b) => a - b);
  const median = ((sorted[Math.floor((sorted.length - 1) / 2)] as number) + (sorted[Math.ceil((sorted.length - 1) / 2)] as number)) / 2;
  return { low: Math.max(0, centre + interval.low - median), high: centre + interval.high - median, level: interval.level };
}

/** The Fréchet distance as a function of resampled groups; the moments of each group are gathered once. */
export function frechetOfGroups(first: FeatureSet, firstGroups: Groups, second: FeatureSet, secondGroups: Groups): TwoSetFigure {
  const gather = (set: FeatureSet, groups: Groups): FeatureMoments[] => groups.map((places) => FeatureMoments.of(selectRows(set, places)));
  const merge = (parts: readonly FeatureMoments[], times: ArrayLike<number>): FeatureMoments => {
    const moments = new FeatureMoments(first.dimension);
    parts.forEach((part, g) => {
      for (let copy = 0; copy < (times[g] as number); copy++) moments.merge(part);
    });
    return moments;
  };
  const [a, b] = [gather(first, firstGroups), gather(second, secondGroups)];
  return { first: a.length, second: b.length, figure: (times, others) => frechetDistance(merge(a, times), merge(b, others)) };
}

/** Sums of the kernel between groups, without a vector's product with itself, and how many products they are of. */
interface KernelSums {
  readonly sums: Float64Array;
  readonly pairs: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

function kernelSums(x: FeatureSet, xGroups: Groups, y: FeatureSet, yGroups: Groups): KernelSums {
  const [rows, columns] = [xGroups.length, yGroups.length];
  const [sums, pairs] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
  xGroups.forEach((places, g) => {
    yGroups.forEach((others, h) => {
      for (const i of places) {
        const row = rowOf(x, i);
        for (const j of others) {
          if (x === y && i === j) continue;
          sums[g * columns + h]! += (dotProduct(row, rowOf(y, j)) / x.dimension + 1) ** 3;
          pairs[g * columns + h]!++;
        }
      }
    });
  });
  return { sums, pairs, rows, columns };
}

function weightedMean({ sums, pairs, rows, columns }: KernelSums, times: ArrayLike<number>, others: ArrayLike<number>): number {
  let [sum, count] = [0, 0];
  for (let g = 0; g < rows; g++) {
    for (let h = 0; h < columns; h++) {
      const weight = (times[g] as number) * (others[h] as number);
      sum += weight * (sums[g * columns + h] as number);
      count += weight * (pairs[g * columns + h] as number);
    }
  }
  return sum / count;
}

/** The unbiased kernel distance as a function of resampled groups; copies of one vector are not compared with each other. */
export function kernelOfGroups(first: FeatureSet, firstGroups: Groups, second: FeatureSet, secondGroups: Groups): TwoSetFigure {
  const [within, others, between] = [kernelSums(first, firstGroups, first, firstGroups), kernelSums(second, secondGroups, second, secondGroups), kernelSums(first, firstGroups, second, secondGroups)];
  return {
    first: firstGroups.length,
    second: secondGroups.length,
    figure: (times, otherTimes) => weightedMean(within, times, times) + weightedMean(others, otherTimes, otherTimes) - 2 * weightedMean(between, times, otherTimes),
  };
}
