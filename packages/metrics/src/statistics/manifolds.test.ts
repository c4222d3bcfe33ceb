/** Precision, recall, density, coverage; NDB and JSD. */
import { ArgumentError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { normalFeatures, shuffled } from '../../test/random.js';
import { expectedFigures, metricsReference, referenceFeatures } from '../../test/reference.js';
import { binMetrics, jensenShannon, normalTail } from './bins.js';
import { featureSet } from './features.js';
import { kMeans } from './kMeans.js';
import { neighbourMetrics } from './neighbours.js';

const file = metricsReference();
const [real, fake] = [referenceFeatures(file, 'real'), referenceFeatures(file, 'fake')];
const line = (...values: number[]): ReturnType<typeof featureSet> => featureSet(Float64Array.from(values), 1);

describe('neighbourMetrics', () => {
  it('equal the published precision and recall', () => {
    const expected = expectedFigures(file);
    const { precision, recall } = neighbourMetrics(real, fake, { k: 3 });
    expect(precision.value).toBeCloseTo(expected['precision_k3'] as number, 12);
    expect(recall.value).toBeCloseTo(expected['recall_k3'] as number, 12);
    expect(recall.interval.low).toBeLessThanOrEqual(recall.value);
    expect(recall.interval.high).toBeGreaterThan(recall.value);
  });

  it('are what a drawing on a line says', () => {
    // k = 1: the real radii are 1, 1, 4; the fake ones 1, 1, 93. 5 lies within 4 of the real 5.
    const metrics = neighbourMetrics(line(0, 1, 5), line(6, 7, 100), { k: 1 });
    expect(metrics.precision.value).toBeCloseTo(2 / 3, 12); // 6 and 7 lie within (1, 9)
    expect(metrics.density.value).toBeCloseTo(2 / 3, 12);
    expect(metrics.coverage.value).toBeCloseTo(1 / 3, 12); // only 5 has a fake image around it
    expect(metrics.recall.value).toBe(0); // 5 is at distance 1 from 6: on the open ball's border, and 95 from 100
  });

  it('of a set and itself are 1, copies of one image too', () => {
    for (const set of [real, line(2, 2, 2, 2, 2), line(0, 0, 0, 0, 0, 1, 4)]) {
      const { precision, recall, coverage } = neighbourMetrics(set, shuffled(set, 1));
      expect([precision.value, recall.value, coverage.value]).toEqual([1, 1, 1]);
    }
  });

  it('of sets far apart are 0', () => {
    const { precision, recall, density, coverage } = neighbourMetrics(normalFeatures(1, 30, 4), normalFeatures(2, 30, 4, { shift: 100 }));
    expect([precision.value, recall.value, density.value, coverage.value]).toEqual([0, 0, 0, 0]);
  });

  it('refuse sets without a k-th neighbour', () => {
    expect(() => neighbourMetrics(line(1, 2, 3, 4), real)).toThrow('cannot be compared');
    expect(() => neighbourMetrics(line(1, 2, 3), line(1, 2, 3, 4))).toThrow('at least 4 are needed');
    expect(() => neighbourMetrics(real, fake, { k: 0 })).toThrow(ArgumentError);
  });
});

describe('binMetrics', () => {
  const clusters = [0, 10, 20, 30];
  const spread = (counts: readonly number[]): ReturnType<typeof featureSet> =>
    line(...counts.flatMap((count, i) => Array.from({ length: count }, (_, n) => (clusters[i] as number) + n / count)));

  it('count what is missing', () => {
    const same = binMetrics(spread([50, 50, 50, 50]), spread([50, 50, 50, 50]), { bins: 4 });
    expect(same).toMatchObject({ ndb: 0, share: 0, jsd: 0 });
    const half = binMetrics(spread([50, 50, 50, 50]), spread([100, 100, 0, 0]), { bins: 4 });
    expect(half.ndb).toBe(4);
    // m is 3/8, 3/8, 1/8, 1/8.
    expect(half.jsd).toBeCloseTo(0.5 * Math.log((1 / 2) / (3 / 8)) + (1 / 4) * Math.log((1 / 4) / (3 / 8)) + (1 / 4) * Math.log(2), 12);
    expect(half.fakeShares.toSorted()).toEqual(Float64Array.of(0, 0, 0.5, 0.5));
    const disjoint = binMetrics(spread([50, 50, 0, 0]), line(...new Array<number>(40).fill(10.5)), { bins: 2 });
    expect(disjoint.ndb).toBe(2);
  });

  it('find equal distributions different about as often as the significance says', () => {
    const { share } = binMetrics(normalFeatures(1, 2000, 3), normalFeatures(2, 2000, 3), { bins: 50 });
    expect(share).toBeLessThan(0.2);
    const { share: other } = binMetrics(normalFeatures(1, 2000, 3), normalFeatures(2, 2000, 3, { shift: 1 }), { bins: 50 });
    expect(other).toBeGreaterThan(0.5);
  });

  it('do not depend on order', () => {
    const [a, b] = [normalFeatures(1, 300, 4), normalFeatures(2, 200, 4)];
    const first = binMetrics(a, b, { bins: 10 });
    expect(binMetrics(shuffled(a, 1), shuffled(b, 2), { bins: 10 }).realShares).toEqual(first.realShares);
  });

  it('refuse fewer images than bins', () => {
    expect(() => binMetrics(line(1, 2, 3), line(1))).toThrow('at least 100 are needed');
    expect(() => binMetrics(real, fake, { bins: 1 })).toThrow(ArgumentError);
    expect(() => binMetrics(real, fake, { bins: 5, significance: 2 })).toThrow(ArgumentError);
  });

  it('rest on right distributions', () => {
    expect(normalTail(0)).toBeCloseTo(0.5, 6);
    expect(normalTail(1.959963985)).toBeCloseTo(0.025, 6);
    expect(normalTail(3)).toBeCloseTo(0.001349898, 6);
    expect(jensenShannon(Float64Array.from([1, 0]), Float64Array.from([0, 1]))).toBeCloseTo(Math.log(2), 15);
  });
});

describe('kMeans', () => {
  it('finds clusters that lie apart, copies included', () => {
    const { centres, assignment } = kMeans(line(0, 0.2, 0.4, 50, 50.2, 99, 99), 3, 1);
    expect(centres.map(([x]) => x).sort((a, b) => (a as number) - (b as number))).toEqual([expect.closeTo(0.2, 12), expect.closeTo(50.1, 12), 99]);
    expect(new Set(assignment.slice(0, 3)).size).toBe(1);
    // Fewer different images than clusters: nothing hangs and every image has a centre at no distance.
    expect(kMeans(line(1, 1, 1, 2), 3, 1).centres).toHaveLength(3);
  });
});
