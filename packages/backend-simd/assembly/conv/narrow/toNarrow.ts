/**
 * Convolutions that write at most four channels: the last layer of a decoder, and the gradient by the input of a first layer.
 *
 * A window's columns would make a sliver of eight wasted columns out of one to four channels. Instead all columns of the taps become
 * columns of one product, and only rows of taps are summed in it:
 *
 *     z[pixel, (v, channel)] = Σ over terms (row, u) of a row of the result:  wide[row, pixel, :] w[u, :, (v, channel)]
 *
 * and the few numbers of z are then added where tap column v sends them. Each result's terms come in the same order whatever
 * the tasks.
 */
import { parallel, threadCount, threadIndex } from '../../runtime/pool';
import { record, TAP_ROWS, TO_NARROW } from '../../runtime/records';
import { scratch } from '../../runtime/scratch';
import { loadTail, storeTail } from '../../runtime/vector';
import { activate, NONE } from '../activation';
import { blockGemm, MR, NR, roundUp } from '../gemm';
import { Geometry } from '../geometry';
import { forwardTable, interleave6 } from '../patches';

@unmanaged
class ToNarrow {
  /** Wide side: [N, wideH, wideW, wide]. */
  data: usize;
  wide: i32;
  wideH: i32;
  wideW: i32;
  /** Filter in panels [kw * narrow / 8][kh][wide][8], its rows in the order of `places`. */
  filter: usize;
  kh: i32;
  kw: i32;
  narrow: i32;
  stride: i32;
  /** Where each row of taps lies in the filter: rows that serve the same row of the gradient of a strided convolution are neighbours. */
  places: usize;
  /** Rows: the row of the source under each cell of the padded axis. Columns: likewise, times `colBytes`. -1 for a zero. */
  rows: usize;
  cols: usize;
  /** Result [N, h, w, narrow]. */
  out: usize;
  h: i32;
  w: i32;
  bias: usize;
  activation: i32;
  slope: f32;
  /** Bytes of a row of z. */
  zBytes: usize;
  buffers: usize;
  bufferBytes: usize;
  /** Parts of a thread's buffer. */
  stripOffset: usize;
  zOffset: usize;
  rowOffset: usize;
}

/**
 * z of one row of the result, for all pixels of the wide side. Terms that use neighbouring rows of the filter are one sum. Six pixels are
 * packed for all terms of such a run, and meet every panel.
 */
function multiplyTerms(g: ToNarrow, terms: usize, count: i32, strip: usize, z: usize): void {
  const wide = g.wide, bytes = <usize>wide << 2, last = g.wideW - 1, cols = roundUp(g.kw * g.narrow, NR);
  const panel = <usize>(g.kh * wide) << 5;
  if (count == 0) memory.fill(z, 0, g.zBytes * roundUp(g.wideW, MR));
  let accumulate = false;
  for (let first = 0; first < count;) {
    const position = load<i32>(terms + (<usize>first << 3), 4);
    let end = first + 1;
    while (end < count && load<i32>(terms + (<usize>end << 3), 4) == position + end - first) end++;
    const depth = (end - first) * wide, b = g.filter + (<usize>(position * wide) << 5);
    for (let x = 0; x < g.wideW; x += MR) {
      // The last strip repeats the last pixel.
      const o0 = <usize>x * bytes, o1 = <usize>min(x + 1, last) * bytes, o2 = <usize>min(x + 2, last) * bytes;
      const o3 = <usize>min(x + 3, last) * bytes, o4 = <usize>min(x + 4, last) * bytes, o5 = <usize>min(x + 5, last) * bytes;
      let to = strip;
      for (let t = first; t < end; t++) {
        const row = <usize>load<u32>(terms + (<usize>t << 3));
        interleave6(row + o0, row + o1, row + o2, row + o3, row + o4, row + o5, wide, to);
        to += bytes * MR;
      }
      blockGemm(strip, 0, MR, b, panel, cols, z + <usize>x * g.zBytes, g.zBytes, depth, accumulate);
    }
    accumulate = true;
    first = end;
  }
}

/** A filter with its element (u, v, wide, narrow) at distances (in floats) su, sv, sw, sn, on its way into panels. */
@unmanaged
class TapRows {
  filter: usize;
  out: usize;
  places: usize;
  kh: i32;
  kw: i32;
  wide: i32;
  narrow: i32;
  su: i32;
  sv: i32;
  sw: i32;
  sn: i32;
}

