/**
 * Convolutions by way of points: 36 independent matrix products instead of one large one.
 *
 *   forward          M[p] = V[p] U[p]              [tiles, cIn] [cIn, cOut]
 *   input gradient   dV[p] = dM[p] U[p]ᵀ           [tiles, cOut] [cOut, cIn]
 *   filter gradient  dU[p]ᵀ = Σ_tiles dM[p]ᵀ V[p]  [cOut, tiles] [tiles, cIn]
 *
 * Tiles go through in chunks that fit the last-level cache: transform, multiply, transform back.
 */
import { parallel, threadCount } from '../runtime/pool';
import { POINT_PRODUCTS, record, TAPS, TILING } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { transpose4x4 } from '../runtime/vector';
import { blockGemm, NR, roundUp } from '../conv/gemm';
import { Geometry } from '../conv/geometry';
import { PAD_REFLECT, PAD_REPLICATE } from '../conv/patches';
import { Border, borderDataGrad, borderFilterGrad, borderForward } from './border';
import { filterPointBytes, TAP_ROW, Taps, tapsOf, transformFilter, unfoldGrads } from './filter';
import { STRIDE_2_4X4, UP_2_5X5 } from './kinds';
import { gradStripsByChannel, gradStripsByTile, inputFromPoints, inputPanels, inputStrips, outputFromPoints } from './tiles';
import { byEight, chunkTiles, halfwayBuffer, newTiling, pointBytes, pointsBuffer, ROW, Tiling, VECTOR } from './tiling';
import { filterGradTaps, POINTS } from './transforms';
import { filterGradTaps8, rowStep, vectorStep, WIDE_ROW, WIDE_TILE, WIDE_VECTOR } from './transformsWide';

/** Longest sum in one pass over a tile of C: a panel of B then stays in the first-level cache. */
const KC: i32 = 512;
/** Bytes between the taps of neighbouring channels while four of them are transposed. */
const LANE_TAPS: usize = 416;

/** Bytes that the transformed filter takes. */
export function winogradFilterBytes(g: Geometry, transposed: bool): usize {
  const cIn = g.algorithm == STRIDE_2_4X4 ? 4 * g.channels : g.channels, cOut = g.algorithm == UP_2_5X5 ? 4 * g.outputs : g.outputs;
  return filterPointBytes(cIn, cOut, transposed) * <usize>POINTS;
}

function tilingOf(g: Geometry): Tiling {
  // On the small image one cell of padding repeats the border; `Border` does the rest for reflection.
  if (g.algorithm == UP_2_5X5) return newTiling(g, 1, g.padMode == PAD_REFLECT ? PAD_REPLICATE : g.padMode);
  return newTiling(g, g.padTop, g.padMode);
}

/** Whether the border needs more than the padding of the small convolution. */
function hasBorder(g: Geometry): bool {
  return g.algorithm == UP_2_5X5 && g.padMode == PAD_REFLECT;
}

/** 36 products C[p] = A[p] B[p]; see conv/gemm.ts for the layouts. */
@unmanaged
class PointProducts {
  /** Strips of A of the first point; bytes from one point to the next, and from one strip to the next. */
  a: usize;
  aPoint: usize;
  strip: usize;
  rows: i32;
  /** Panels of B, likewise. */
  b: usize;
  bPoint: usize;
  panel: usize;
  cols: i32;
  /** C, and the bytes of one of its rows. */
  c: usize;
  cPoint: usize;
  cRow: usize;
  depth: i32;
  accumulate: bool;
  // Set by `multiplyPoints`.
  taskCols: i32;
}

/** Shares the products out by point and block of columns. */
function multiplyPoints(job: PointProducts): void {
  const wide = roundUp(job.cols, NR), blocks = max(1, min(wide / NR, (2 * threadCount() + POINTS - 1) / POINTS));
  job.taskCols = roundUp((wide + blocks - 1) / blocks, NR);
  parallel(multiplyTask.index, POINTS * blocks);
}

