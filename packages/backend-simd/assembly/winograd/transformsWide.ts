/**
 * The transforms of transforms.ts for eight channels at a time: two vectors, 16 bytes apart, for a runtime that makes 256-bit code of
 * neighbouring 128-bit operations. It pairs stores of neighbours, and then whatever they were computed from: so each step is written for
 * both, loads come first, and stores last. Elsewhere these would spill; the results are those of transforms.ts, bit for bit.
 */
import {
  BY_A, BY_A2, BY_A2B2, BY_A3, BY_A4, BY_B, BY_B2, BY_B3, BY_B4, BY_MINUS_A2, BY_MINUS_A2_B2, BY_MINUS_AB2, BY_MINUS_B2, BY_MINUS_BA2, BY_N0, BY_NA,
  BY_NA_A, BY_NA_A2, BY_NA_A3, BY_NA_A4, BY_NB, BY_NB_B, BY_NB_B2, BY_NB_B3, BY_NB_B4, plus, times, WIDE_STEPS,
} from './transforms';

/** Bytes of a vector of eight channels, of a row of six such, and of a tile of six rows. */
export const WIDE_VECTOR: usize = 32;
export const WIDE_ROW: usize = WIDE_VECTOR * 6;
export const WIDE_TILE: usize = WIDE_ROW * 6;

/**
 * The first two as numbers that the compiler does not know: it would add those that it knows to the 16 bytes of an upper half, and not to
 * the lower half beside it, and neighbours with different bases are not paired.
 */
// @ts-ignore: decorator
@inline
export function vectorStep(): usize {
  return load<usize>(WIDE_STEPS);
}

// @ts-ignore: decorator
@inline
export function rowStep(): usize {
  return load<usize>(WIDE_STEPS, 4);
}

/** With `writeFactors`. */
export function writeSteps(): void {
  store<usize>(WIDE_STEPS, WIDE_VECTOR);
  store<usize>(WIDE_STEPS, WIDE_ROW, 4);
}

/** Bᵀ: 6 input cells, at the addresses d0 to d5, to 6 points. */
// @ts-ignore: decorator
@inline
export function inputPoints8(d0: usize, d1: usize, d2: usize, d3: usize, d4: usize, d5: usize, to: usize, toStep: usize): void {
  const p0 = v128.load(d0), q0 = v128.load(d0, 16), p1 = v128.load(d1), q1 = v128.load(d1, 16), p2 = v128.load(d2), q2 = v128.load(d2, 16);
  const p3 = v128.load(d3), q3 = v128.load(d3, 16), p4 = v128.load(d4), q4 = v128.load(d4, 16), p5 = v128.load(d5), q5 = v128.load(d5, 16);
  const e1 = plus(p2, BY_MINUS_B2, p4), f1 = plus(q2, BY_MINUS_B2, q4), o1 = times(plus(p1, BY_MINUS_B2, p3), BY_A), u1 = times(plus(q1, BY_MINUS_B2, q3), BY_A);
  const e2 = plus(p2, BY_MINUS_A2, p4), f2 = plus(q2, BY_MINUS_A2, q4), o2 = times(plus(p1, BY_MINUS_A2, p3), BY_B), u2 = times(plus(q1, BY_MINUS_A2, q3), BY_B);
  pair(to, plus(p0, BY_A2B2, plus(p2, BY_MINUS_A2_B2, p4)), plus(q0, BY_A2B2, plus(q2, BY_MINUS_A2_B2, q4)));
  pair(to + toStep, f32x4.add(e1, o1), f32x4.add(f1, u1));
  pair(to + toStep * 2, f32x4.sub(e1, o1), f32x4.sub(f1, u1));
  pair(to + toStep * 3, f32x4.add(e2, o2), f32x4.add(f2, u2));
  pair(to + toStep * 4, f32x4.sub(e2, o2), f32x4.sub(f2, u2));
  pair(to + toStep * 5, plus(p1, BY_A2B2, plus(p3, BY_MINUS_A2_B2, p5)), plus(q1, BY_A2B2, plus(q3, BY_MINUS_A2_B2, q5)));
}

