/** Precision, recall, density and coverage by nearest neighbours. */
import { checkInteger } from '@munit/core';
import { checkCount, checkSameDimension, type FeatureSet, rowOf, squaredDistance } from './features.js';
import { type BootstrapOptions, type Interval, meanInterval } from './bootstrap.js';

/** A share of images with its interval over those images. */
export interface Share {
  /** The mean over the images. */
  readonly value: number;
  /** Its bootstrap interval. */
  readonly interval: Interval;
}

/** What `neighbourMetrics` finds. */
export interface NeighbourMetrics {
  /** Share of fake images inside the real manifold: quality. */
  readonly precision: Share;
  /** Share of real images inside the fake manifold: diversity. */
  readonly recall: Share;
  /** Mean number of real neighbourhoods around a fake image, over k; may exceed 1. */
  readonly density: Share;
  /** Share of real images whose neighbourhood holds a fake image. */
  readonly coverage: Share;
  /** Which neighbour bounded a neighbourhood. */
  readonly k: number;
}

/** Options of `neighbourMetrics`. */
export interface NeighbourOptions extends BootstrapOptions {
  /** Which neighbour bounds a neighbourhood, the image itself not counted. Default 3, as in the original. */
  readonly k?: number | undefined;
}

/**
 * Precision and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020). An image's neighbourhood is the open
 * ball to its k-th nearest neighbour in its own set; equal images always count as inside, so that a set compared with itself has
 * precision = recall = coverage = 1 even where it holds k + 1 copies of an image.
 *
 * Distances are taken pair by pair, in memory of one number per image and time of (n₁ + n₂)² d / 2.
 * @throws ShapeError when the dimensions differ
 * @throws ArgumentError unless each set has more than k images
 */
export function neighbourMetrics(real: FeatureSet, fake: FeatureSet, options: NeighbourOptions = {}): NeighbourMetrics {
  const { k = 3, ...ofInterval } = options;
  checkInteger('neighbourMetrics', 'k', k, 1);
  checkSameDimension('neighbourMetrics', real, fake);
  checkCount('neighbourMetrics', 'real', real, k + 1);
  checkCount('neighbourMetrics', 'fake', fake, k + 1);
  const [realRadii, fakeRadii] = [squaredRadii(real, k), squaredRadii(fake, k)];
  const aroundFake = new Float64Array(fake.count); // real neighbourhoods that hold it
  const [recalled, covered] = [new Float64Array(real.count), new Float64Array(real.count)];
  for (let r = 0; r < real.count; r++) {
    const row = rowOf(real, r);
    for (let f = 0; f < fake.count; f++) {
      const distance = squaredDistance(row, rowOf(fake, f));
      if (isInside(distance, realRadii[r] as number)) {
        aroundFake[f]!++;
        covered[r] = 1;
      }
      if (isInside(distance, fakeRadii[f] as number)) recalled[r] = 1;
    }
  }
  const share = (values: Float64Array): Share => ({
    value: values.reduce((a, b) => a + b, 0) / values.length,
    interval: meanInterval(values, ofInterval),
  });
  return {
    precision: share(aroundFake.map((count) => (count > 0 ? 1 : 0))),
    recall: share(recalled),
    density: share(aroundFake.map((count) => count / k)),
    coverage: share(covered),
    k,
  };
}

const isInside = (squared: number, squaredRadius: number): boolean => squared < squaredRadius || squared === 0;

/** Squared distance of each vector to its k-th nearest other. */
function squaredRadii(set: FeatureSet, k: number): Float64Array {
  const nearest = Array.from({ length: set.count }, () => new Float64Array(k).fill(Infinity)); // ascending
  for (let i = 1; i < set.count; i++) {
    const row = rowOf(set, i);
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(row, rowOf(set, j));
      insert(nearest[i] as Float64Array, distance);
      insert(nearest[j] as Float64Array, distance);
    }
  }
  return Float64Array.from(nearest, (distances) => distances[k - 1] as number);
}

/** Puts a value in its place among the smallest, if it is one of them. */
function insert(smallest: Float64Array, value: number): void {
  let place = smallest.length - 1;
  if (!(value < (smallest[place] as number))) return;
  for (; place > 0 && (smallest[place - 1] as number) > value; place--) smallest[place] = smallest[place - 1] as number;
  smallest[place] = value;
}
