/**
 * One-dimensional transforms of Winograd's minimal filtering for windows of 6 cells: F(4, 3), F(5, 2) and F(2, 5).
 * (Lavin and Gray, 'Fast algorithms for convolutional neural networks', CVPR 2016; points and scaling after Barabasz et al.,
 * 'Error analysis and improving the accuracy of Winograd convolution', 2020.)
 *
 * An m-cell output of an r-tap filter, m + r = 7, is interpolated from 6 products at the points 0, ±a, ±b, ∞:
 *   y = Aᵀ [ (G g) ⊙ (Bᵀ d) ]
 * and by transposition its gradients: dd = B [ (G g) ⊙ (A dy) ], dg = Gᵀ [ (Bᵀ d) ⊙ (A dy) ].
 * Bᵀ is the same for every (m, r). a = 3/4 and b = 3/2 make an error a fifth of that of the usual 1 and 2
 * (2e-6 of the largest value for 256 channels; direct sums: 5e-7).
 *
 * Each function reads vectors at `from + i * fromStep` and writes at `to + i * toStep`; two passes make two dimensions.
 */
import { FACTORS } from '../runtime/records';
import { fma } from '../runtime/vector';

const A: f32 = 0.75;
const B: f32 = 1.5;
const A2: f32 = A * A;
const B2: f32 = B * B;
const A2B2: f32 = A2 * B2;
const N0: f32 = 1 / A2B2;
const NA: f32 = 1 / (2 * A2 * (A2 - B2));
const NB: f32 = 1 / (2 * B2 * (B2 - A2));

/**
 * Addresses of the factors. V8 rebuilds a constant vector with three instructions at every use; one that lies in memory costs a single load.
 * `writeFactors` must have run.
 */
export const BY_A: usize = FACTORS;
export const BY_B: usize = FACTORS + 4;
export const BY_A2: usize = FACTORS + 8;
export const BY_B2: usize = FACTORS + 12;
export const BY_A3: usize = FACTORS + 16;
export const BY_B3: usize = FACTORS + 20;
export const BY_A4: usize = FACTORS + 24;
export const BY_B4: usize = FACTORS + 28;
export const BY_A2B2: usize = FACTORS + 32;
export const BY_MINUS_A2: usize = FACTORS + 36;
export const BY_MINUS_B2: usize = FACTORS + 40;
export const BY_MINUS_A2_B2: usize = FACTORS + 44;
export const BY_MINUS_AB2: usize = FACTORS + 48;
export const BY_MINUS_BA2: usize = FACTORS + 52;
export const BY_N0: usize = FACTORS + 56;
export const BY_NA: usize = FACTORS + 60;
export const BY_NB: usize = FACTORS + 64;
export const BY_NA_A: usize = FACTORS + 68;
export const BY_NB_B: usize = FACTORS + 72;
export const BY_NA_A2: usize = FACTORS + 76;
export const BY_NB_B2: usize = FACTORS + 80;
export const BY_NA_A3: usize = FACTORS + 84;
export const BY_NB_B3: usize = FACTORS + 88;
export const BY_NA_A4: usize = FACTORS + 92;
export const BY_NB_B4: usize = FACTORS + 96;
/** See transformsWide.ts. */
export const WIDE_STEPS: usize = FACTORS + 112;

/** Before any transform, by the thread that starts jobs. */
export function writeFactors(): void {
  store<f32>(BY_A, A);
  store<f32>(BY_B, B);
  store<f32>(BY_A2, A2);
  store<f32>(BY_B2, B2);
  store<f32>(BY_A3, A * A2);
  store<f32>(BY_B3, B * B2);
  store<f32>(BY_A4, A2 * A2);
  store<f32>(BY_B4, B2 * B2);
  store<f32>(BY_A2B2, A2B2);
  store<f32>(BY_MINUS_A2, -A2);
  store<f32>(BY_MINUS_B2, -B2);
  store<f32>(BY_MINUS_A2_B2, -(A2 + B2));
  store<f32>(BY_MINUS_AB2, -A * B2);
  store<f32>(BY_MINUS_BA2, -B * A2);
  store<f32>(BY_N0, N0);
  store<f32>(BY_NA, NA);
  store<f32>(BY_NB, NB);
  store<f32>(BY_NA_A, A * NA);
  store<f32>(BY_NB_B, B * NB);
  store<f32>(BY_NA_A2, A2 * NA);
  store<f32>(BY_NB_B2, B2 * NB);
  store<f32>(BY_NA_A3, A * A2 * NA);
  store<f32>(BY_NB_B3, B * B2 * NB);
  store<f32>(BY_NA_A4, A2 * A2 * NA);
  store<f32>(BY_NB_B4, B2 * B2 * NB);
}