function packTapRow(u: i32): void {
  const f = record<TapRows>(TAP_ROWS), count = f.kw * f.narrow, step = <usize>f.sw << 2;
  let to = f.out + (<usize>(load<i32>(f.places + (<usize>u << 2)) * f.wide) << 5);
  for (let col = 0; col < count; col += NR) {
    for (let lane = 0; lane < NR; lane++) {
      const k = col + lane;
      let cell = to + (<usize>lane << 2);
      let from = f.filter + (<usize>(u * f.su + (k / f.narrow) * f.sv + (k % f.narrow) * f.sn) << 2);
      for (let i = 0; i < f.wide; i++) {
        store<f32>(cell, k < count ? load<f32>(from) : 0);
        from += step;
        cell += 32;
      }
    }
    to += <usize>(f.kh * f.wide) << 5;
  }
}

/** Rows of taps by their remainder modulo `stride`. */
function rowPlaces(kh: i32, stride: i32): usize {
  const places = scratch(<usize>kh << 2);
  let place = 0;
  for (let a = 0; a < stride; a++) {
    for (let u = a; u < kh; u += stride) {
      store<i32>(places + (<usize>u << 2), place);
      place++;
    }
  }
  return places;
}

/** `most`: terms of a row of the result. `classes`: see `places`. sv, sw, sn: see TapRows. */
function newToNarrow(
  filter: usize, kh: i32, kw: i32, wide: i32, narrow: i32, sv: i32, sw: i32, sn: i32, classes: i32, most: i32, wideW: i32, w: i32,
): ToNarrow {
  const f = record<TapRows>(TAP_ROWS);
  f.filter = filter;
  f.kh = kh;
  f.kw = kw;
  f.wide = wide;
  f.narrow = narrow;
  f.su = kw * sv;
  f.sv = sv;
  f.sw = sw;
  f.sn = sn;
  f.places = rowPlaces(kh, classes);
  f.out = scratch(<usize>(kh * wide * roundUp(kw * narrow, NR)) << 2);
  parallel(packTapRow.index, kh);
  const g = record<ToNarrow>(TO_NARROW);
  g.filter = f.out;
  g.places = f.places;
  g.kh = kh;
  g.kw = kw;
  g.wide = wide;
  g.narrow = narrow;
  g.wideW = wideW;
  g.w = w;
  g.zBytes = <usize>roundUp(kw * narrow, NR) << 2;
  // Terms, a strip, z, and a row of the result in four lanes a pixel; a vector of slack behind each.
  g.stripOffset = (<usize>most << 3) + 16;
  g.zOffset = g.stripOffset + <usize>(kh * wide) * 24 + 16;
  g.rowOffset = g.zOffset + <usize>roundUp(wideW, MR) * g.zBytes + 16;
  g.bufferBytes = g.rowOffset + (<usize>w << 4) + 16;
  g.buffers = scratch(g.bufferBytes * threadCount());
  return g;
}

/** One term: a row of the wide side, and the place of the row of taps that it meets. */
// @ts-ignore: decorator
@inline
function storeTerm(g: ToNarrow, term: usize, image: i32, row: i32, u: i32): void {
  store<u32>(term, <u32>(g.data + (<usize>((image * g.wideH + row) * g.wideW * g.wide) << 2)));
  store<i32>(term, load<i32>(g.places + (<usize>u << 2)), 4);
}

/** y = act(conv(x) + bias), few output channels: any stride, padding and upsampling. */
export function narrowOutputForward(
  g: Geometry, x: usize, filter: usize, bias: usize, y: usize, activation: i32, slope: f32,
): void {
  const c = g.channels, o = g.outputs;
  const job = newToNarrow(filter, g.kernelHeight, g.kernelWidth, c, o, c * o, o, 1, 1, g.kernelHeight, g.width, g.outWidth);
  job.data = x;
  job.wideH = g.height;
  job.stride = g.stride;
  job.rows = forwardTable(g.rowsRead(), g.height, g.upY, g.padTop, g.padMode, 1);
  job.cols = forwardTable(g.colsRead(), g.width, g.upX, g.padLeft, g.padMode, <i32>job.zBytes);
  job.out = y;
  job.h = g.outHeight;
  job.bias = bias;
  job.activation = activation;
  job.slope = slope;
  parallel(forwardTask.index, g.samples * g.outHeight);
}

