import { Rng } from '@munit/core';
import { type FeatureSet, featureSet } from '../src/statistics/features.js';

/** `count` normal vectors, each coordinate scaled and shifted. */
export function normalFeatures(seed: number, count: number, dimension: number, { scale = 1, shift = 0 } = {}): FeatureSet {
  const rng = new Rng(seed);
  return featureSet(Float64Array.from({ length: count * dimension }, () => shift + scale * rng.normal()), dimension);
}

/** The same vectors in another order. */
export function shuffled(set: FeatureSet, seed: number): FeatureSet {
  const order = new Rng(seed).permutation(set.count);
  return featureSet(Float64Array.from(order.flatMap((i) => [...set.data.subarray(i * set.dimension, (i + 1) * set.dimension)])), set.dimension);
}
