/** How far translations are from real images of the target domain, and real images from each other. */
import { checkOptions, Rng } from '@munit/core';
import { assignBins, compareBins, countsOf } from '../statistics/bins.js';
import { canonicalOrder, checkCount, checkSameDimension, type FeatureSet, rowOf, selectRows, squaredDistance } from '../statistics/features.js';
import { frechetDistance, frechetWarnings } from '../statistics/frechet.js';
import { frechetOfGroups, type Groups, groupsOf, kernelOfGroups, twoSetInterval } from '../statistics/groups.js';
import { kernelDistance } from '../statistics/kernel.js';
import { FeatureMoments } from '../statistics/moments.js';
import { neighbourMetrics, type Share } from '../statistics/neighbours.js';
import type { Figure } from './figure.js';

/** What `qualityFigures` compares. */
export interface QualityProtocol {
  /** Whose features they are: the end of names such as `fid-alexnet`. */
  readonly network: string;
  /** Translations of each input, which stand one after another. Default 1. */
  readonly each?: number | undefined;
  /** Of draws and intervals. Default 0. */
  readonly seed?: number | undefined;
  /** Resampled sets of each interval of a distance. Default 100; 0 for no intervals (a Fréchet distance of 2,048 features takes minutes each). */
  readonly resamples?: number | undefined;
  /** Neighbours of precision and recall. Default 3. */
  readonly k?: number | undefined;
}

/** What `qualityFigures` finds. */
export interface QualityResult {
  /** FID, KID, precision, recall, density, coverage, NDB, JSD. */
  readonly figures: readonly Figure[];
  /** The real image nearest to each translation, by place. */
  readonly nearest: Uint32Array;
  /** And how far it is. */
  readonly distances: Float64Array;
  /** From each real image to the nearest other one: what `distances` is read against. */
  readonly realDistances: Float64Array;
  /** Shares of the clusters of real images, the largest first; absent for fewer than 20 real images. */
  readonly bins?: { readonly real: Float64Array; readonly fake: Float64Array } | undefined;
}

/**
 * The distances of two sets of features, with real against real as a floor: the same distance between two halves of the real images.
 * @throws ShapeError when the dimensions differ
 * @throws ArgumentError for a set of fewer than 4 images
 */
export function qualityFigures(real: FeatureSet, fake: FeatureSet, options: QualityProtocol): QualityResult {
  checkOptions('qualityFigures', options, { network: true, each: true, seed: true, resamples: true, k: true });
  const { each = 1, k = 3 } = options;
  checkSameDimension('quality', real, fake);
  checkCount('quality', 'real', real, k + 1);
  checkCount('quality', 'translated', fake, k + 1);
  const groups = { real: groupsOf(real), fake: groupsOf(fake, each) };
  const { nearest, distances } = nearestReal(real, fake);
  const binned = binFigures(real, fake, groups, options);
  return {
    figures: [...distanceFigures(real, fake, groups, options), ...neighbourFigures(real, fake, options), ...(binned?.figures ?? [])],
    nearest,
    distances,
    realDistances: nearestOther(real),
    bins: binned?.shares,
  };
}

interface BothGroups {
  readonly real: Groups;
  readonly fake: Groups;
}

function distanceFigures(real: FeatureSet, fake: FeatureSet, groups: BothGroups, { network, seed = 0, resamples = 100 }: QualityProtocol): Figure[] {
  const [ofReal, ofFake] = [FeatureMoments.of(real), FeatureMoments.of(fake)];
  const fid = frechetDistance(ofReal, ofFake);
  const { value: kid } = kernelDistance(real, fake, { subsets: 1, seed });
  const options = { seed, resamples: Math.max(2, resamples) };
  const [first, second] = halves(real, seed);
  const floor = first.count < 2 ? undefined : { fid: frechetDistance(FeatureMoments.of(first), FeatureMoments.of(second)), kid: kernelDistance(first, second, { subsets: 1, seed }).value };
  const beside = (value: number | undefined): Record<string, number> => (value === undefined ? {} : { [`real against real, ${first.count} each`]: value });
  const kidInterval = resamples === 0 ? undefined : twoSetInterval(kernelOfGroups(real, groups.real, fake, groups.fake), undefined, options);
  return [
    {
      name: `fid-${network}`,
      meaning: `Fréchet distance to ${real.count} real images`,
      better: 'lower',
      value: fid,
      interval: resamples === 0 ? undefined : twoSetInterval(frechetOfGroups(real, groups.real, fake, groups.fake), fid, options),
      count: fake.count,
      beside: beside(floor?.fid),
      warnings: frechetWarnings(ofReal, ofFake),
    },
    {
      name: `kid-${network}`,
      meaning: `unbiased kernel distance to ${real.count} real images`,
      better: 'lower',
      value: kid,
      interval: kidInterval,
      count: fake.count,
      beside: beside(floor?.kid),
      warnings: kidInterval !== undefined && kidInterval.low < 0 && kidInterval.high > 0 ? ['The interval holds 0: this many images do not distinguish the sets.'] : [],
    },
  ];
}

