/**
 * How a convolution is cut into tiles. Three kinds become the same small convolution of stride 1:
 *
 *   kind          taps  input phases  output phases
 *   3×3                  3×3        1             1     as it is: F(4×4, 3×3), 36 products instead of 144
 *   4×4, stride 2        2×2        4             1     even and odd rows and columns of the input are 4 images of 4 C channels:
 *                                                       F(5×5, 2×2), 36 products instead of 100
 *   ×2 up, 5×5           3×3        1             4     even and odd rows and columns of the output are 4 filters of 3×3 on the
 *                                                       small input (sums of the 5×5 taps that read the same cell), 36 instead of 400
 *
 * Channels of the small convolution: (input phase, c) and (output phase, o).
 */
import { scratch } from "../runtime/scratch";
import { padIndex, zeros } from "../conv/patches";
import { threadCount, threadIndex } from "../runtime/pool";
import { roundUp } from "../conv/gemm";
import { POINTS } from "./transforms";

export const SAME_3X3: i32 = 0;
export const STRIDE_2_4X4: i32 = 1;
export const UP_2_5X5: i32 = 2;

/** Memory for the transformed tiles of a chunk: about what the last-level cache holds of it. */
const CHUNK_BYTES: i32 = 6 << 20;
/** Bytes of scratch for each thread: addresses, and tiles before and after a transform. */
const THREAD_BYTES: usize = 16384;

@unmanaged
export class Tiling {
  kind: i32;
  /** Output cells and filter taps on a side. */
  m: i32;
  r: i32;
  n: i32;
  h: i32;
  w: i32;
  c: i32;
  o: i32;
  inPhases: i32;
  outPhases: i32;
  /** Channels of the small convolution. */
  cIn: i32;
  cOut: i32;
  /** Source offsets of the cells of the padded axes, -1 for zeros (see Patches). */
  rows: usize;
  cols: usize;
  /** Cells of the padded axis between neighbours of one phase. */
  inStep: i32;
  outStep: i32;
  /** Output cells of one phase. */
  gridH: i32;
  gridW: i32;
  tilesY: i32;
  tilesX: i32;
  tiles: i32;
  /** Tiles in a chunk, a multiple of 6, and the first tile of the present one. */
  chunk: i32;
  first: i32;
  imageBytes: usize;
  outImageBytes: usize;
  outRowBytes: usize;
  zeros: usize;
  buffers: usize;
}

export function newTiling(
  address: usize, kind: i32, n: i32, h: i32, w: i32, c: i32, o: i32, outH: i32, outW: i32, pad: i32, padMode: i32,
): Tiling {
  const t = changetype<Tiling>(address);
  t.kind = kind;
  t.r = kind == STRIDE_2_4X4 ? 2 : 3;
  t.m = 7 - t.r;
  t.n = n;
  t.h = h;
  t.w = w;
  t.c = c;
  t.o = o;
  t.inPhases = kind == STRIDE_2_4X4 ? 4 : 1;
  t.outPhases = kind == UP_2_5X5 ? 4 : 1;
  t.cIn = c * t.inPhases;
  t.cOut = o * t.outPhases;
  t.inStep = kind == STRIDE_2_4X4 ? 2 : 1;
  t.outStep = kind == UP_2_5X5 ? 2 : 1;
  t.gridH = outH / t.outStep;
  t.gridW = outW / t.outStep;
  t.tilesY = (t.gridH + t.m - 1) / t.m;
  t.tilesX = (t.gridW + t.m - 1) / t.m;
  t.tiles = n * t.tilesY * t.tilesX;
  const most = CHUNK_BYTES / (POINTS * 4 * (t.cIn + t.cOut));
  const chunks = (t.tiles + max(6, most) - 1) / max(6, most);
  t.chunk = roundUp((t.tiles + chunks - 1) / chunks, 6);
  t.imageBytes = <usize>(h * w * c) << 2;
  t.outRowBytes = <usize>(outW * o) << 2;
  t.outImageBytes = t.outRowBytes * outH;
  t.rows = cellTable(t.tilesY, t.gridH, t, h, pad, padMode, (w * c) << 2);
  t.cols = cellTable(t.tilesX, t.gridW, t, w, pad, padMode, c << 2);
  t.zeros = zeros(c);
  t.buffers = scratch(THREAD_BYTES * threadCount());
  return t;
}

/** Cells past the last window read zeros: they belong to outputs that are cut off. */
function cellTable(tiles: i32, grid: i32, t: Tiling, size: i32, pad: i32, mode: i32, bytes: i32): usize {
  const count = ((tiles - 1) * t.m + 6) * t.inStep, valid = (grid - 1 + t.r) * t.inStep;
  const table = scratch(<usize>count << 2);
  for (let i = 0; i < count; i++) {
    const cell = i < valid ? padIndex(i - pad, size, mode) : -1;
    store<i32>(table + (<usize>i << 2), cell < 0 ? -1 : cell * bytes);
  }
  return table;
}

/** This thread's scratch. */
// @ts-ignore: decorator
@inline
export function threadBuffer(t: Tiling): usize {
  return t.buffers + THREAD_BYTES * threadIndex();
}

/** Tiles of the present chunk. */
// @ts-ignore: decorator
@inline
export function chunkTiles(t: Tiling): i32 {
  return min(t.chunk, t.tiles - t.first);
}

/**
 * Offsets from `x` of the 36 source cells of a tile in one input phase, or -1: 36 integers at `out`.
 * Tiles past the last repeat the last.
 */
export function cellOffsets(t: Tiling, tile: i32, phase: i32, out: usize): void {
  const perImage = t.tilesY * t.tilesX, index = min(tile, t.tiles - 1);
  const inImage = index % perImage, step = t.inStep;
  const image = <i32>(<usize>(index / perImage) * t.imageBytes);
  const row = t.rows + (<usize>((inImage / t.tilesX) * t.m * step + (phase >> 1)) << 2);
  const col = t.cols + (<usize>((inImage % t.tilesX) * t.m * step + (phase & 1)) << 2);
  for (let i = 0; i < 6; i++) {
    const r = load<i32>(row + (<usize>(i * step) << 2));
    for (let j = 0; j < 6; j++) {
      const q = load<i32>(col + (<usize>(j * step) << 2));
      store<i32>(out, (r | q) < 0 ? -1 : image + r + q);
      out += 4;
    }
  }
}

/** Distance between the matrices of two points: padded, so that the 36 of them fall into different sets of the caches. */
// @ts-ignore: decorator
@inline
export function pointBytes(rows: i32, cols: i32): usize {
  return ((<usize>(rows * cols) << 2) + 127 & ~63) + 64;
}
