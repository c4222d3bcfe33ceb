/** Filters of the small convolution: where its taps lie, and their transform into panels of B. */
import { parallel } from '../runtime/pool';
import { FILTER_POINTS, record, TAPS } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { transpose4x4 } from '../runtime/vector';
import { NR, roundUp } from '../conv/gemm';
import { STRIDE_2_4X4, UP_2_5X5 } from './kinds';
import { filterPoints, POINTS } from './transforms';
import { filterPoints8, rowStep, vectorStep, WIDE_TILE, WIDE_VECTOR } from './transformsWide';
import { byEight, halfwayBuffer, pointBytes, pointsBuffer, ROW, TILE, Tiling, VECTOR } from './tiling';

/** Bytes of a row of up to five taps, while they are being transformed. */
export const TAP_ROW: usize = VECTOR * 5;

/** Tap of the small filter, in the output phase's rows (or columns), that reads what tap `u` of 5 reads. */
// @ts-ignore: decorator
@inline
export function foldedTap(phase: i32, u: i32): i32 {
  return (u + phase) >> 1;
}

/** Where the taps are: base + offset of (output phase, input phase, u, v), each tap a matrix [C, O]. */
@unmanaged
export class Taps {
  base: usize;
  /** Byte offsets, [outPhases][inPhases][r][r]. */
  offsets: usize;
  /** The filter [kh, kw, C, O] that the taps are of, and the numbers in a matrix. */
  filter: usize;
  size: i32;
}

/** Lists the taps of `filter` [kh, kw, C, O]; folds them into a new one for the up-sampled kind. */
export function tapsOf(t: Tiling, filter: usize, fold: bool): Taps {
  const r = t.r, size = t.c * t.o, matrix = size * 4;
  const taps = record<Taps>(TAPS);
  taps.offsets = scratch(<usize>(t.outPhases * t.inPhases * r * r) << 2);
  taps.base = filter;
  taps.filter = filter;
  taps.size = size;
  if (t.kind == UP_2_5X5) {
    taps.base = scratch(<usize>(36 * matrix));
    for (let i = 0; i < 36; i++) store<i32>(taps.offsets + (<usize>i << 2), i * matrix);
    if (fold) parallel(foldTask.index, 36);
    return taps;
  }
  for (let phase = 0; phase < t.inPhases; phase++) {
    for (let u = 0; u < r; u++) {
      for (let v = 0; v < r; v++) {
        const tap = t.kind == STRIDE_2_4X4 ? (2 * u + (phase >> 1)) * 4 + 2 * v + (phase & 1) : u * r + v;
        store<i32>(taps.offsets + (<usize>((phase * r + u) * r + v) << 2), tap * matrix);
      }
    }
  }
  return taps;
}

/** Tap (u, v) of output phase (a, b): the sum of the 5×5 taps that read the same cell of the small image. */
function foldTask(task: i32): void {
  const taps = record<Taps>(TAPS), phase = task / 9, u = (task % 9) / 3, v = task % 3, bytes = <usize>taps.size << 2;
  const to = taps.base + <usize>task * bytes;
  memory.fill(to, 0, bytes);
  for (let p = 0; p < 5; p++) {
    for (let q = 0; q < 5; q++) {
      if (foldedTap(phase >> 1, p) != u || foldedTap(phase & 1, q) != v) continue;
      const from = taps.filter + <usize>(p * 5 + q) * bytes;
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
    }
  }
}

/** The filter's gradient [5, 5, C, O] from those of the folded taps: each 5×5 tap is part of one tap of every phase. */
export function unfoldGrads(): void {
  parallel(unfoldTask.index, 25);
}

function unfoldTask(task: i32): void {
  const taps = record<Taps>(TAPS), p = task / 5, q = task % 5, bytes = <usize>taps.size << 2;
  const to = taps.filter + <usize>task * bytes;
  memory.fill(to, 0, bytes);
  for (let phase = 0; phase < 4; phase++) {
    const tap = phase * 9 + foldedTap(phase >> 1, p) * 3 + foldedTap(phase & 1, q);
    const from = taps.base + <usize>tap * bytes;
    for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  }
}

/** Bytes of one of the 36 matrices. */
export function filterPointBytes(cIn: i32, cOut: i32, transposed: bool): usize {
  return transposed ? pointBytes(roundUp(cIn, NR), cOut) : pointBytes(roundUp(cOut, NR), cIn);
}

@unmanaged
class FilterPoints {
  tiling: Tiling;
  taps: Taps;
  out: usize;
  /** Bytes of the matrix of one point. */
  pointBytes: usize;
}

/**
 * G g Gᵀ of every pair of channels, as 36 packed matrices: panels over output channels [cOut / 8][cIn][8], or,
 * transposed, over input channels [cIn / 8][cOut][8]; `out` holds 36 * filterPointBytes.
 */
export function transformFilter(t: Tiling, taps: Taps, transposed: bool, out: usize): void {
  const job = record<FilterPoints>(FILTER_POINTS);
  job.tiling = t;
  job.taps = taps;
  job.out = out;
  job.pointBytes = filterPointBytes(t.cIn, t.cOut, transposed);
  if (transposed) parallel(transposedTask.index, (t.cIn + NR - 1) / NR);
  else parallel(panelTask.index, ((t.cOut + NR - 1) / NR) * ((t.cIn + 31) / 32));
}