function multiplyTask(task: i32): void {
  const job = record<PointProducts>(POINT_PRODUCTS), point = <usize>(task % POINTS), col = (task / POINTS) * job.taskCols;
  const cols = min(job.taskCols, roundUp(job.cols, NR) - col), rows = roundUp(job.rows, 6);
  if (cols <= 0) return;
  const a = job.a + point * job.aPoint, c = job.c + point * job.cPoint + (<usize>col << 2);
  const b = job.b + point * job.bPoint + <usize>(col / NR) * job.panel;
  for (let k = 0; k < job.depth; k += KC) {
    const accumulate = k > 0 || job.accumulate;
    blockGemm(
      a + <usize>k * 24, job.strip, rows, b + (<usize>k << 5), job.panel, cols, c, job.cRow, min(KC, job.depth - k), accumulate,
    );
  }
}

/** `u` holds (ready) or receives the transformed filter. */
export function winogradForward(
  g: Geometry, x: usize, filter: usize, bias: usize, y: usize, activation: i32, slope: f32, u: usize, ready: i32,
): void {
  const t = tilingOf(g);
  if (!ready) transformFilter(t, tapsOf(t, filter, true), false, u);
  const border = hasBorder(g) ? borderForward(t, x, filter) : changetype<Border>(0);
  const wide = roundUp(t.cOut, NR), job = record<PointProducts>(POINT_PRODUCTS);
  job.aPoint = pointBytes(t.chunk, t.cIn);
  job.a = scratch(job.aPoint * <usize>POINTS);
  job.strip = <usize>t.cIn * 24;
  job.b = u;
  job.bPoint = filterPointBytes(t.cIn, t.cOut, false);
  job.panel = <usize>t.cIn << 5;
  job.cols = t.cOut;
  job.cPoint = pointBytes(t.chunk, wide);
  job.c = scratch(job.cPoint * <usize>POINTS);
  job.cRow = <usize>wide << 2;
  job.depth = t.cIn;
  job.accumulate = false;
  for (t.first = 0; t.first < t.tiles; t.first += t.chunk) {
    inputStrips(t, x, job.a, job.aPoint);
    job.rows = chunkTiles(t);
    multiplyPoints(job);
    outputFromPoints(t, job.c, job.cPoint, job.cRow, y, bias, activation, slope, border);
  }
}

/** `u` holds (ready) or receives the transformed filter, transposed. */
export function winogradDataGrad(g: Geometry, dx: usize, filter: usize, dy: usize, u: usize, ready: i32): void {
  const t = tilingOf(g);
  if (!ready) transformFilter(t, tapsOf(t, filter, true), true, u);
  const wide = roundUp(t.cIn, NR), job = record<PointProducts>(POINT_PRODUCTS);
  job.aPoint = pointBytes(t.chunk, t.cOut);
  job.a = scratch(job.aPoint * <usize>POINTS);
  job.strip = <usize>t.cOut * 24;
  job.b = u;
  job.bPoint = filterPointBytes(t.cIn, t.cOut, true);
  job.panel = <usize>t.cOut << 5;
  job.cols = t.cIn;
  job.cPoint = pointBytes(t.chunk, wide);
  job.c = scratch(job.cPoint * <usize>POINTS);
  job.cRow = <usize>wide << 2;
  job.depth = t.cOut;
  job.accumulate = false;
  memory.fill(dx, 0, t.imageBytes * t.n);
  for (t.first = 0; t.first < t.tiles; t.first += t.chunk) {
    gradStripsByTile(t, dy, job.a, job.aPoint);
    job.rows = chunkTiles(t);
    multiplyPoints(job);
    inputFromPoints(t, job.c, job.cPoint, job.cRow, dx);
  }
  if (hasBorder(g)) borderDataGrad(t, dx, filter, dy);
}