/** B: gradients at 6 points to gradients of 6 input cells. */
// @ts-ignore: decorator
@inline
export function inputGrad8(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const p0 = v128.load(from), q0 = v128.load(from, 16), p1 = v128.load(from + fromStep), q1 = v128.load(from + fromStep, 16);
  const p2 = v128.load(from + fromStep * 2), q2 = v128.load(from + fromStep * 2, 16), p3 = v128.load(from + fromStep * 3), q3 = v128.load(from + fromStep * 3, 16);
  const p4 = v128.load(from + fromStep * 4), q4 = v128.load(from + fromStep * 4, 16), p5 = v128.load(from + fromStep * 5), q5 = v128.load(from + fromStep * 5, 16);
  const s1 = f32x4.add(p1, p2), t1 = f32x4.add(q1, q2), d1 = f32x4.sub(p1, p2), c1 = f32x4.sub(q1, q2);
  const s2 = f32x4.add(p3, p4), t2 = f32x4.add(q3, q4), d2 = f32x4.sub(p3, p4), c2 = f32x4.sub(q3, q4);
  pair(to, times(p0, BY_A2B2), times(q0, BY_A2B2));
  pair(to + toStep, plus(d1, BY_MINUS_AB2, plus(d2, BY_MINUS_BA2, times(p5, BY_A2B2))), plus(c1, BY_MINUS_AB2, plus(c2, BY_MINUS_BA2, times(q5, BY_A2B2))));
  pair(to + toStep * 2, plus(s1, BY_MINUS_B2, plus(s2, BY_MINUS_A2, times(p0, BY_MINUS_A2_B2))), plus(t1, BY_MINUS_B2, plus(t2, BY_MINUS_A2, times(q0, BY_MINUS_A2_B2))));
  pair(to + toStep * 3, plus(d1, BY_A, plus(d2, BY_B, times(p5, BY_MINUS_A2_B2))), plus(c1, BY_A, plus(c2, BY_B, times(q5, BY_MINUS_A2_B2))));
  pair(to + toStep * 4, f32x4.add(p0, f32x4.add(s1, s2)), f32x4.add(q0, f32x4.add(t1, t2)));
  pair(to + toStep * 5, p5, q5);
}

/** Aᵀ: 6 points to m output cells. */
// @ts-ignore: decorator
@inline
export function outputCells8(m: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const p0 = v128.load(from), q0 = v128.load(from, 16), p1 = v128.load(from + fromStep), q1 = v128.load(from + fromStep, 16);
  const p2 = v128.load(from + fromStep * 2), q2 = v128.load(from + fromStep * 2, 16), p3 = v128.load(from + fromStep * 3), q3 = v128.load(from + fromStep * 3, 16);
  const p4 = v128.load(from + fromStep * 4), q4 = v128.load(from + fromStep * 4, 16), p5 = v128.load(from + fromStep * 5), q5 = v128.load(from + fromStep * 5, 16);
  const s1 = f32x4.add(p1, p2), t1 = f32x4.add(q1, q2), d1 = f32x4.sub(p1, p2), c1 = f32x4.sub(q1, q2);
  const s2 = f32x4.add(p3, p4), t2 = f32x4.add(q3, q4), d2 = f32x4.sub(p3, p4), c2 = f32x4.sub(q3, q4);
  const y1 = plus(d1, BY_A, times(d2, BY_B)), z1 = plus(c1, BY_A, times(c2, BY_B));
  pair(to, f32x4.add(p0, f32x4.add(s1, s2)), f32x4.add(q0, f32x4.add(t1, t2)));
  if (m == 2) {
    pair(to + toStep, f32x4.add(y1, p5), f32x4.add(z1, q5));
    return;
  }
  const y3 = plus(d1, BY_A3, times(d2, BY_B3)), z3 = plus(c1, BY_A3, times(c2, BY_B3));
  pair(to + toStep, y1, z1);
  pair(to + toStep * 2, plus(s1, BY_A2, times(s2, BY_B2)), plus(t1, BY_A2, times(t2, BY_B2)));
  if (m == 4) {
    pair(to + toStep * 3, f32x4.add(y3, p5), f32x4.add(z3, q5));
  } else {
    pair(to + toStep * 3, y3, z3);
    pair(to + toStep * 4, plus(s1, BY_A4, plus(s2, BY_B4, p5)), plus(t1, BY_A4, plus(t2, BY_B4, q5)));
  }
}

