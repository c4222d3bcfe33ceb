/** LPIPS over the pairs of a set: diversity. */
import { ArgumentError, checkOptions, Rng } from '@munit/core';
import type { Lpips } from './lpips.js';
import type { LpipsFeatures } from './features.js';

/** A pair of a set, by place, and its distance. */
export interface PairDistance {
  /** Place of the first image. */
  readonly first: number;
  /** Place of the second, above `first`. */
  readonly second: number;
  /** LPIPS. */
  readonly total: number;
}

/** Which pairs are measured. */
export interface PairOptions {
  /** How many different pairs to draw; default all n (n − 1) / 2. The paper draws 19 for each of 100 inputs, StarGAN v2 takes all 45 of 10. */
  readonly pairs?: number | undefined;
  /** Of the draw. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * The distances of pairs of images of a set, in the order of places. Each image's features are taken once.
 * @throws ArgumentError for fewer than 2 images, or more pairs than there are
 */
export function pairDistances(lpips: Lpips, images: readonly LpipsFeatures[], options: PairOptions = {}): PairDistance[] {
  checkOptions('pairDistances', options, { pairs: true, seed: true });
  const { pairs, seed = 0 } = options;
  const all = images.flatMap((_, first) => images.slice(first + 1).map((_, k) => ({ first, second: first + 1 + k })));
  if (all.length === 0) throw new ArgumentError(`Diversity needs at least 2 images of a set, but it has ${images.length}.`, { remedy: 'Draw more styles for each input.' });
  const wanted = pairs ?? all.length;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > all.length) {
    throw new ArgumentError(`${images.length} images have ${all.length} pairs, but ${wanted} were asked for.`, { remedy: 'Ask for fewer pairs, or give more images.' });
  }
  const chosen = wanted === all.length ? all : new Rng(seed).permutation(all.length).slice(0, wanted).sort((a, b) => a - b).map((place) => all[place] as (typeof all)[number]);
  return chosen.map(({ first, second }) => ({ first, second, total: lpips.distance(images[first] as LpipsFeatures, images[second] as LpipsFeatures).total }));
}
