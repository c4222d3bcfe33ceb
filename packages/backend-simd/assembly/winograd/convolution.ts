/**
 * Convolutions by way of points: 36 independent matrix products instead of one large one.
 *
 *   forward          M[p] = V[p] U[p]              [tiles, cIn] [cIn, cOut]
 *   input gradient   dV[p] = dM[p] U[p]ᵀ           [tiles, cOut] [cOut, cIn]
 *   filter gradient  dU[p]ᵀ = Σ_tiles dM[p]ᵀ V[p]  [cOut, tiles] [tiles, cIn]
 *
 * Tiles go through in chunks that fit the last-level cache: transform, multiply, transform back.
 */
import { arg, parallel, setArg, threadCount } from "../runtime/pool";
import { transpose4x4 } from "../runtime/vector";
import { RECORD_D, scratch } from "../runtime/scratch";
import { blockGemm, NR, roundUp } from "../conv/gemm";
import { PAD_REFLECT, PAD_REPLICATE } from "../conv/patches";
import { filterGradTaps, POINTS } from "./transforms";
import { filterPointBytes, Taps, tapsOf, transformFilter, unfoldGrads } from "./filter";
import { Ring, ringDataGrad, ringFilterGrad, ringForward } from "./ring";
import { gradStripsByChannel, gradStripsByTile, inputFromPoints, inputPanels, inputStrips, outputFromPoints } from "./tiles";
import { chunkTiles, newTiling, pointBytes, SAME_3X3, STRIDE_2_4X4, threadBuffer, Tiling, UP_2_5X5 } from "./tiling";

/** Longest sum in one pass over a tile of C: a panel of B then stays in the first-level cache. */
const KC: i32 = 512;
/**
 * What transforming a filter costs for each pair of channels, in multiply-adds, when it serves some four times before it
 * changes. Decides where few tiles make the direct way better.
 */
const TRANSFORM_COST: i32 = 100;
/** Fewest tiles for a filter gradient: they are the length of its sums. */
const FEWEST_TILES: i32 = 9;

/** The kind of a convolution by its window, or -1. */
function kindOf(c: i32, kh: i32, kw: i32, o: i32, stride: i32, padTop: i32, padLeft: i32, up: i32): i32 {
  if (kh != kw || padTop != padLeft || (c & 3) != 0 || (o & 3) != 0 || c < 8 || o < 8) return -1;
  if (kh == 3 && stride == 1 && up == 1) return SAME_3X3;
  if (kh == 4 && stride == 2 && up == 1) return STRIDE_2_4X4;
  return kh == 5 && stride == 1 && up == 2 && padTop == 2 ? UP_2_5X5 : -1;
}

/** The kind of a convolution, or -1 for one that is not (worth) done this way. */
export function winogradKind(
  n: i32, h: i32, w: i32, c: i32, kh: i32, kw: i32, o: i32, stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, up: i32, filterGrad: bool,
): i32 {
  const kind = kindOf(c, kh, kw, o, stride, padTop, padLeft, up);
  if (kind < 0 || (kind == UP_2_5X5 && (h < 2 || w < 2))) return -1;
  const m = kind == STRIDE_2_4X4 ? 5 : 4, step = kind == UP_2_5X5 ? 2 : 1;
  const tiles = n * ((outH / step + m - 1) / m) * ((outW / step + m - 1) / m), filters = kind == SAME_3X3 ? 1 : 4;
  if (filterGrad && tiles < FEWEST_TILES) return -1;
  const here = filters * (roundUp(tiles, 6) * POINTS + TRANSFORM_COST), direct = n * outH * outW * kh * kw;
  return here < direct ? kind : -1;
}

/** Bytes that the transformed filter takes, 0 where the convolution does not transform it. */
export function transformedFilterBytes(
  n: i32, h: i32, w: i32, c: i32, kh: i32, kw: i32, o: i32, stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, up: i32,
  transposed: i32,
): usize {
  const kind = winogradKind(n, h, w, c, kh, kw, o, stride, padTop, padLeft, outH, outW, up, false);
  if (kind < 0) return 0;
  const cIn = kind == STRIDE_2_4X4 ? 4 * c : c, cOut = kind == UP_2_5X5 ? 4 * o : o;
  return filterPointBytes(cIn, cOut, transposed != 0) * <usize>POINTS;
}