/** Two random halves of a set, the same whatever its order. */
function halves(set: FeatureSet, seed: number): [FeatureSet, FeatureSet] {
  const order = canonicalOrder(set);
  const places = new Rng(seed).permutation(set.count).map((place) => order[place] as number);
  const half = Math.floor(set.count / 2);
  return [selectRows(set, places.slice(0, half)), selectRows(set, places.slice(half, 2 * half))];
}

/** As many images of both sets, since the figures depend on the counts; in an order that depends on nothing but the images, for the intervals. */
function equalCounts(real: FeatureSet, fake: FeatureSet, seed: number): [FeatureSet, FeatureSet] {
  const count = Math.min(real.count, fake.count);
  const drawn = (set: FeatureSet): FeatureSet => {
    const order = canonicalOrder(set);
    if (set.count === count) return selectRows(set, order);
    return selectRows(set, new Rng(seed).permutation(set.count).slice(0, count).map((place) => order[place] as number));
  };
  return [drawn(real), drawn(fake)];
}

const neighbourMeanings = {
  precision: 'translations that lie among real images',
  recall: 'real images that lie among translations',
  density: 'real neighbourhoods that hold a translation, per neighbour',
  coverage: 'real images with a translation in their neighbourhood',
} as const;

function neighbourFigures(all: FeatureSet, allFakes: FeatureSet, { network, seed = 0, k = 3 }: QualityProtocol): Figure[] {
  const [real, fake] = equalCounts(all, allFakes, seed);
  const found = neighbourMetrics(real, fake, { k, seed });
  const warnings = real.count < 1000 ? [`Of ${real.count} images of each set: below 1,000, compare only with figures of as many.`] : [];
  return (Object.keys(neighbourMeanings) as (keyof typeof neighbourMeanings)[]).map((name) => {
    const { value, interval }: Share = found[name];
    return { name: `${name}-${network}`, meaning: `${neighbourMeanings[name]} (k = ${k})`, better: 'higher', value, interval, count: fake.count, beside: {}, warnings };
  });
}

interface BinFigures {
  readonly figures: Figure[];
  readonly shares: { readonly real: Float64Array; readonly fake: Float64Array };
}

function binFigures(real: FeatureSet, fake: FeatureSet, groups: BothGroups, { network, seed = 0, resamples = 100 }: QualityProtocol): BinFigures | undefined {
  const bins = Math.min(100, Math.floor(real.count / 10));
  if (bins < 2) return undefined;
  const { assigned, significance } = assignBins(real, fake, { bins, seed });
  const perGroup = (assignment: ArrayLike<number>, of: Groups): Float64Array[] => of.map((places) => countsOf(places.map((place) => assignment[place] as number), bins));
  const [realParts, fakeParts] = [perGroup(assigned.real, groups.real), perGroup(assigned.fake, groups.fake)];
  const sum = (parts: readonly Float64Array[], times: ArrayLike<number>): Float64Array =>
    parts.reduce((total, part, g) => total.map((value, bin) => value + (times[g] as number) * (part[bin] as number)), new Float64Array(bins));
  const compared = compareBins(countsOf(assigned.real, bins), countsOf(assigned.fake, bins), significance);
  const interval = (value: number, of: (found: typeof compared) => number) =>
    resamples === 0
      ? undefined
      : twoSetInterval(
          { first: realParts.length, second: fakeParts.length, figure: (times, others) => of(compareBins(sum(realParts, times), sum(fakeParts, others), significance)) },
          value,
          { seed, resamples: Math.max(2, resamples) },
        );
  const warnings = real.count < 1000 ? [`${real.count} real images make ${bins} clusters of about 10: rough.`] : [];
  return {
    figures: [
      { name: `ndb-${network}`, meaning: `share of ${bins} clusters of real images whose size differs among translations`, better: 'lower', value: compared.share, interval: interval(compared.share, ({ share }) => share), count: fake.count, beside: { 'equal distributions': significance }, warnings },
      { name: `jsd-${network}`, meaning: `divergence of the sizes of ${bins} clusters, nats`, better: 'lower', value: compared.jsd, interval: interval(compared.jsd, ({ jsd }) => jsd), count: fake.count, beside: { 'most possible': Math.LN2 }, warnings },
    ],
    shares: { real: compared.realShares, fake: compared.fakeShares },
  };
}

function nearestReal(real: FeatureSet, fake: FeatureSet): { readonly nearest: Uint32Array; readonly distances: Float64Array } {
  const nearest = new Uint32Array(fake.count);
  const distances = new Float64Array(fake.count).fill(Infinity);
  for (let f = 0; f < fake.count; f++) {
    const row = rowOf(fake, f);
    for (let r = 0; r < real.count; r++) {
      const distance = squaredDistance(row, rowOf(real, r));
      if (distance < (distances[f] as number)) [distances[f], nearest[f]] = [distance, r];
    }
  }
  return { nearest, distances: distances.map(Math.sqrt) };
}

function nearestOther(set: FeatureSet): Float64Array {
  const least = new Float64Array(set.count).fill(Infinity);
  for (let i = 1; i < set.count; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(rowOf(set, i), rowOf(set, j));
      least[i] = Math.min(least[i] as number, distance);
      least[j] = Math.min(least[j] as number, distance);
    }
  }
  return least.map(Math.sqrt);
}
