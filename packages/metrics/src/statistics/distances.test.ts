/** The distances of two sets: against published implementations, closed forms, and their invariants. */
import { ArgumentError, NonFiniteError, ShapeError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { normalFeatures, shuffled } from '../../test/random.js';
import { expectedFigures, metricsReference, referenceFeatures } from '../../test/reference.js';
import { type FeatureSet, featureSet } from './features.js';
import { frechetDistance, frechetWarnings } from './frechet.js';
import { kernelDistance } from './kernel.js';
import { FeatureMoments } from './moments.js';

const file = metricsReference();
const [real, fake] = [referenceFeatures(file, 'real'), referenceFeatures(file, 'fake')];
const expected = expectedFigures(file);

const frechet = (a: FeatureSet, b: FeatureSet): number => frechetDistance(FeatureMoments.of(a), FeatureMoments.of(b));
const relative = (got: number, truth: number | undefined): number => Math.abs(got / (truth as number) - 1);

/** Vectors ± √(3/2) sᵢ eᵢ and their mean: means `mean` and covariance diag(s²), to the digit. */
function axes(deviations: readonly number[], mean: readonly number[]): FeatureSet {
  const d = deviations.length;
  const n = 2 * d;
  const rows = deviations.flatMap((s, i) => [1, -1].map((sign) => mean.map((m, k) => m + (k === i ? sign * s * Math.sqrt((n - 1) / 2) : 0))));
  return featureSet(Float64Array.from(rows.flat()), d);
}

describe('frechetDistance', () => {
  it('equals the published FID', () => {
    expect(relative(frechet(real, fake), expected['fid'])).toBeLessThan(1e-6);
  });

  it('is Σ (μ − ν)² + Σ (s − t)² for diagonal covariances', () => {
    const [s, t, mu, nu] = [[1, 2, 0.5, 3], [2, 1, 0.25, 0], [0, 1, 2, 3], [0.5, 0, 2, -1]];
    const square = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0);
    expect(frechet(axes(s, mu), axes(t, nu))).toBeCloseTo(square(s, t) + square(mu, nu), 10);
  });

  it('of a set and itself is 0, and it is symmetric', () => {
    expect(frechet(real, real)).toBeLessThan(1e-10);
    expect(relative(frechet(fake, real), frechet(real, fake))).toBeLessThan(1e-10);
  });

  it('holds both for fewer images than features', () => {
    const [a, b] = [normalFeatures(1, 20, 50), normalFeatures(2, 30, 50, { scale: 2 })];
    expect(frechet(a, a)).toBeLessThan(1e-5);
    expect(relative(frechet(a, b), frechet(b, a))).toBeLessThan(1e-10);
    // Sets in subspaces at right angles share nothing: the distance is both traces and the means' distance.
    const half = (set: FeatureSet, from: number): FeatureSet => featureSet(set.data.map((x, i) => (i % 50 >= from && i % 50 < from + 25 ? x : 0)), 50);
    const [left, right] = [half(a, 0), half(b, 25)];
    const total = (set: FeatureSet): number => FeatureMoments.of(set).covariance().reduce((sum, x, i) => (i % 51 === 0 ? sum + x : sum), 0);
    const means = [left, right].map((set) => FeatureMoments.of(set).mean);
    const between = (means[0] as Float64Array).reduce((sum, x, i) => sum + (x - (means[1]?.[i] as number)) ** 2, 0);
    expect(frechet(left, right)).toBeCloseTo(total(left) + total(right) + between, 8);
  });

  it('does not depend on order', () => {
    expect(relative(frechet(shuffled(real, 1), shuffled(fake, 2)), expected['fid'])).toBeLessThan(1e-6);
  });

  it('of constant images is the distance of their means', () => {
    const constant = (value: number): FeatureSet => featureSet(new Float64Array(12).fill(value), 3);
    expect(frechet(constant(1), constant(3))).toBe(12);
  });

  it('warns where counts make it meaningless', () => {
    const counted = (count: number): { count: number; dimension: number } => ({ count, dimension: 256 });
    expect(frechetWarnings(counted(100), counted(5000))[0]).toContain('too few for a covariance of 256');
    expect(frechetWarnings(counted(5000), counted(9000))[0]).toContain('biased upwards');
    expect(frechetWarnings(counted(10_000), counted(10_000))).toEqual([]);
  });

  it('refuses other dimensions, single images and NaN', () => {
    expect(() => frechet(real, normalFeatures(1, 9, 15))).toThrow(ShapeError);
    expect(() => frechet(real, normalFeatures(1, 1, 16))).toThrow(ArgumentError);
    expect(() => featureSet(Float32Array.from([1, 2, Number.NaN, 4]), 2)).toThrow(NonFiniteError);
    expect(() => featureSet(Float32Array.from([1, 2, Number.NaN, 4]), 2)).toThrow('image 1');
    expect(() => featureSet(new Float32Array(5), 2)).toThrow(ShapeError);
  });
});

describe('kernelDistance', () => {
  it('equals the published KID', () => {
    expect(relative(kernelDistance(real, fake).value, expected['kid_unbiased_cubic'])).toBeLessThan(1e-6);
  });

  it('is the estimator written out, for three images', () => {
    // d = 1: k(x, y) = (x y + 1)³; x: 0, 1; y: 2.
    const [x, y] = [featureSet(Float64Array.from([0, 1]), 1), featureSet(Float64Array.from([2, 0]), 1)];
    const within = 1; // k(0, 1) = 1 both ways, and k(2, 0) = 1
    const between = (1 + 1 + 27 + 1) / 4;
    expect(kernelDistance(x, y).value).toBeCloseTo(2 * within - 2 * between, 12);
  });

  it('of halves of one set is near 0, with both signs', () => {
    const values = Array.from({ length: 20 }, (_, seed) => kernelDistance(normalFeatures(seed, 60, 8), normalFeatures(seed + 100, 60, 8), { subsets: 1 }).value);
    expect(values.some((value) => value < 0)).toBe(true);
    expect(values.some((value) => value > 0)).toBe(true);
    expect(Math.abs(values.reduce((a, b) => a + b, 0) / 20)).toBeLessThan(0.05);
  });

  it('reports the spread of subsets, seeded, whatever the order of images', () => {
    const options = { subsets: 30, subsetSize: 20, seed: 7 };
    const first = kernelDistance(real, fake, options);
    expect(first.subsets).toBe(30);
    expect(first.deviation).toBeGreaterThan(0);
    expect(Math.abs(first.mean - first.value)).toBeLessThan(first.deviation);
    const again = kernelDistance(shuffled(real, 4), shuffled(fake, 5), options);
    expect(again.mean).toBeCloseTo(first.mean, 10);
    expect(again.deviation).toBeCloseTo(first.deviation, 10);
    expect(kernelDistance(real, fake, { ...options, seed: 8 }).mean).not.toBe(first.mean);
  });

  it('refuses subsets that the sets cannot fill', () => {
    expect(() => kernelDistance(real, fake, { subsetSize: 51 })).toThrow('smaller set (50)');
    expect(() => kernelDistance(real, normalFeatures(1, 1, 16))).toThrow(ArgumentError);
    expect(() => kernelDistance(real, fake, { subsets: 0 })).toThrow(ArgumentError);
  });
});