function tilingOf(kind: i32, n: i32, h: i32, w: i32, c: i32, o: i32, pad: i32, outH: i32, outW: i32, padMode: i32): Tiling {
  // On the small image one cell of padding repeats the border; `ring` does the rest for reflection.
  if (kind == UP_2_5X5) return newTiling(RECORD_D, kind, n, h, w, c, o, outH, outW, 1, padMode == PAD_REFLECT ? PAD_REPLICATE : padMode);
  return newTiling(RECORD_D, kind, n, h, w, c, o, outH, outW, pad, padMode);
}

/** 36 products C[p] = A[p] B[p], shared out by point and block of columns. */
function multiplyPoints(
  a: usize, aBytes: usize, strip: usize, rows: i32, b: usize, bBytes: usize, panel: usize, cols: i32,
  c: usize, cBytes: usize, ldc: usize, k: i32, accumulate: bool,
): void {
  const wide = roundUp(cols, NR), blocks = max(1, min(wide / NR, (2 * threadCount() + POINTS - 1) / POINTS));
  setArg<usize>(0, a);
  setArg<usize>(1, aBytes);
  setArg<usize>(2, strip);
  setArg<i32>(3, roundUp(rows, 6));
  setArg<usize>(4, b);
  setArg<usize>(5, bBytes);
  setArg<usize>(6, panel);
  setArg<i32>(7, wide);
  setArg<usize>(8, c);
  setArg<usize>(9, cBytes);
  setArg<usize>(10, ldc);
  setArg<i32>(11, k);
  setArg<i32>(12, accumulate ? 1 : 0);
  setArg<i32>(13, roundUp((wide + blocks - 1) / blocks, NR));
  parallel(multiplyTask.index, POINTS * blocks);
}

function multiplyTask(task: i32): void {
  const point = <usize>(task % POINTS), width = arg<i32>(13), col = (task / POINTS) * width, cols = min(width, arg<i32>(7) - col);
  if (cols <= 0) return;
  const strip = arg<usize>(2), panel = arg<usize>(6), k = arg<i32>(11);
  const a = arg<usize>(0) + point * arg<usize>(1), c = arg<usize>(8) + point * arg<usize>(9) + (<usize>col << 2);
  const b = arg<usize>(4) + point * arg<usize>(5) + <usize>(col / NR) * panel;
  for (let k0 = 0; k0 < k; k0 += KC) {
    const depth = min(KC, k - k0);
    blockGemm(a + <usize>k0 * 24, strip, arg<i32>(3), b + (<usize>k0 << 5), panel, cols, c, arg<usize>(10), depth, k0 > 0 || arg<i32>(12) != 0);
  }
}

/** `u` holds (ready) or receives the transformed filter. */
export function winogradForward(
  kind: i32, x: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, o: i32, bias: usize, y: usize,
  pad: i32, outH: i32, outW: i32, padMode: i32, activation: i32, slope: f32, u: usize, ready: i32,
): void {
  const t = tilingOf(kind, n, h, w, c, o, pad, outH, outW, padMode), uBytes = filterPointBytes(t.cIn, t.cOut, false);
  if (!ready) transformFilter(t, tapsOf(t, filter, true), false, u);
  const ring = kind == UP_2_5X5 && padMode == PAD_REFLECT ? ringForward(t, x, filter) : changetype<Ring>(0);
  const wide = roundUp(t.cOut, NR), rowBytes = <usize>wide << 2;
  const vBytes = pointBytes(t.chunk, t.cIn), mBytes = pointBytes(t.chunk, wide);
  const v = scratch(vBytes * <usize>POINTS), products = scratch(mBytes * <usize>POINTS);
  for (t.first = 0; t.first < t.tiles; t.first += t.chunk) {
    inputStrips(t, x, v, vBytes);
    multiplyPoints(v, vBytes, <usize>t.cIn * 24, chunkTiles(t), u, uBytes, <usize>t.cIn << 5, t.cOut, products, mBytes, rowBytes, t.cIn, false);
    outputFromPoints(t, products, mBytes, rowBytes, y, bias, activation, slope, ring);
  }
}

