/**
 * One-dimensional transforms of Winograd's minimal filtering for windows of 6 cells: F(4, 3) and F(5, 2).
 * (Lavin and Gray, 'Fast algorithms for convolutional neural networks', CVPR 2016; points and scaling after Barabasz et al.,
 * 'Error analysis and improving the accuracy of Winograd convolution', 2020.)
 *
 * An m-cell output of an r-tap filter, m + r = 7, is interpolated from 6 products at the points 0, ±a, ±b, ∞:
 *   y = Aᵀ [ (G g) ⊙ (Bᵀ d) ]
 * and by transposition its gradients: dd = B [ (G g) ⊙ (A dy) ], dg = Gᵀ [ (Bᵀ d) ⊙ (A dy) ].
 * Bᵀ is the same for both (m, r). a = 3/4 and b = 3/2 make an error a fifth of that of the usual 1 and 2
 * (2e-6 of the largest value for 256 channels; direct sums: 5e-7).
 *
 * Each function reads vectors at `from + i * fromStep` and writes at `to + i * toStep`; two passes make two dimensions.
 */
import { fma } from '../runtime/vector';

const A: f32 = 0.75;
const B: f32 = 1.5;
const A2: f32 = A * A;
const B2: f32 = B * B;
const A2B2: f32 = A2 * B2;
const N0: f32 = 1 / A2B2;
const NA: f32 = 1 / (2 * A2 * (A2 - B2));
const NB: f32 = 1 / (2 * B2 * (B2 - A2));

/** Products in a tile: 6 × 6. */
export const POINTS: i32 = 36;

// @ts-ignore: decorator
@inline
function times(v: v128, s: f32): v128 {
  return f32x4.mul(v, f32x4.splat(s));
}

/** v * s + w. */
// @ts-ignore: decorator
@inline
function plus(v: v128, s: f32, w: v128): v128 {
  return fma(v, f32x4.splat(s), w);
}

/** Bᵀ: 6 input cells to 6 points. */
// @ts-ignore: decorator
@inline
export function inputPoints(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, toStep: usize): void {
  const e1 = plus(d2, -B2, d4), o1 = times(plus(d1, -B2, d3), A);
  const e2 = plus(d2, -A2, d4), o2 = times(plus(d1, -A2, d3), B);
  v128.store(to, plus(d0, A2B2, plus(d2, -(A2 + B2), d4)));
  v128.store(to + toStep, f32x4.add(e1, o1));
  v128.store(to + toStep * 2, f32x4.sub(e1, o1));
  v128.store(to + toStep * 3, f32x4.add(e2, o2));
  v128.store(to + toStep * 4, f32x4.sub(e2, o2));
  v128.store(to + toStep * 5, plus(d1, A2B2, plus(d3, -(A2 + B2), d5)));
}

/** B: gradients at 6 points to gradients of 6 input cells. */
// @ts-ignore: decorator
@inline
export function inputGrad(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const r0 = v128.load(from), r1 = v128.load(from + fromStep), r2 = v128.load(from + fromStep * 2);
  const r3 = v128.load(from + fromStep * 3), r4 = v128.load(from + fromStep * 4), r5 = v128.load(from + fromStep * 5);
  const s1 = f32x4.add(r1, r2), d1 = f32x4.sub(r1, r2), s2 = f32x4.add(r3, r4), d2 = f32x4.sub(r3, r4);
  v128.store(to, times(r0, A2B2));
  v128.store(to + toStep, plus(d1, -A * B2, plus(d2, -B * A2, times(r5, A2B2))));
  v128.store(to + toStep * 2, plus(s1, -B2, plus(s2, -A2, times(r0, -(A2 + B2)))));
  v128.store(to + toStep * 3, plus(d1, A, plus(d2, B, times(r5, -(A2 + B2)))));
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
  v128.store(to + toStep, plus(d1, A, times(d2, B)));
  v128.store(to + toStep * 2, plus(s1, A2, times(s2, B2)));
  const y3 = plus(d1, A * A2, times(d2, B * B2));
  if (m == 4) {
    v128.store(to + toStep * 3, f32x4.add(y3, r5));
  } else {
    v128.store(to + toStep * 3, y3);
    v128.store(to + toStep * 4, plus(s1, A2 * A2, plus(s2, B2 * B2, r5)));
  }
}

/** A: gradients of m output cells to 6 points. */
// @ts-ignore: decorator
@inline
export function outputGrad(m: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const y0 = v128.load(from), y1 = v128.load(from + fromStep), y2 = v128.load(from + fromStep * 2), y3 = v128.load(from + fromStep * 3);
  let e1 = plus(y2, A2, y0), e2 = plus(y2, B2, y0), last = y3;
  if (m == 5) {
    last = v128.load(from + fromStep * 4);
    e1 = plus(last, A2 * A2, e1);
    e2 = plus(last, B2 * B2, e2);
  }
  const o1 = plus(y1, A, times(y3, A * A2)), o2 = plus(y1, B, times(y3, B * B2));
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
  let e1 = times(g0, NA), e2 = times(g0, NB), last = g1;
  if (r == 3) {
    last = v128.load(from + fromStep * 2);
    e1 = plus(last, A2 * NA, e1);
    e2 = plus(last, B2 * NB, e2);
  }
  const o1 = times(g1, A * NA), o2 = times(g1, B * NB);
  v128.store(to, times(g0, N0));
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
  v128.store(to, plus(r0, N0, plus(s1, NA, times(s2, NB))));
  const g1 = plus(d1, A * NA, times(d2, B * NB));
  if (r == 2) {
    v128.store(to + toStep, f32x4.add(g1, r5));
  } else {
    v128.store(to + toStep, g1);
    v128.store(to + toStep * 2, plus(s1, A2 * NA, plus(s2, B2 * NB, r5)));
  }
}
