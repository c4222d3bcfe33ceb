/** Filters of the small convolution: where its taps lie, and their transform into panels of B. */
import { arg, parallel, setArg } from "../runtime/pool";
import { scratch } from "../runtime/scratch";
import { transpose4x4 } from "../runtime/vector";
import { NR, roundUp } from "../conv/gemm";
import { filterPoints, POINTS } from "./transforms";
import { pointBytes, STRIDE_2_4X4, threadBuffer, Tiling, UP_2_5X5 } from "./tiling";

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
}

/** Lists the taps of `filter` [kh, kw, C, O]; folds them into a new one for the up-sampled kind. */
export function tapsOf(t: Tiling, filter: usize, fold: bool): Taps {
  const r = t.r, matrix = t.c * t.o * 4;
  const taps = changetype<Taps>(scratch(16));
  taps.offsets = scratch(<usize>(t.outPhases * t.inPhases * r * r) << 2);
  taps.base = filter;
  if (t.kind == UP_2_5X5) {
    taps.base = scratch(<usize>(36 * matrix));
    for (let i = 0; i < 36; i++) store<i32>(taps.offsets + (<usize>i << 2), i * matrix);
    if (fold) {
      setArg<usize>(0, filter);
      setArg<usize>(1, taps.base);
      setArg<i32>(2, t.c * t.o);
      parallel(foldTask.index, 36);
    }
    return taps;
  }
  for (let phase = 0; phase < t.inPhases; phase++) {
    for (let u = 0; u < r; u++) {
      for (let v = 0; v < r; v++) {
        const tap = t.kind == STRIDE_2_4X4 ? (2 * u + (phase >> 1)) * 4 + 2 * v + (phase & 1) : u * 3 + v;
        store<i32>(taps.offsets + (<usize>((phase * r + u) * r + v) << 2), tap * matrix);
      }
    }
  }
  return taps;
}

/** Tap (u, v) of output phase (a, b): the sum of the 5×5 taps that read the same cell of the small image. */
function foldTask(task: i32): void {
  const size = arg<i32>(2), phase = task / 9, u = (task % 9) / 3, v = task % 3, bytes = <usize>size << 2;
  const to = arg<usize>(1) + <usize>task * bytes;
  memory.fill(to, 0, bytes);
  for (let p = 0; p < 5; p++) {
    for (let q = 0; q < 5; q++) {
      if (foldedTap(phase >> 1, p) != u || foldedTap(phase & 1, q) != v) continue;
      const from = arg<usize>(0) + <usize>(p * 5 + q) * bytes;
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
    }
  }
}

/** dw [5, 5, C, O] from the gradients of the folded taps: each 5×5 tap is part of one tap of every phase. */
export function unfoldGrads(taps: Taps, size: i32, dw: usize): void {
  setArg<usize>(0, dw);
  setArg<usize>(1, taps.base);
  setArg<i32>(2, size);
  parallel(unfoldTask.index, 25);
}

function unfoldTask(task: i32): void {
  const size = arg<i32>(2), p = task / 5, q = task % 5, bytes = <usize>size << 2;
  const to = arg<usize>(0) + <usize>task * bytes;
  memory.fill(to, 0, bytes);
  for (let phase = 0; phase < 4; phase++) {
    const tap = phase * 9 + foldedTap(phase >> 1, p) * 3 + foldedTap(phase & 1, q);
    const from = arg<usize>(1) + <usize>tap * bytes;
    for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  }
}

/** Bytes of one of the 36 matrices. */
export function filterPointBytes(cIn: i32, cOut: i32, transposed: bool): usize {
  return transposed ? pointBytes(roundUp(cIn, NR), cOut) : pointBytes(roundUp(cOut, NR), cIn);
}

/**
 * G g Gᵀ of every tap pair of channels, as 36 packed matrices: panels over output channels [cOut / 8][cIn][8], or,
 * transposed, over input channels [cIn / 8][cOut][8]; `out` holds 36 * filterPointBytes.
 */
export function transformFilter(t: Tiling, taps: Taps, transposed: bool, out: usize): void {
  const bytes = filterPointBytes(t.cIn, t.cOut, transposed);
  setArg<Tiling>(0, t);
  setArg<Taps>(1, taps);
  setArg<usize>(2, out);
  setArg<usize>(3, bytes);
  if (transposed) parallel(transposedTask.index, (t.cIn + NR - 1) / NR);
  else parallel(panelTask.index, ((t.cOut + NR - 1) / NR) * ((t.cIn + 31) / 32));
}

/** 36 vectors for channels c and o..o+4 at `out`; `temp` holds 18 vectors. */
// @ts-ignore: decorator
@inline
function transformTaps(t: Tiling, taps: Taps, c: i32, o: i32, temp: usize, out: usize): void {
  const r = t.r, at = <usize>((c % t.c) * t.o + (o % t.o)) << 2;
  let offset = taps.offsets + (<usize>(((o / t.o) * t.inPhases + c / t.c) * r * r) << 2);
  for (let u = 0; u < r; u++) {
    for (let v = 0; v < r; v++) {
      v128.store(out + (<usize>(u * 3 + v) << 4), v128.load(taps.base + <usize>load<i32>(offset) + at));
      offset += 4;
    }
  }
  for (let v = 0; v < r; v++) filterPoints(r, out + (<usize>v << 4), 48, temp + (<usize>v << 4), 48);
  for (let i = 0; i < 6; i++) filterPoints(r, temp + <usize>i * 48, 16, out + <usize>i * 96, 16);
}

/** A panel of 8 output channels, 32 input channels of it. */
function panelTask(task: i32): void {
  const t = arg<Tiling>(0), taps = arg<Taps>(1), bytes = arg<usize>(3), groups = (t.cIn + 31) / 32;
  const o = (task / groups) * NR, c0 = (task % groups) * 32, c1 = min(t.cIn, c0 + 32);
  const points = threadBuffer(t), temp = points + 1024;
  let to = arg<usize>(2) + (<usize>(o * t.cIn + c0 * NR) << 2);
  for (let c = c0; c < c1; c++) {
    for (let half = 0; half < 2; half++) {
      const at = to + (<usize>half << 4);
      if (o + half * 4 < t.cOut) {
        transformTaps(t, taps, c, o + half * 4, temp, points);
        for (let i: usize = 0; i < <usize>POINTS; i++) v128.store(at + i * bytes, v128.load(points + (i << 4)));
      } else {
        for (let i: usize = 0; i < <usize>POINTS; i++) v128.store(at + i * bytes, f32x4.splat(0));
      }
    }
    to += 32;
  }
}

/** A panel of 8 input channels: blocks of 8 × 4 channels are transposed on the way out. */
function transposedTask(task: i32): void {
  const t = arg<Tiling>(0), taps = arg<Taps>(1), bytes = arg<usize>(3), c = task * NR;
  const points = threadBuffer(t), temp = points + NR * 576;
  let to = arg<usize>(2) + (<usize>(c * t.cOut) << 2);
  for (let o = 0; o < t.cOut; o += 4) {
    for (let k = 0; k < NR; k++) {
      const at = points + <usize>k * 576;
      if (c + k < t.cIn) transformTaps(t, taps, c + k, o, temp, at);
      else memory.fill(at, 0, 576);
    }
    for (let i: usize = 0; i < <usize>POINTS; i++) {
      transpose4x4(points + (i << 4), 576, to + i * bytes, 32);
      transpose4x4(points + 4 * 576 + (i << 4), 576, to + i * bytes + 16, 32);
    }
    to += 128;
  }
}
