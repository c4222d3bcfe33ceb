/**
 * Convolutions that read at most four channels: the first layer of every network, and the gradient by its input of a last
 * layer that makes an image.
 *
 * For each row of the result, the rows under its windows are copied with their padding. The numbers of one row of a window then
 * lie side by side, and windows of neighbouring pixels overlap: the product
 *
 *     y[pixel, :] = Σ_u Σ_k rows[u, pixel * step + k] w[u, k, :]        k = (tap column v, channel)
 *
 * reads each window in place, as the 6 × 8 tile of conv/gemm.ts reads a packed strip. Terms come in that path's order, so that
 * both give the same bits.
 */
import { hasWideVectors, parallel, threadCount, threadIndex } from '../../runtime/pool';
import { FROM_NARROW, record } from '../../runtime/records';
import { scratch } from '../../runtime/scratch';
import { fma, loadTail, storeTail } from '../../runtime/vector';
import { activate, NONE } from '../activation';
import { foldPadding } from '../dataGrad';
import { MR, NR } from '../gemm';
import { Geometry } from '../geometry';
import { newFilterLayout, packFilter } from '../implicit';
import { forwardTable, shiftedTable } from '../patches';

/** Rows of the result in a task. */
const ROWS: i32 = 4;
/** Bytes of a tile of 6 × 16. */
const TILE_BYTES: usize = 384;

@unmanaged
class FromNarrow {
  /** Image [N, .., .., narrow], and where the cells of its padded axes come from (see Patches). */
  data: usize;
  imageBytes: usize;
  narrow: i32;
  rows: usize;
  cols: usize;
  /** Cells of a padded row, and those of it that are one piece of the image's: set by `findInside`. */
  width: i32;
  insideFrom: i32;
  insideTo: i32;
  stride: i32;
  kh: i32;
  /** Numbers under one row of a window. */
  depth: i32;
  /** Panels [channels / 8][kh * depth][8]. */
  filter: usize;
  channels: i32;
  bias: usize;
  activation: i32;
  slope: f32;
  /** [N, h, w, channels]. */
  out: usize;
  h: i32;
  w: i32;
  rowBytes: usize;
  buffers: usize;
  bufferBytes: usize;
}

