import type { PixelImage } from '@munit/images';
import type { Mask } from '../render/silhouette.js';
import { type HueMode, hueModes } from '../types.js';
import { hueModeOf } from './hueMode.js';

/** How often each choice occurs, and how often none. */
export interface Histogram {
  /** How many images show each choice, by its index. */
  readonly counts: readonly number[];
  /** How many images show none clearly. */
  readonly undecided: number;
}

/** The hue modes of pictures, counted. `mask`: one silhouette for all of them (the input's), or each picture's own. */
export function hueHistogram(images: readonly PixelImage[], mask?: Mask): Histogram {
  return histogramOf(images.map((image) => hueModeOf(image, mask)));
}

/** Hue modes, counted; `undefined` for a picture without a clear one. */
export function histogramOf(modes: readonly (HueMode | undefined)[]): Histogram {
  const counts = new Array<number>(hueModes.length).fill(0);
  let undecided = 0;
  for (const mode of modes) {
    if (mode === undefined) undecided++;
    else counts[mode] = counts[mode]! + 1;
  }
  return { counts, undecided };
}

/**
 * Number of the 8 hue modes that occur at least once among the pictures (outputs of one input with different random styles).
 * Pictures without a clear mode cover nothing. n styles drawn from the true, uniform distribution cover
 * 8 (1 - (7/8)^n) modes on average, 7.45 of 20 styles and 8.00 of 100: that is a perfect model's expectation (`benchmarkExpectations`).
 */
export function modesCovered(images: readonly PixelImage[], mask?: Mask): number {
  return hueHistogram(images, mask).counts.filter((count) => count > 0).length;
}

function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

/** KL(p ‖ q) = Σ p ln(p / q) in nats; infinite where q is 0 and p is not. */
export function kullbackLeibler(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, share, i) => (share === 0 ? sum : sum + share * Math.log(share / (q[i] ?? 0))), 0);
}

/** Jensen–Shannon divergence in nats, 0 to ln 2. */
export function jensenShannon(p: readonly number[], q: readonly number[]): number {
  const middle = p.map((share, i) => (share + (q[i] ?? 0)) / 2);
  return (kullbackLeibler(p, middle) + kullbackLeibler(q, middle)) / 2;
}

/** How far observed hue modes are from the uniform distribution. */
export interface HueDivergence {
  /** KL(observed ‖ uniform), 0 (all modes alike) to ln 8 = 2.079 (one mode). `NaN` when no picture has a mode. */
  readonly kl: number;
  /** Jensen–Shannon divergence of the same two, 0 to ln 2. */
  readonly js: number;
  /** Share of pictures without a clear mode; the divergences leave them out. */
  readonly undecided: number;
}

/**
 * How far the pictures' hue modes are from the true, uniform distribution.
 * n pictures of a perfect model still show KL ≈ 7 / (2 n): compare like numbers of pictures.
 */
export function hueDivergence(images: readonly PixelImage[], mask?: Mask): HueDivergence {
  return divergenceOf(hueHistogram(images, mask));
}

/** As `hueDivergence`, of a histogram. */
export function divergenceOf({ counts, undecided }: Histogram): HueDivergence {
  const uniform = counts.map(() => 1 / counts.length);
  const decided = counts.reduce((sum, count) => sum + count, 0);
  const observed = shares(counts);
  return {
    kl: decided === 0 ? NaN : kullbackLeibler(observed, uniform),
    js: decided === 0 ? NaN : jensenShannon(observed, uniform),
    undecided: decided + undecided === 0 ? 0 : undecided / (decided + undecided),
  };
}