/** `u` holds (ready) or receives the transformed filter, transposed. */
export function winogradDataGrad(
  kind: i32, dx: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, o: i32, dy: usize,
  pad: i32, outH: i32, outW: i32, padMode: i32, u: usize, ready: i32,
): void {
  const t = tilingOf(kind, n, h, w, c, o, pad, outH, outW, padMode), uBytes = filterPointBytes(t.cIn, t.cOut, true);
  if (!ready) transformFilter(t, tapsOf(t, filter, true), true, u);
  const wide = roundUp(t.cIn, NR), rowBytes = <usize>wide << 2;
  const gBytes = pointBytes(t.chunk, t.cOut), vBytes = pointBytes(t.chunk, wide);
  const g = scratch(gBytes * <usize>POINTS), v = scratch(vBytes * <usize>POINTS);
  memory.fill(dx, 0, t.imageBytes * n);
  for (t.first = 0; t.first < t.tiles; t.first += t.chunk) {
    gradStripsByTile(t, dy, g, gBytes);
    multiplyPoints(g, gBytes, <usize>t.cOut * 24, chunkTiles(t), u, uBytes, <usize>t.cOut << 5, t.cIn, v, vBytes, rowBytes, t.cOut, false);
    inputFromPoints(t, v, vBytes, rowBytes, dx);
  }
  if (kind == UP_2_5X5 && padMode == PAD_REFLECT) ringDataGrad(t, dx, filter, dy);
}

export function winogradFilterGrad(
  kind: i32, x: usize, n: i32, h: i32, w: i32, c: i32, dw: usize, o: i32, dy: usize,
  pad: i32, outH: i32, outW: i32, padMode: i32,
): void {
  const t = tilingOf(kind, n, h, w, c, o, pad, outH, outW, padMode);
  const wide = roundUp(t.cIn, NR), rows = roundUp(t.cOut, 6), rowBytes = <usize>wide << 2;
  const gBytes = pointBytes(t.chunk, rows), vBytes = pointBytes(t.chunk, wide), uBytes = pointBytes(rows, wide);
  const g = scratch(gBytes * <usize>POINTS), v = scratch(vBytes * <usize>POINTS), du = scratch(uBytes * <usize>POINTS);
  // Lanes past the last channel are multiplied too; they only must not be NaN for the ones beside them: they never meet.
  for (t.first = 0; t.first < t.tiles; t.first += t.chunk) {
    inputPanels(t, x, v, vBytes);
    gradStripsByChannel(t, dy, g, gBytes);
    multiplyPoints(g, gBytes, <usize>t.chunk * 24, t.cOut, v, vBytes, <usize>t.chunk << 5, t.cIn, du, uBytes, rowBytes, chunkTiles(t), t.first > 0);
  }
  const taps = tapsOf(t, dw, false);
  setArg<Tiling>(0, t);
  setArg<usize>(1, du);
  setArg<usize>(2, uBytes);
  setArg<usize>(3, rowBytes);
  setArg<Taps>(4, taps);
  parallel(filterGradTask.index, t.cOut / 4);
  if (kind == UP_2_5X5) {
    unfoldGrads(taps, c * o, dw);
    if (padMode == PAD_REFLECT) ringFilterGrad(t, x, dw, dy);
  }
}

/** Gᵀ dU G for four output channels, transposed from [cOut][cIn] to the taps' [C, O]. */
function filterGradTask(task: i32): void {
  const t = arg<Tiling>(0), bytes = arg<usize>(2), rowBytes = arg<usize>(3), taps = arg<Taps>(4), r = t.r, k = task * 4;
  const temp = threadBuffer(t), grads = temp + 1024;
  for (let c = 0; c < t.cIn; c += 4) {
    for (let lane = 0; lane < 4; lane++) {
      const from = arg<usize>(1) + <usize>(k + lane) * rowBytes + (<usize>c << 2);
      for (let j: usize = 0; j < 6; j++) filterGradTaps(r, from + j * bytes, bytes * 6, temp + (j << 4), 96);
      for (let i = 0; i < r; i++) filterGradTaps(r, temp + <usize>i * 96, 16, grads + <usize>(lane * 160 + i * 48), 16);
    }
    let offset = taps.offsets + (<usize>(((k / t.o) * t.inPhases + c / t.c) * r * r) << 2);
    for (let u = 0; u < r; u++) {
      for (let v = 0; v < r; v++) {
        const to = taps.base + <usize>load<i32>(offset) + (<usize>((c % t.c) * t.o + (k % t.o)) << 2);
        transpose4x4(grads + <usize>(u * 48 + v * 16), 160, to, <usize>t.o << 2);
        offset += 4;
      }
    }
  }
}