/** Products in a tile: 6 × 6. */
export const POINTS: i32 = 36;

// @ts-ignore: decorator
@inline
export function times(v: v128, factor: usize): v128 {
  return f32x4.mul(v, v128.load32_splat(factor));
}

/** v * factor + w. */
// @ts-ignore: decorator
@inline
export function plus(v: v128, factor: usize, w: v128): v128 {
  return fma(v, v128.load32_splat(factor), w);
}

/** Bᵀ: 6 input cells to 6 points. */
// @ts-ignore: decorator
@inline
export function inputPoints(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, toStep: usize): void {
  const e1 = plus(d2, BY_MINUS_B2, d4), o1 = times(plus(d1, BY_MINUS_B2, d3), BY_A);
  const e2 = plus(d2, BY_MINUS_A2, d4), o2 = times(plus(d1, BY_MINUS_A2, d3), BY_B);
  v128.store(to, plus(d0, BY_A2B2, plus(d2, BY_MINUS_A2_B2, d4)));
  v128.store(to + toStep, f32x4.add(e1, o1));
  v128.store(to + toStep * 2, f32x4.sub(e1, o1));
  v128.store(to + toStep * 3, f32x4.add(e2, o2));
  v128.store(to + toStep * 4, f32x4.sub(e2, o2));
  v128.store(to + toStep * 5, plus(d1, BY_A2B2, plus(d3, BY_MINUS_A2_B2, d5)));
}

/** B: gradients at 6 points to gradients of 6 input cells. */
// @ts-ignore: decorator
@inline
export function inputGrad(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fromStep), r2 = v128.load(from + fromStep * 2);
  const r3 = v128.load(from + fromStep * 3), r4 = v128.load(from + fromStep * 4), r5 = v128.load(from + fromStep * 5);
  const s1 = f32x4.add(r1, r2), d1 = f32x4.sub(r1, r2), s2 = f32x4.add(r3, r4), d2 = f32x4.sub(r3, r4);
  v128.store(to, times(r0, BY_A2B2));
  v128.store(to + toStep, plus(d1, BY_MINUS_AB2, plus(d2, BY_MINUS_BA2, times(r5, BY_A2B2))));
  v128.store(to + toStep * 2, plus(s1, BY_MINUS_B2, plus(s2, BY_MINUS_A2, times(r0, BY_MINUS_A2_B2))));
  v128.store(to + toStep * 3, plus(d1, BY_A, plus(d2, BY_B, times(r5, BY_MINUS_A2_B2))));
  v128.store(to + toStep * 4, f32x4.add(r0, f32x4.add(s1, s2)));
  v128.store(to + toStep * 5, r5);
}

/** Aᵀ: 6 points to m output cells. */
// @ts-ignore: decorator
@inline
export function outputCells(m: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fromStep), r2 = v128.load(from + fromStep * 2);
  const r3 = v128.load(from + fromStep * 3), r4 = v128.load(from + fromStep * 4), r5 = v128.load(from + fromStep * 5);
  const s1 = f32x4.add(r1, r2), d1 = f32x4.sub(r1, r2), s2 = f32x4.add(r3, r4), d2 = f32x4.sub(r3, r4);
  v128.store(to, f32x4.add(r0, f32x4.add(s1, s2)));
  const y1 = plus(d1, BY_A, times(d2, BY_B));
  if (m == 2) {
    v128.store(to + toStep, f32x4.add(y1, r5));
    return;
  }
  v128.store(to + toStep, y1);
  v128.store(to + toStep * 2, plus(s1, BY_A2, times(s2, BY_B2)));
  const y3 = plus(d1, BY_A3, times(d2, BY_B3));
  if (m == 4) {
    v128.store(to + toStep * 3, f32x4.add(y3, r5));
  } else {
    v128.store(to + toStep * 3, y3);
    v128.store(to + toStep * 4, plus(s1, BY_A4, plus(s2, BY_B4, r5)));
  }
}