export function winogradFilterGrad(g: Geometry, x: usize, dw: usize, dy: usize): void {
  const t = tilingOf(g), wide = roundUp(t.cIn, NR), rows = roundUp(t.cOut, 6), job = record<PointProducts>(POINT_PRODUCTS);
  job.aPoint = pointBytes(t.chunk, rows);
  job.a = scratch(job.aPoint * <usize>POINTS);
  job.strip = <usize>t.chunk * 24;
  job.rows = t.cOut;
  job.bPoint = pointBytes(t.chunk, wide);
  job.b = scratch(job.bPoint * <usize>POINTS);
  job.panel = <usize>t.chunk << 5;
  job.cols = t.cIn;
  job.cPoint = pointBytes(rows, wide);
  job.c = scratch(job.cPoint * <usize>POINTS);
  job.cRow = <usize>wide << 2;
  // Lanes past the last channel are multiplied too; they never meet the ones beside them, so that they may even be NaN.
  for (t.first = 0; t.first < t.tiles; t.first += t.chunk) {
    inputPanels(t, x, job.b, job.bPoint);
    gradStripsByChannel(t, dy, job.a, job.aPoint);
    job.depth = chunkTiles(t);
    job.accumulate = t.first > 0;
    multiplyPoints(job);
  }
  tapsOf(t, dw, false);
  parallel(filterGradTask.index, t.cOut / 4);
  if (g.algorithm == UP_2_5X5) {
    unfoldGrads();
    if (hasBorder(g)) borderFilterGrad(t, x, dw, dy);
  }
}

/** Gᵀ dU G for four output channels, transposed from [cOut][cIn] to the taps' [C, O]. */
function filterGradTask(task: i32): void {
  const job = record<PointProducts>(POINT_PRODUCTS), t = record<Tiling>(TILING), taps = record<Taps>(TAPS), r = t.r, k = task * 4;
  const halfway = halfwayBuffer(t), grads = pointsBuffer(t), row = <usize>t.o << 2;
  let c = 0;
  if (byEight(t.c)) {
    const vector = vectorStep(), line = rowStep();
    for (; c < t.cIn; c += 8) {
      for (let lane: usize = 0; lane < 4; lane++) {
        const from = job.c + (<usize>k + lane) * job.cRow + (<usize>c << 2), to = grads + WIDE_TILE * lane;
        for (let j: usize = 0; j < 6; j++) filterGradTaps8(r, from + j * job.cPoint, job.cPoint * 6, halfway + vector * j, line);
        for (let i: usize = 0; i < <usize>r; i++) filterGradTaps8(r, halfway + line * i, vector, to + line * i, vector);
      }
      let offset = taps.offsets + (<usize>(((k / t.o) * t.inPhases + c / t.c) * r * r) << 2);
      for (let u: usize = 0; u < <usize>r; u++) {
        for (let v: usize = 0; v < <usize>r; v++) {
          const from = grads + WIDE_ROW * u + WIDE_VECTOR * v, to = taps.base + <usize>load<i32>(offset) + (<usize>((c % t.c) * t.o + (k % t.o)) << 2);
          transpose4x4(from, WIDE_TILE, to, row);
          transpose4x4(from + 16, WIDE_TILE, to + row * 4, row);
          offset += 4;
        }
      }
    }
  }
  for (; c < t.cIn; c += 4) {
    for (let lane = 0; lane < 4; lane++) {
      const from = job.c + <usize>(k + lane) * job.cRow + (<usize>c << 2), to = grads + LANE_TAPS * lane;
      for (let j: usize = 0; j < 6; j++) filterGradTaps(r, from + j * job.cPoint, job.cPoint * 6, halfway + VECTOR * j, ROW);
      for (let i = 0; i < r; i++) filterGradTaps(r, halfway + ROW * i, VECTOR, to + TAP_ROW * i, VECTOR);
    }
    let offset = taps.offsets + (<usize>(((k / t.o) * t.inPhases + c / t.c) * r * r) << 2);
    for (let u = 0; u < r; u++) {
      for (let v = 0; v < r; v++) {
        const to = taps.base + <usize>load<i32>(offset) + (<usize>((c % t.c) * t.o + (k % t.o)) << 2);
        transpose4x4(grads + TAP_ROW * u + VECTOR * v, LANE_TAPS, to, <usize>t.o << 2);
        offset += 4;
      }
    }
  }
}
