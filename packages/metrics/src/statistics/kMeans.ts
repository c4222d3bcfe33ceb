/** Clusters by k-means. */
import { Rng } from '@munit/core';
import { canonicalOrder, type FeatureSet, rowOf, squaredDistance } from './features.js';

export interface Clusters {
  readonly centres: readonly Float64Array[];
  /** The centre of each vector. */
  readonly assignment: Uint32Array;
}

const mostRounds = 100;

/**
 * Lloyd's iterations from k-means++ centres (Arthur & Vassilvitskii 2007), until no vector changes its centre (at most 100 rounds).
 * Seeded, and independent of the vectors' order. A centre that loses its last vector takes the vector farthest from its own.
 */
export function kMeans(set: FeatureSet, clusters: number, seed: number): Clusters {
  const centres = firstCentres(set, clusters, new Rng(seed));
  const assignment = new Uint32Array(set.count).fill(clusters);
  for (let round = 0; round < mostRounds; round++) {
    const distances = new Float64Array(set.count);
    let moved = false;
    for (let i = 0; i < set.count; i++) {
      const { index, squared } = nearestCentre(centres, rowOf(set, i));
      distances[i] = squared;
      moved ||= assignment[i] !== index;
      assignment[i] = index;
    }
    if (!moved) break;
    moveCentres(set, centres, assignment, distances);
  }
  return { centres, assignment };
}

/** The centre nearest to a vector, the first of equally near ones. */
export function nearestCentre(centres: readonly Float64Array[], row: ArrayLike<number>): { readonly index: number; readonly squared: number } {
  let [index, squared] = [0, Infinity];
  centres.forEach((centre, i) => {
    const distance = squaredDistance(row, centre);
    if (distance < squared) [index, squared] = [i, distance];
  });
  return { index, squared };
}

/** The first centre at random, each next one with a chance proportional to its squared distance from those before. */
function firstCentres(set: FeatureSet, clusters: number, rng: Rng): Float64Array[] {
  const order = canonicalOrder(set);
  const centres = [Float64Array.from(rowOf(set, order[rng.integer(set.count)] as number))];
  const distances = new Float64Array(set.count).fill(Infinity);
  while (centres.length < clusters) {
    const newest = centres.at(-1) as Float64Array;
    let total = 0;
    for (const i of order) {
      distances[i] = Math.min(distances[i] as number, squaredDistance(rowOf(set, i), newest));
      total += distances[i] as number;
    }
    let rest = rng.uniform() * total;
    const chosen = order.find((i) => (rest -= distances[i] as number) < 0) ?? (order.at(-1) as number);
    centres.push(Float64Array.from(rowOf(set, chosen)));
  }
  return centres;
}

function moveCentres(set: FeatureSet, centres: Float64Array[], assignment: Uint32Array, distances: Float64Array): void {
  const counts = new Float64Array(centres.length);
  const sums = centres.map((centre) => new Float64Array(centre.length));
  for (let i = 0; i < set.count; i++) {
    const cluster = assignment[i] as number;
    counts[cluster]!++;
    const sum = sums[cluster] as Float64Array;
    rowOf(set, i).forEach((value, k) => (sum[k]! += value));
  }
  sums.forEach((sum, cluster) => {
    if ((counts[cluster] as number) > 0) centres[cluster] = sum.map((value) => value / (counts[cluster] as number));
    else {
      const farthest = distances.reduce((best, x, i) => (x > (distances[best] as number) ? i : best), 0);
      centres[cluster] = Float64Array.from(rowOf(set, farthest));
      distances[farthest] = 0;
    }
  });
}