/** A: gradients of m output cells to 6 points. */
// @ts-ignore: decorator
@inline
export function outputGrad(m: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const y0 = v128.load(from), y1 = v128.load(from + fromStep);
  let e1 = y0, e2 = y0, o1 = times(y1, BY_A), o2 = times(y1, BY_B), last = y1;
  if (m > 2) {
    const y2 = v128.load(from + fromStep * 2), y3 = v128.load(from + fromStep * 3);
    e1 = plus(y2, BY_A2, y0);
    e2 = plus(y2, BY_B2, y0);
    o1 = plus(y1, BY_A, times(y3, BY_A3));
    o2 = plus(y1, BY_B, times(y3, BY_B3));
    last = y3;
    if (m == 5) {
      last = v128.load(from + fromStep * 4);
      e1 = plus(last, BY_A4, e1);
      e2 = plus(last, BY_B4, e2);
    }
  }
  v128.store(to, y0);
  v128.store(to + toStep, f32x4.add(e1, o1));
  v128.store(to + toStep * 2, f32x4.sub(e1, o1));
  v128.store(to + toStep * 3, f32x4.add(e2, o2));
  v128.store(to + toStep * 4, f32x4.sub(e2, o2));
  v128.store(to + toStep * 5, last);
}

/** G: r taps to 6 points. */
// @ts-ignore: decorator
@inline
export function filterPoints(r: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from), g1 = v128.load(from + fromStep);
  let e1 = times(g0, BY_NA), e2 = times(g0, BY_NB), last = g1;
  let o1 = times(g1, BY_NA_A), o2 = times(g1, BY_NB_B);
  if (r > 2) {
    last = v128.load(from + fromStep * 2);
    e1 = plus(last, BY_NA_A2, e1);
    e2 = plus(last, BY_NB_B2, e2);
    if (r == 5) {
      const g3 = v128.load(from + fromStep * 3);
      last = v128.load(from + fromStep * 4);
      o1 = plus(g3, BY_NA_A3, o1);
      o2 = plus(g3, BY_NB_B3, o2);
      e1 = plus(last, BY_NA_A4, e1);
      e2 = plus(last, BY_NB_B4, e2);
    }
  }
  v128.store(to, times(g0, BY_N0));
  v128.store(to + toStep, f32x4.add(e1, o1));
  v128.store(to + toStep * 2, f32x4.sub(e1, o1));
  v128.store(to + toStep * 3, f32x4.add(e2, o2));
  v128.store(to + toStep * 4, f32x4.sub(e2, o2));
  v128.store(to + toStep * 5, last);
}

/** Gᵀ: gradients at 6 points to gradients of r taps. */
// @ts-ignore: decorator
@inline
export function filterGradTaps(r: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fromStep), r2 = v128.load(from + fromStep * 2);
  const r3 = v128.load(from + fromStep * 3), r4 = v128.load(from + fromStep * 4), r5 = v128.load(from + fromStep * 5);
  const s1 = f32x4.add(r1, r2), d1 = f32x4.sub(r1, r2), s2 = f32x4.add(r3, r4), d2 = f32x4.sub(r3, r4);
  v128.store(to, plus(r0, BY_N0, plus(s1, BY_NA, times(s2, BY_NB))));
  const g1 = plus(d1, BY_NA_A, times(d2, BY_NB_B));
  if (r == 2) {
    v128.store(to + toStep, f32x4.add(g1, r5));
    return;
  }
  v128.store(to + toStep, g1);
  if (r == 3) {
    v128.store(to + toStep * 2, plus(s1, BY_NA_A2, plus(s2, BY_NB_B2, r5)));
    return;
  }
  v128.store(to + toStep * 2, plus(s1, BY_NA_A2, times(s2, BY_NB_B2)));
  v128.store(to + toStep * 3, plus(d1, BY_NA_A3, times(d2, BY_NB_B3)));
  v128.store(to + toStep * 4, plus(s1, BY_NA_A4, plus(s2, BY_NB_B4, r5)));
}