/** The offsets of the taps of a pair of phases: those of the channels c and o. */
// @ts-ignore: decorator
@inline
function offsetsOf(t: Tiling, taps: Taps, c: i32, o: i32): usize {
  return taps.offsets + (<usize>(((o / t.o) * t.inPhases + c / t.c) * t.r * t.r) << 2);
}

/** 36 vectors for channels c and o..o+4, `toStep` bytes apart. `halfway` holds a tile. */
// @ts-ignore: decorator
@inline
function transformTaps(t: Tiling, taps: Taps, c: i32, o: i32, halfway: usize, to: usize, toStep: usize): void {
  const r = t.r, offsets = offsetsOf(t, taps, c, o), first = load<i32>(offsets);
  // The taps of a column, and of a row, are equally far apart in every kind.
  const down = <usize>(load<i32>(offsets + (<usize>r << 2)) - first), right = <usize>(load<i32>(offsets, 4) - first);
  const from = taps.base + <usize>first + (<usize>((c % t.c) * t.o + (o % t.o)) << 2);
  for (let v: usize = 0; v < <usize>r; v++) filterPoints(r, from + right * v, down, halfway + VECTOR * v, ROW);
  for (let i: usize = 0; i < 6; i++) filterPoints(r, halfway + ROW * i, VECTOR, to + toStep * (6 * i), toStep);
}

/** The same for o..o+8, where the runtime computes on 256 bits. */
function transformTaps8(t: Tiling, taps: Taps, c: i32, o: i32, halfway: usize, to: usize, toStep: usize): void {
  const r = t.r, offsets = offsetsOf(t, taps, c, o), first = load<i32>(offsets), vector = vectorStep(), line = rowStep();
  const down = <usize>(load<i32>(offsets + (<usize>r << 2)) - first), right = <usize>(load<i32>(offsets, 4) - first);
  const from = taps.base + <usize>first + (<usize>((c % t.c) * t.o + (o % t.o)) << 2);
  for (let v: usize = 0; v < <usize>r; v++) filterPoints8(r, from + right * v, down, halfway + vector * v, line);
  for (let i: usize = 0; i < 6; i++) filterPoints8(r, halfway + line * i, vector, to + toStep * (6 * i), toStep);
}

/** A panel of 8 output channels, 32 input channels of it. */
function panelTask(task: i32): void {
  const job = record<FilterPoints>(FILTER_POINTS), t = job.tiling, taps = job.taps, bytes = job.pointBytes, groups = (t.cIn + 31) / 32;
  const o = (task / groups) * NR, c0 = (task % groups) * 32, c1 = min(t.cIn, c0 + 32);
  const halfway = halfwayBuffer(t);
  let to = job.out + (<usize>(o * t.cIn + c0 * NR) << 2);
  if (byEight(t.o)) {
    for (let c = c0; c < c1; c++) {
      transformTaps8(t, taps, c, o, halfway, to, bytes);
      to += 32;
    }
    return;
  }
  for (let c = c0; c < c1; c++) {
    for (let half = 0; half < 2; half++) {
      const at = to + (<usize>half << 4);
      if (o + half * 4 < t.cOut) {
        transformTaps(t, taps, c, o + half * 4, halfway, at, bytes);
      } else {
        for (let i: usize = 0; i < <usize>POINTS; i++) v128.store(at + i * bytes, f32x4.splat(0));
      }
    }
    to += 32;
  }
}

/** A panel of 8 input channels: blocks of 8 × 4 channels are transposed on the way out. */
function transposedTask(task: i32): void {
  const job = record<FilterPoints>(FILTER_POINTS), t = job.tiling, taps = job.taps, bytes = job.pointBytes, c = task * NR;
  const points = pointsBuffer(t), halfway = halfwayBuffer(t);
  let to = job.out + (<usize>(c * t.cOut) << 2);
  if (byEight(t.o)) {
    const vector = vectorStep();
    for (let o = 0; o < t.cOut; o += 8) {
      for (let k = 0; k < NR; k++) {
        const at = points + WIDE_TILE * k;
        if (c + k < t.cIn) transformTaps8(t, taps, c + k, o, halfway, at, vector);
        else memory.fill(at, 0, WIDE_TILE);
      }
      for (let i: usize = 0; i < <usize>POINTS; i++) {
        for (let half: usize = 0; half < 2; half++) {
          const from = points + WIDE_VECTOR * i + (half << 4), at = to + i * bytes + (half << 7);
          transpose4x4(from, WIDE_TILE, at, 32);
          transpose4x4(from + WIDE_TILE * 4, WIDE_TILE, at + 16, 32);
        }
      }
      to += 256;
    }
    return;
  }
  for (let o = 0; o < t.cOut; o += 4) {
    for (let k = 0; k < NR; k++) {
      const at = points + TILE * k;
      if (c + k < t.cIn) transformTaps(t, taps, c + k, o, halfway, at, VECTOR);
      else memory.fill(at, 0, TILE);
    }
    for (let i: usize = 0; i < <usize>POINTS; i++) {
      transpose4x4(points + VECTOR * i, TILE, to + i * bytes, 32);
      transpose4x4(points + TILE * 4 + VECTOR * i, TILE, to + i * bytes + 16, 32);
    }
    to += 128;
  }
}
