import { ArgumentError, ShapeError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { normalFeatures, shuffled } from '../../test/random.js';
import { type FeatureSet, featureSet } from './features.js';
import { FeatureMoments } from './moments.js';

/** Two passes, as the definition has it. */
function plainMoments({ count, dimension: d, data }: FeatureSet): { readonly mean: number[]; readonly covariance: number[] } {
  const mean = Array.from({ length: d }, (_, i) => Array.from({ length: count }, (_, n) => data[n * d + i] as number).reduce((a, b) => a + b, 0) / count);
  const covariance = Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let n = 0; n < count; n++) sum += ((data[n * d + i] as number) - (mean[i] as number)) * ((data[n * d + j] as number) - (mean[j] as number));
    return sum / (count - 1);
  });
  return { mean, covariance };
}

const slice = ({ data, dimension }: FeatureSet, from: number, to: number): FeatureSet => featureSet(data.slice(from * dimension, to * dimension), dimension);

function expectMoments(got: FeatureMoments, { mean, covariance }: { readonly mean: readonly number[]; readonly covariance: readonly number[] }): void {
  got.mean.forEach((value, i) => expect(Math.abs(value / (mean[i] as number) - 1)).toBeLessThan(1e-13));
  got.covariance().forEach((value, i) => expect(Math.abs(value - (covariance[i] as number))).toBeLessThan(1e-11));
}

describe('FeatureMoments', () => {
  // Far from zero, where sums of squares would lose all digits of the covariance.
  const set = normalFeatures(1, 97, 6, { shift: 1e4 });
  const expected = plainMoments(set);

  it.each([1, 2, 10, 96, 97])('in batches of %i equals two passes', (size) => {
    const moments = new FeatureMoments(6);
    for (let from = 0; from < 97; from += size) moments.add(slice(set, from, Math.min(97, from + size)));
    expect(moments.count).toBe(97);
    expectMoments(moments, expected);
  });

  it('is the same in any order', () => {
    expectMoments(FeatureMoments.of(shuffled(set, 3)), expected);
  });

  it('merges parts of any size, as states too, and leaves them as they were', () => {
    const parts = [[0, 1], [1, 40], [40, 40], [40, 97]].map(([from, to]) => FeatureMoments.of(slice(set, from as number, to as number)));
    const whole = new FeatureMoments(6);
    for (const part of parts.reverse()) whole.merge(FeatureMoments.restore(part.state()));
    expectMoments(whole, expected);
    expect(parts.map(({ count }) => count)).toEqual([57, 0, 39, 1]);
  });

  it('continues from a state', () => {
    const moments = FeatureMoments.restore(FeatureMoments.of(slice(set, 0, 50)).state());
    moments.add(slice(set, 50, 97));
    expectMoments(moments, expected);
  });

  it('refuses other dimensions and too few images', () => {
    expect(() => new FeatureMoments(5).add(set)).toThrow(ShapeError);
    expect(() => new FeatureMoments(5).merge(new FeatureMoments(6))).toThrow(ShapeError);
    expect(() => FeatureMoments.of(slice(set, 0, 1)).covariance()).toThrow('at least 2 images');
    expect(() => FeatureMoments.restore({ count: 1, mean: new Float64Array(2), comoment: new Float64Array(3) })).toThrow(ArgumentError);
  });
});
