/** How a convolution is cut into tiles of 6 × 6 cells (see kinds.ts), and the scratch memory that a thread transforms them in. */
import { record, TILING } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { Geometry } from '../conv/geometry';
import { padIndex, zeros } from '../conv/patches';
import { hasWideVectors, threadCount, threadIndex } from '../runtime/pool';
import { roundUp } from '../conv/gemm';
import { SAME_5X5, STRIDE_2_4X4, UP_2_5X5 } from './kinds';
import { POINTS, writeFactors } from './transforms';
import { WIDE_TILE, writeSteps } from './transformsWide';

/** Bytes of a vector of four channels, of a row of six vectors, and of a tile of six rows. */
export const VECTOR: usize = 16;
export const ROW: usize = VECTOR * 6;
export const TILE: usize = ROW * 6;
/** Bytes of the source offsets of a tile's cells: 36 integers. */
export const TILE_OFFSETS: usize = 144;

/** Parts of a thread's scratch. Source offsets of six tiles: */
const OFFSETS_AT: usize = 0;
/** a tile of cells, or of taps, */
const CELLS_AT: usize = 1024;
/** a tile between the pass along columns and the one along rows, */
const HALFWAY_AT: usize = CELLS_AT + WIDE_TILE;
/** up to eight tiles at points, or of taps, */
const POINTS_AT: usize = HALFWAY_AT + WIDE_TILE;
/** and the place of a tile of the output. */
const OUTPUT_TILE_AT: usize = POINTS_AT + WIDE_TILE * 8;
const THREAD_BYTES: usize = OUTPUT_TILE_AT + 64;

/** Memory for the transformed tiles of a chunk: about what the last-level cache holds of it. */
const CHUNK_BYTES: i32 = 6 << 20;
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

/** `pad` and `padMode` are those of the small convolution. */
export function newTiling(g: Geometry, pad: i32, padMode: i32): Tiling {
  const t = record<Tiling>(TILING), kind = g.algorithm, n = g.samples, h = g.height, w = g.width, c = g.channels, o = g.outputs;
  const outH = g.outHeight, outW = g.outWidth;
  writeFactors();
  writeSteps();
  t.kind = kind;
  t.r = kind == STRIDE_2_4X4 ? 2 : kind == SAME_5X5 ? 5 : 3;
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

// @ts-ignore: decorator
@inline
function threadBuffer(t: Tiling): usize {
  return t.buffers + THREAD_BYTES * threadIndex();
}

/** The parts of this thread's scratch. */
// @ts-ignore: decorator
@inline
export function offsetsBuffer(t: Tiling): usize {
  return threadBuffer(t) + OFFSETS_AT;
}

// @ts-ignore: decorator
@inline
export function cellsBuffer(t: Tiling): usize {
  return threadBuffer(t) + CELLS_AT;
}

// @ts-ignore: decorator
@inline
export function halfwayBuffer(t: Tiling): usize {
  return threadBuffer(t) + HALFWAY_AT;
}

// @ts-ignore: decorator
@inline
export function pointsBuffer(t: Tiling): usize {
  return threadBuffer(t) + POINTS_AT;
}

// @ts-ignore: decorator
@inline
function outputTileBuffer(t: Tiling): usize {
  return threadBuffer(t) + OUTPUT_TILE_AT;
}

/** Whether eight channels are taken together: see transformsWide.ts. */
// @ts-ignore: decorator
@inline
export function byEight(channels: i32): bool {
  return (channels & 7) == 0 && hasWideVectors();
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

/** Where output tile `tile` of phase 0 begins, and how much of it exists. */
@unmanaged
export class OutputTile {
  image: i32;
  y: i32;
  x: i32;
  rows: i32;
  cols: i32;
}

// @ts-ignore: decorator
@inline
export function outputTile(t: Tiling, tile: i32): OutputTile {
  const perImage = t.tilesY * t.tilesX, inImage = tile % perImage, result = changetype<OutputTile>(outputTileBuffer(t));
  result.image = tile / perImage;
  result.y = (inImage / t.tilesX) * t.m;
  result.x = (inImage % t.tilesX) * t.m;
  result.rows = min(t.m, t.gridH - result.y);
  result.cols = min(t.m, t.gridW - result.x);
  return result;
}

/** Distance between the matrices of two points: padded, so that the 36 of them fall into different sets of the caches. */
// @ts-ignore: decorator
@inline
export function pointBytes(rows: i32, cols: i32): usize {
  return ((<usize>(rows * cols) << 2) + 127 & ~63) + 64;
}