/** A: gradients of m output cells to 6 points. */
// @ts-ignore: decorator
@inline
export function outputGrad8(m: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const p0 = v128.load(from), q0 = v128.load(from, 16), p1 = v128.load(from + fromStep), q1 = v128.load(from + fromStep, 16);
  let e1 = p0, f1 = q0, e2 = p0, f2 = q0, o1 = times(p1, BY_A), u1 = times(q1, BY_A), o2 = times(p1, BY_B), u2 = times(q1, BY_B), last = p1, end = q1;
  if (m > 2) {
    const p2 = v128.load(from + fromStep * 2), q2 = v128.load(from + fromStep * 2, 16), p3 = v128.load(from + fromStep * 3), q3 = v128.load(from + fromStep * 3, 16);
    e1 = plus(p2, BY_A2, p0);
    f1 = plus(q2, BY_A2, q0);
    e2 = plus(p2, BY_B2, p0);
    f2 = plus(q2, BY_B2, q0);
    o1 = plus(p1, BY_A, times(p3, BY_A3));
    u1 = plus(q1, BY_A, times(q3, BY_A3));
    o2 = plus(p1, BY_B, times(p3, BY_B3));
    u2 = plus(q1, BY_B, times(q3, BY_B3));
    last = p3;
    end = q3;
    if (m == 5) {
      last = v128.load(from + fromStep * 4);
      end = v128.load(from + fromStep * 4, 16);
      e1 = plus(last, BY_A4, e1);
      f1 = plus(end, BY_A4, f1);
      e2 = plus(last, BY_B4, e2);
      f2 = plus(end, BY_B4, f2);
    }
  }
  pair(to, p0, q0);
  pair(to + toStep, f32x4.add(e1, o1), f32x4.add(f1, u1));
  pair(to + toStep * 2, f32x4.sub(e1, o1), f32x4.sub(f1, u1));
  pair(to + toStep * 3, f32x4.add(e2, o2), f32x4.add(f2, u2));
  pair(to + toStep * 4, f32x4.sub(e2, o2), f32x4.sub(f2, u2));
  pair(to + toStep * 5, last, end);
}