/** Row i of y: terms are the rows of its windows; each pixel gathers z of the columns that it sees. */
function forwardTask(task: i32): void {
  const g = record<ToNarrow>(TO_NARROW), image = task / g.h, i = task % g.h;
  const terms = g.buffers + <usize>threadIndex() * g.bufferBytes, z = terms + g.zOffset;
  let term = terms;
  for (let u = 0; u < g.kh; u++) {
    const row = load<i32>(g.rows + (<usize>(i * g.stride + u) << 2));
    if (row < 0) continue;
    storeTerm(g, term, image, row, u);
    term += 8;
  }
  multiplyTerms(g, terms, <i32>(term - terms) >> 3, terms + g.stripOffset, z);
  const slope = f32x4.splat(g.slope), bias = g.bias ? (g.narrow == 4 ? v128.load(g.bias) : loadTail(g.bias, g.narrow)) : f32x4.splat(0);
  let to = g.out + (<usize>(task * g.w * g.narrow) << 2);
  for (let j = 0; j < g.w; j++) {
    let sum = bias, cell = z;
    const cols = g.cols + (<usize>(j * g.stride) << 2);
    for (let v = 0; v < g.kw; v++) {
      const q = load<i32>(cols + (<usize>v << 2));
      // Lanes past the narrow side's channels carry numbers of the next tap, and are not stored.
      if (q >= 0) sum = f32x4.add(sum, v128.load(cell + <usize>q));
      cell += <usize>g.narrow << 2;
    }
    storePixel(to, activate(sum, g.activation, slope), g.narrow);
    to += <usize>g.narrow << 2;
  }
}

// @ts-ignore: decorator
@inline
function storePixel(to: usize, v: v128, channels: i32): void {
  if (channels == 4) v128.store(to, v);
  else storeTail(to, v, channels);
}

/** dx of a convolution with few input channels: any stride, padding and upsampling. */
export function narrowInputDataGrad(g: Geometry, dx: usize, filter: usize, dy: usize): void {
  const kh = g.kernelHeight, c = g.channels, o = g.outputs;
  const job = newToNarrow(filter, kh, g.kernelWidth, o, c, c * o, 1, o, g.stride, g.outHeight * kh, g.outWidth, g.width);
  job.data = dy;
  job.wideH = g.outHeight;
  job.stride = g.stride;
  job.rows = forwardTable(g.rowsRead(), g.height, g.upY, g.padTop, g.padMode, 1);
  job.cols = forwardTable(g.colsRead(), g.width, g.upX, g.padLeft, g.padMode, 16);
  job.out = dx;
  job.h = g.height;
  job.bias = 0;
  job.activation = NONE;
  job.slope = 0;
  parallel(gradTask.index, g.samples * g.height);
}

/** Row r of dx: terms are the rows of dy whose windows reach it; z of each pixel goes where its taps read. */
function gradTask(task: i32): void {
  const g = record<ToNarrow>(TO_NARROW), image = task / g.h, r = task % g.h;
  const terms = g.buffers + <usize>threadIndex() * g.bufferBytes, z = terms + g.zOffset, acc = terms + g.rowOffset;
  let term = terms;
  for (let u = 0; u < g.kh; u++) {
    for (let i = 0; i < g.wideH; i++) {
      if (load<i32>(g.rows + (<usize>(i * g.stride + u) << 2)) != r) continue;
      storeTerm(g, term, image, i, u);
      term += 8;
    }
  }
  multiplyTerms(g, terms, <i32>(term - terms) >> 3, terms + g.stripOffset, z);
  memory.fill(acc, 0, <usize>g.w << 4);
  let row = z;
  for (let j = 0; j < g.wideW; j++) {
    const cols = g.cols + (<usize>(j * g.stride) << 2);
    let cell = row;
    for (let v = 0; v < g.kw; v++) {
      const q = load<i32>(cols + (<usize>v << 2));
      if (q >= 0) v128.store(acc + <usize>q, f32x4.add(v128.load(acc + <usize>q), v128.load(cell)));
      cell += <usize>g.narrow << 2;
    }
    row += g.zBytes;
  }
  let from = acc, to = g.out + (<usize>(task * g.w * g.narrow) << 2);
  for (let j = 0; j < g.w; j++) {
    storePixel(to, v128.load(from), g.narrow);
    from += 16;
    to += <usize>g.narrow << 2;
  }
}
