import type { PixelImage } from '@munit/images';
import type { Mask } from '../render/silhouette.js';
import { hueModes } from '../types.js';
import { hueModeOf } from './hueMode.js';
import { lightOf, textureOf } from './textureAndLight.js';

/** How often each choice occurs, and how often none. */
export interface Histogram {
  /** How many images show each choice, by its index. */
  readonly counts: readonly number[];
  /** How many images show none clearly. */
  readonly undecided: number;
}

/** The hue modes of pictures, counted. `mask`: one silhouette for all of them (the input's), or each picture's own. */
export function hueHistogram(images: readonly PixelImage[], mask?: Mask): Histogram {
  const counts = new Array<number>(hueModes.length).fill(0);
  let undecided = 0;
  for (const image of images) {
    const mode = hueModeOf(image, mask);
    if (mode === undefined) undecided++;
    else counts[mode] = counts[mode]! + 1;
  }
  return { counts, undecided };
}

/**
 * Number of the 8 hue modes that occur at least once among the pictures (outputs of one input with different random styles).
 * Pictures without a clear mode cover nothing. 20 styles drawn from the true, uniform distribution cover
 * 8 (1 - (7/8)^20) = 7.45 modes on average: that, not 8, is a perfect model's expectation.
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
  const { counts, undecided } = hueHistogram(images, mask);
  const uniform = counts.map(() => 1 / counts.length);
  const decided = images.length - undecided;
  const observed = shares(counts);
  return {
    kl: decided === 0 ? NaN : kullbackLeibler(observed, uniform),
    js: decided === 0 ? NaN : jensenShannon(observed, uniform),
    undecided: images.length === 0 ? 0 : undecided / images.length,
  };
}

/** Number of the 4 textures that occur among the pictures. */
export function texturesCovered(images: readonly PixelImage[], mask?: Mask): number {
  return new Set(images.map((image) => textureOf(image, mask)).filter((texture) => texture !== undefined)).size;
}

/** Number of the 4 directions of light that occur among the pictures. */
export function lightsCovered(images: readonly PixelImage[], mask?: Mask): number {
  return new Set(images.map((image) => lightOf(image, mask)).filter((light) => light !== undefined)).size;
}