/** G: r taps to 6 points. */
// @ts-ignore: decorator
@inline
export function filterPoints8(r: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const p0 = v128.load(from), q0 = v128.load(from, 16), p1 = v128.load(from + fromStep), q1 = v128.load(from + fromStep, 16);
  let e1 = times(p0, BY_NA), f1 = times(q0, BY_NA), e2 = times(p0, BY_NB), f2 = times(q0, BY_NB), last = p1, end = q1;
  let o1 = times(p1, BY_NA_A), u1 = times(q1, BY_NA_A), o2 = times(p1, BY_NB_B), u2 = times(q1, BY_NB_B);
  if (r > 2) {
    last = v128.load(from + fromStep * 2);
    end = v128.load(from + fromStep * 2, 16);
    e1 = plus(last, BY_NA_A2, e1);
    f1 = plus(end, BY_NA_A2, f1);
    e2 = plus(last, BY_NB_B2, e2);
    f2 = plus(end, BY_NB_B2, f2);
    if (r == 5) {
      const p3 = v128.load(from + fromStep * 3), q3 = v128.load(from + fromStep * 3, 16);
      last = v128.load(from + fromStep * 4);
      end = v128.load(from + fromStep * 4, 16);
      o1 = plus(p3, BY_NA_A3, o1);
      u1 = plus(q3, BY_NA_A3, u1);
      o2 = plus(p3, BY_NB_B3, o2);
      u2 = plus(q3, BY_NB_B3, u2);
      e1 = plus(last, BY_NA_A4, e1);
      f1 = plus(end, BY_NA_A4, f1);
      e2 = plus(last, BY_NB_B4, e2);
      f2 = plus(end, BY_NB_B4, f2);
    }
  }
  pair(to, times(p0, BY_N0), times(q0, BY_N0));
  pair(to + toStep, f32x4.add(e1, o1), f32x4.add(f1, u1));
  pair(to + toStep * 2, f32x4.sub(e1, o1), f32x4.sub(f1, u1));
  pair(to + toStep * 3, f32x4.add(e2, o2), f32x4.add(f2, u2));
  pair(to + toStep * 4, f32x4.sub(e2, o2), f32x4.sub(f2, u2));
  pair(to + toStep * 5, last, end);
}

/** Gᵀ: gradients at 6 points to gradients of r taps. */
// @ts-ignore: decorator
@inline
export function filterGradTaps8(r: i32, from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const p0 = v128.load(from), q0 = v128.load(from, 16), p1 = v128.load(from + fromStep), q1 = v128.load(from + fromStep, 16);
  const p2 = v128.load(from + fromStep * 2), q2 = v128.load(from + fromStep * 2, 16), p3 = v128.load(from + fromStep * 3), q3 = v128.load(from + fromStep * 3, 16);
  const p4 = v128.load(from + fromStep * 4), q4 = v128.load(from + fromStep * 4, 16), p5 = v128.load(from + fromStep * 5), q5 = v128.load(from + fromStep * 5, 16);
  const s1 = f32x4.add(p1, p2), t1 = f32x4.add(q1, q2), d1 = f32x4.sub(p1, p2), c1 = f32x4.sub(q1, q2);
  const s2 = f32x4.add(p3, p4), t2 = f32x4.add(q3, q4), d2 = f32x4.sub(p3, p4), c2 = f32x4.sub(q3, q4);
  const g1 = plus(d1, BY_NA_A, times(d2, BY_NB_B)), h1 = plus(c1, BY_NA_A, times(c2, BY_NB_B));
  pair(to, plus(p0, BY_N0, plus(s1, BY_NA, times(s2, BY_NB))), plus(q0, BY_N0, plus(t1, BY_NA, times(t2, BY_NB))));
  if (r == 2) {
    pair(to + toStep, f32x4.add(g1, p5), f32x4.add(h1, q5));
    return;
  }
  pair(to + toStep, g1, h1);
  if (r == 3) {
    pair(to + toStep * 2, plus(s1, BY_NA_A2, plus(s2, BY_NB_B2, p5)), plus(t1, BY_NA_A2, plus(t2, BY_NB_B2, q5)));
    return;
  }
  pair(to + toStep * 2, plus(s1, BY_NA_A2, times(s2, BY_NB_B2)), plus(t1, BY_NA_A2, times(t2, BY_NB_B2)));
  pair(to + toStep * 3, plus(d1, BY_NA_A3, times(d2, BY_NB_B3)), plus(c1, BY_NA_A3, times(c2, BY_NB_B3)));
  pair(to + toStep * 4, plus(s1, BY_NA_A4, plus(s2, BY_NB_B4, p5)), plus(t1, BY_NA_A4, plus(t2, BY_NB_B4, q5)));
}

// @ts-ignore: decorator
@inline
export function pair(to: usize, low: v128, high: v128): void {
  v128.store(to, low);
  v128.store(to, high, 16);
}
