/** NDB and JSD: do generated images fall into the real images' clusters as often as real ones do? */
import { ArgumentError, checkInteger, checkOptions } from '@munit/core';
import { kMeans, nearestCentre } from './kMeans.js';
import { checkCount, checkSameDimension, type FeatureSet, rowOf } from './features.js';

/** Options of `binMetrics`. */
export interface BinOptions {
  /** Clusters of the real images. Default 100. */
  readonly bins?: number | undefined;
  /** Significance of the test for each cluster. Default 0.05. */
  readonly significance?: number | undefined;
  /** Of the first centres. Default 0. */
  readonly seed?: number | undefined;
}

/** What `binMetrics` finds. */
export interface BinMetrics {
  /** Number of clusters whose shares differ significantly. */
  readonly ndb: number;
  /** ndb / bins: about the significance where the distributions are equal, 1 where all clusters differ. */
  readonly share: number;
  /** Jensen–Shannon divergence of the clusters' shares in nats, from 0 to ln 2. */
  readonly jsd: number;
  /** Number of clusters. */
  readonly bins: number;
  /** Share of each cluster among real images, the largest first. */
  readonly realShares: Float64Array;
  /** Of the same clusters, among fake images: a mode that the model leaves out is near 0 here. */
  readonly fakeShares: Float64Array;
}

/**
 * Number of statistically different bins (Richardson & Weiss 2018): k-means on the real (training) images, fakes to their nearest
 * centres, and in each cluster a two-proportion z-test with the pooled standard error, two-sided. JSD with natural logarithms.
 * @throws ShapeError when the dimensions differ
 * @throws ArgumentError for fewer real images than bins, no fakes, or options out of range
 */
export function binMetrics(real: FeatureSet, fake: FeatureSet, options: BinOptions = {}): BinMetrics {
  const { assigned, significance } = assignBins(real, fake, options);
  return compareBins(countsOf(assigned.real, assigned.bins), countsOf(assigned.fake, assigned.bins), significance);
}

/** The cluster of each image. */
export interface BinAssignment {
  readonly bins: number;
  readonly real: ArrayLike<number>;
  readonly fake: ArrayLike<number>;
}

/** The clusters of the real images, and which of them each image falls into. @throws as `binMetrics` */
export function assignBins(real: FeatureSet, fake: FeatureSet, options: BinOptions = {}): { readonly assigned: BinAssignment; readonly significance: number } {
  checkOptions('binMetrics', options, { bins: true, significance: true, seed: true });
  const { bins = 100, significance = 0.05, seed = 0 } = options;
  checkSameDimension('binMetrics', real, fake);
  checkInteger('binMetrics', 'bins', bins, 2);
  if (!(significance > 0 && significance < 1)) throw new ArgumentError(`'significance' must lie between 0 and 1, but it is ${significance}.`);
  checkCount('binMetrics', 'real', real, bins);
  checkCount('binMetrics', 'fake', fake, 1);
  const { centres, assignment } = kMeans(real, bins, seed);
  return { assigned: { bins, real: assignment, fake: Uint32Array.from({ length: fake.count }, (_, i) => nearestCentre(centres, rowOf(fake, i)).index) }, significance };
}

/** How many images fall into each cluster. */
export function countsOf(assignment: ArrayLike<number>, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  for (let i = 0; i < assignment.length; i++) counts[assignment[i] as number]!++;
  return counts;
}

/** The figures of two histograms over the same clusters. */
export function compareBins(realCounts: Float64Array, fakeCounts: Float64Array, significance: number): BinMetrics {
  const bins = realCounts.length;
  const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
  const [realTotal, fakeTotal] = [total(realCounts), total(fakeCounts)];
  const order = Array.from({ length: bins }, (_, i) => i).sort((a, b) => (realCounts[b] as number) - (realCounts[a] as number) || a - b);
  const shares = (counts: Float64Array, of: number): Float64Array => Float64Array.from(order, (bin) => (counts[bin] as number) / of);
  const [realShares, fakeShares] = [shares(realCounts, realTotal), shares(fakeCounts, fakeTotal)];
  const ndb = order.filter((_, i) => isDifferent(realShares[i] as number, realTotal, fakeShares[i] as number, fakeTotal, significance)).length;
  return { ndb, share: ndb / bins, jsd: jensenShannon(realShares, fakeShares), bins, realShares, fakeShares };
}

/** The two-sided z-test of two proportions. */
function isDifferent(p: number, m: number, q: number, n: number, significance: number): boolean {
  const pooled = (p * m + q * n) / (m + n);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n));
  return error > 0 && 2 * normalTail(Math.abs(p - q) / error) < significance;
}

/** P(Z > z) for z ≥ 0: Abramowitz & Stegun 26.2.17, to 7.5e-8. */
export function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

/** ½ KL(p ‖ m) + ½ KL(q ‖ m), m the mean of p and q. */
export function jensenShannon(p: Float64Array, q: Float64Array): number {
  const half = (x: number, mean: number): number => (x > 0 ? (x / 2) * Math.log(x / mean) : 0);
  return p.reduce((sum, x, i) => {
    const y = q[i] as number;
    return sum + half(x, (x + y) / 2) + half(y, (x + y) / 2);
  }, 0);
}