/** c [6][8] (+)= one row of the windows of six pixels, `step` bytes apart, times its part of one panel. */
export function windowTile(a0: usize, step: usize, depth: i32, b: usize, c: usize, accumulate: bool): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero;
  if (accumulate) {
    c00 = v128.load(c); c01 = v128.load(c, 16); c10 = v128.load(c, 32); c11 = v128.load(c, 48);
    c20 = v128.load(c, 64); c21 = v128.load(c, 80); c30 = v128.load(c, 96); c31 = v128.load(c, 112);
    c40 = v128.load(c, 128); c41 = v128.load(c, 144); c50 = v128.load(c, 160); c51 = v128.load(c, 176);
  }
  let a1 = a0 + step, a2 = a1 + step, a3 = a2 + step, a4 = a3 + step, a5 = a4 + step;
  const end = b + (<usize>depth << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = fma(x, b0, c00); c01 = fma(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = fma(x, b0, c10); c11 = fma(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = fma(x, b0, c20); c21 = fma(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = fma(x, b0, c30); c31 = fma(x, b1, c31);
    x = v128.load32_splat(a4);
    c40 = fma(x, b0, c40); c41 = fma(x, b1, c41);
    x = v128.load32_splat(a5);
    c50 = fma(x, b0, c50); c51 = fma(x, b1, c51);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4;
    b += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  v128.store(c, c10, 32); v128.store(c, c11, 48);
  v128.store(c, c20, 64); v128.store(c, c21, 80);
  v128.store(c, c30, 96); v128.store(c, c31, 112);
  v128.store(c, c40, 128); v128.store(c, c41, 144);
  v128.store(c, c50, 160); v128.store(c, c51, 176);
}

/** Two neighbouring panels, c [6][16] += …: see `tile6x16` in conv/gemm.ts for why C is always added to. */
export function windowTile16(a0: usize, step: usize, depth: i32, b: usize, next: usize, c: usize): void {
  let c00 = v128.load(c), c01 = v128.load(c, 16), c02 = v128.load(c, 32), c03 = v128.load(c, 48);
  let c10 = v128.load(c, 64), c11 = v128.load(c, 80), c12 = v128.load(c, 96), c13 = v128.load(c, 112);
  let c20 = v128.load(c, 128), c21 = v128.load(c, 144), c22 = v128.load(c, 160), c23 = v128.load(c, 176);
  let c30 = v128.load(c, 192), c31 = v128.load(c, 208), c32 = v128.load(c, 224), c33 = v128.load(c, 240);
  let c40 = v128.load(c, 256), c41 = v128.load(c, 272), c42 = v128.load(c, 288), c43 = v128.load(c, 304);
  let c50 = v128.load(c, 320), c51 = v128.load(c, 336), c52 = v128.load(c, 352), c53 = v128.load(c, 368);
  let a1 = a0 + step, a2 = a1 + step, a3 = a2 + step, a4 = a3 + step, a5 = a4 + step;
  const end = b + (<usize>depth << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), q0 = v128.load(next), q1 = v128.load(next, 16);
    let x = v128.load32_splat(a0);
    c00 = fma(x, b0, c00); c01 = fma(x, b1, c01); c02 = fma(x, q0, c02); c03 = fma(x, q1, c03);
    x = v128.load32_splat(a1);
    c10 = fma(x, b0, c10); c11 = fma(x, b1, c11); c12 = fma(x, q0, c12); c13 = fma(x, q1, c13);
    x = v128.load32_splat(a2);
    c20 = fma(x, b0, c20); c21 = fma(x, b1, c21); c22 = fma(x, q0, c22); c23 = fma(x, q1, c23);
    x = v128.load32_splat(a3);
    c30 = fma(x, b0, c30); c31 = fma(x, b1, c31); c32 = fma(x, q0, c32); c33 = fma(x, q1, c33);
    x = v128.load32_splat(a4);
    c40 = fma(x, b0, c40); c41 = fma(x, b1, c41); c42 = fma(x, q0, c42); c43 = fma(x, q1, c43);
    x = v128.load32_splat(a5);
    c50 = fma(x, b0, c50); c51 = fma(x, b1, c51); c52 = fma(x, q0, c52); c53 = fma(x, q1, c53);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4;
    b += 32;
    next += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(c, c02, 32); v128.store(c, c03, 48);
  v128.store(c, c10, 64); v128.store(c, c11, 80); v128.store(c, c12, 96); v128.store(c, c13, 112);
  v128.store(c, c20, 128); v128.store(c, c21, 144); v128.store(c, c22, 160); v128.store(c, c23, 176);
  v128.store(c, c30, 192); v128.store(c, c31, 208); v128.store(c, c32, 224); v128.store(c, c33, 240);
  v128.store(c, c40, 256); v128.store(c, c41, 272); v128.store(c, c42, 288); v128.store(c, c43, 304);
  v128.store(c, c50, 320); v128.store(c, c51, 336); v128.store(c, c52, 352); v128.store(c, c53, 368);
}

function run(g: FromNarrow, n: i32): void {
  findInside(g);
  // What the last tile of a row reads beyond its last pixel is not used.
  g.rowBytes = <usize>((g.width + MR * g.stride) * g.narrow) << 2;
  g.bufferBytes = TILE_BYTES + g.rowBytes * g.kh + 64;
  g.buffers = scratch(g.bufferBytes * threadCount());
  parallel(rowsTask.index, n * ((g.h + ROWS - 1) / ROWS));
}

function rowsTask(task: i32): void {
  const g = record<FromNarrow>(FROM_NARROW), blocks = (g.h + ROWS - 1) / ROWS, image = task / blocks, first = (task % blocks) * ROWS;
  const tile = g.buffers + g.bufferBytes * threadIndex(), rows = tile + TILE_BYTES, pixelBytes = <usize>g.channels << 2;
  const part = <usize>g.depth << 5, step = <usize>(g.stride * g.narrow) << 2, panel = part * g.kh;
  for (let i = first; i < min(g.h, first + ROWS); i++) {
    copyRows(g, g.data + <usize>image * g.imageBytes, g.rows + (<usize>(i * g.stride) << 2), rows);
    let col = 0;
    if (hasWideVectors()) {
      for (; col + 2 * NR <= g.channels; col += 2 * NR) {
        const b = g.filter + <usize>(col / NR) * panel;
        let to = g.out + <usize>((image * g.h + i) * g.w) * pixelBytes + (<usize>col << 2);
        for (let j = 0; j < g.w; j += MR) {
          let a = rows + <usize>j * step;
          memory.fill(tile, 0, TILE_BYTES);
          for (let u = 0; u < g.kh; u++) {
            windowTile16(a, step, g.depth, b + <usize>u * part, b + panel + <usize>u * part, tile);
            a += g.rowBytes;
          }
          storeTile(g, tile, 64, min(MR, g.w - j), col, NR, to, pixelBytes);
          storeTile(g, tile + 32, 64, min(MR, g.w - j), col + NR, NR, to + 32, pixelBytes);
          to += pixelBytes * MR;
        }
      }
    }
    for (; col < g.channels; col += NR) {
      const b = g.filter + <usize>(col / NR * g.kh) * part, lanes = min(NR, g.channels - col);
      let to = g.out + <usize>((image * g.h + i) * g.w) * pixelBytes + (<usize>col << 2);
      for (let j = 0; j < g.w; j += MR) {
        let a = rows + <usize>j * step;
        for (let u = 0; u < g.kh; u++) {
          windowTile(a, step, g.depth, b + <usize>u * part, tile, u > 0);
          a += g.rowBytes;
        }
        storeTile(g, tile, 32, min(MR, g.w - j), col, lanes, to, pixelBytes);
        to += pixelBytes * MR;
      }
    }
  }
}

/** The cells of a padded row that lie side by side in the image: all but its border, unless it is enlarged. */
function findInside(g: FromNarrow): void {
  const cell = g.narrow << 2;
  let x = 0;
  while (x < g.width && load<i32>(g.cols + (<usize>x << 2)) < 0) x++;
  // A mirrored border runs backwards.
  while (x + 1 < g.width && load<i32>(g.cols + (<usize>(x + 1) << 2)) - load<i32>(g.cols + (<usize>x << 2)) != cell) x++;
  g.insideFrom = x;
  while (x + 1 < g.width && load<i32>(g.cols + (<usize>(x + 1) << 2)) - load<i32>(g.cols + (<usize>x << 2)) == cell) x++;
  g.insideTo = x < g.width && load<i32>(g.cols + (<usize>x << 2)) >= 0 ? x + 1 : x;
}

/** The kh rows from `rows` on, with their padding. */
function copyRows(g: FromNarrow, image: usize, rows: usize, to: usize): void {
  const cell = <usize>g.narrow << 2, inside = <usize>(g.insideTo - g.insideFrom) * cell;
  for (let u = 0; u < g.kh; u++) {
    const row = load<i32>(rows + (<usize>u << 2)), start = to + <usize>u * g.rowBytes;
    if (row < 0) {
      memory.fill(start, 0, <usize>g.width * cell);
      continue;
    }
    copyCells(g, image + <usize>row, start, 0, g.insideFrom);
    if (inside > 0) memory.copy(start + <usize>g.insideFrom * cell, image + <usize>row + <usize>load<i32>(g.cols + (<usize>g.insideFrom << 2)), inside);
    copyCells(g, image + <usize>row, start, g.insideTo, g.width);
  }
}

function copyCells(g: FromNarrow, row: usize, start: usize, first: i32, end: i32): void {
  const cell = <usize>g.narrow << 2;
  for (let x = first; x < end; x++) {
    const q = load<i32>(g.cols + (<usize>x << 2)), to = start + <usize>x * cell;
    for (let l: usize = 0; l < cell; l += 4) store<f32>(to + l, q >= 0 ? load<f32>(row + <usize>q + l) : 0);
  }
}

/** Bias and activation on a tile, then out to the image. */
function storeTile(g: FromNarrow, tile: usize, tileRow: usize, pixels: i32, col: i32, lanes: i32, to: usize, pixelBytes: usize): void {
  const slope = f32x4.splat(g.slope), zero = f32x4.splat(0), activation = g.activation, second = lanes - 4;
  let bias0 = zero, bias1 = zero;
  if (g.bias) {
    const bias = g.bias + (<usize>col << 2);
    bias0 = lanes >= 4 ? v128.load(bias) : loadTail(bias, lanes);
    if (second > 0) bias1 = second == 4 ? v128.load(bias, 16) : loadTail(bias + 16, second);
  }
  for (let m = 0; m < pixels; m++) {
    const v0 = activate(f32x4.add(v128.load(tile), bias0), activation, slope);
    if (lanes >= 4) v128.store(to, v0);
    else storeTail(to, v0, lanes);
    if (second > 0) {
      const v1 = activate(f32x4.add(v128.load(tile, 16), bias1), activation, slope);
      if (second == 4) v128.store(to, v1, 16);
      else storeTail(to + 16, v1, second);
    }
    tile += tileRow;
    to += pixelBytes;
  }
}

/** y = act(conv(x) + bias) with few input channels: any stride, padding and upsampling. */
export function narrowInputForward(
  g: Geometry, x: usize, filter: usize, bias: usize, y: usize, activation: i32, slope: f32,
): void {
  const c = g.channels, o = g.outputs;
  const layout = newFilterLayout(filter, 1, g.kernelHeight * g.kernelWidth * c, o, o, 1);
  store<i32>(layout.tapOffsets, 0);
  packFilter(layout);
  const job = record<FromNarrow>(FROM_NARROW);
  job.data = x;
  job.imageBytes = g.imageBytes();
  job.narrow = c;
  job.width = g.colsRead();
  job.rows = forwardTable(g.rowsRead(), g.height, g.upY, g.padTop, g.padMode, (g.width * c) << 2);
  job.cols = forwardTable(job.width, g.width, g.upX, g.padLeft, g.padMode, c << 2);
  job.stride = g.stride;
  job.kh = g.kernelHeight;
  job.depth = g.kernelWidth * c;
  job.filter = layout.out;
  job.channels = o;
  job.bias = bias;
  job.activation = activation;
  job.slope = slope;
  job.out = y;
  job.h = g.outHeight;
  job.w = g.outWidth;
  run(job, g.samples);
}

/**
 * dx of a convolution of stride 1 with few output channels: dy with zeros around it, convolved with the reversed filter, gives the
 * gradient by the padded input; `foldPadding` adds up the cells that padding made from one.
 */
export function narrowOutputDataGrad(g: Geometry, dx: usize, filter: usize, dy: usize): void {
  const kh = g.kernelHeight, kw = g.kernelWidth, taps = kh * kw, c = g.channels, o = g.outputs;
  const layout = newFilterLayout(filter, taps, o, c, 1, o);
  for (let t = 0; t < taps; t++) store<i32>(layout.tapOffsets + (<usize>t << 2), (taps - 1 - t) * c * o);
  packFilter(layout);
  const gridH = max(g.outHeight + kh - 1, g.height * g.upY + g.padTop), gridW = max(g.outWidth + kw - 1, g.width * g.upX + g.padLeft);
  const job = record<FromNarrow>(FROM_NARROW);
  job.data = dy;
  job.imageBytes = g.outImageBytes();
  job.narrow = o;
  job.width = gridW + kw - 1;
  job.rows = shiftedTable(gridH + kh - 1, 1 - kh, g.outHeight, (g.outWidth * o) << 2);
  job.cols = shiftedTable(job.width, 1 - kw, g.outWidth, o << 2);
  job.stride = 1;
  job.kh = kh;
  job.depth = kw * o;
  job.filter = layout.out;
  job.channels = c;
  job.bias = 0;
  job.activation = NONE;
  job.slope = 0;
  job.out = scratch(<usize>(g.samples * c) * <usize>(gridH * gridW) << 2);
  job.h = gridH;
  job.w = gridW;
  run(job, g.samples);
  foldPadding(g, job.out, gridH, gridW, dx);
}
