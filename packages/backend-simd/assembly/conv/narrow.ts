/**
 * Convolutions with at most four channels on one side (to and from images). Gathering windows would write each number of
 * the wide side once for every tap and then multiply it by a sliver. Here every pixel of the wide side meets all taps at
 * once, z[pixel, (tap, channel)] = wide[pixel, :] · w, one full-width product, and the few numbers of z are added where
 * the tap sends them (col2im), row after row. Tasks own rows of the result; each result's terms come in the same order
 * whatever the task sizes.
 */
import { arg, parallel, setArg, threadCount, threadIndex } from "../runtime/pool";
import { RECORD_C, scratch } from "../runtime/scratch";
import { loadTail, storeTail } from "../runtime/vector";
import { activate } from "./activation";
import { blockGemm, MR, NR, roundUp } from "./gemm";
import { interleave6, Patches } from "./patches";
import { newFilterLayout, packFilter } from "./implicit";
import { forwardPatches } from "./forward";

/** Most channels of the narrow side: they travel in one vector. */
const NARROW: i32 = 4;
/** Fewest channels of the wide side, and fewest taps, for which this pays. */
const WIDE: i32 = 16;
const TAPS: i32 = 4;
/** Rows of the result in a task. */
const ROWS: i32 = 16;

export function isNarrow(narrow: i32, wide: i32, kh: i32, kw: i32): bool {
  return narrow <= NARROW && wide >= WIDE && wide <= 512 && kh * kw >= TAPS;
}

@unmanaged
export class Narrow {
  patches: Patches;
  /** Wide side: [N, wideH, wideW, wide]. */
  data: usize;
  wide: i32;
  wideH: i32;
  wideW: i32;
  /** Filter in panels [taps * narrow / 8][wide][8]. */
  filter: usize;
  narrow: i32;
  /** Result [N, H, W, narrow]. */
  out: usize;
  h: i32;
  w: i32;
  bias: usize;
  activation: i32;
  slope: f32;
  buffers: usize;
  bufferBytes: usize;
}

/** Distance between rows of z. */
// @ts-ignore: decorator
@inline
function zBytes(g: Narrow): usize {
  return <usize>roundUp(g.patches.kh * g.patches.kw * g.narrow, NR) << 2;
}

function prepare(g: Narrow): void {
  const rows = roundUp(g.wideW, MR);
  // A packed row of the wide side, a row of z, and the task's rows of the result, four lanes a pixel.
  g.bufferBytes = (<usize>(rows * g.wide) << 2) + <usize>rows * zBytes(g) + (<usize>(ROWS * g.w) << 4) + 256;
  g.buffers = scratch(g.bufferBytes * threadCount());
}

/** z for columns of taps in rows u0..u1 of the window, for all pixels of one row of the wide side. */
function multiplyRow(g: Narrow, row: usize, u0: i32, u1: i32, a: usize, z: usize): void {
  const bytes = <usize>g.wide << 2, w = g.wideW, last = w - 1;
  let to = a;
  for (let x = 0; x < w; x += MR) {
    interleave6(
      row + <usize>x * bytes, row + <usize>min(x + 1, last) * bytes, row + <usize>min(x + 2, last) * bytes,
      row + <usize>min(x + 3, last) * bytes, row + <usize>min(x + 4, last) * bytes, row + <usize>min(x + 5, last) * bytes, g.wide, to,
    );
    to += bytes * MR;
  }
  const perRow = g.patches.kw * g.narrow, j0 = (u0 * perRow) / NR, j1 = (u1 * perRow + NR - 1) / NR, panel = bytes * NR;
  blockGemm(
    a, bytes * MR, roundUp(w, MR), g.filter + <usize>j0 * panel, panel, (j1 - j0) * NR, z + (<usize>(j0 * NR) << 2), zBytes(g), g.wide, false,
  );
}

/** Adds to four-lane cells: lanes past the narrow side's channels carry numbers of the next tap and are never read. */
// @ts-ignore: decorator
@inline
function addTo(cell: usize, from: usize): void {
  v128.store(cell, f32x4.add(v128.load(cell), v128.load(from)));
}

function storeRows(g: Narrow, acc: usize, image: i32, row0: i32, row1: i32): void {
  const slope = f32x4.splat(g.slope), bias = g.bias ? loadTail4(g.bias, g.narrow) : f32x4.splat(0);
  let to = g.out + (<usize>((image * g.h + row0) * g.w * g.narrow) << 2);
  for (let i = 0; i < (row1 - row0) * g.w; i++) {
    const v = activate(f32x4.add(v128.load(acc), bias), g.activation, slope);
    if (g.narrow == 4) v128.store(to, v);
    else storeTail(to, v, g.narrow);
    acc += 16;
    to += <usize>g.narrow << 2;
  }
}

// @ts-ignore: decorator
@inline
function loadTail4(address: usize, count: i32): v128 {
  return count == 4 ? v128.load(address) : loadTail(address, count);
}

/** y = act(conv(x) + bias), few output channels, stride 1 and no upsampling. */
export function narrowForward(
  x: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, bias: usize, y: usize,
  padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, activation: i32, slope: f32,
): void {
  const g = changetype<Narrow>(RECORD_C);
  const taps = kh * kw, tapMajor = scratch(<usize>(c * roundUp(taps * o, NR)) << 2);
  // [taps, C, O] to [C, taps * O].
  for (let t = 0; t < taps; t++) {
    for (let i = 0; i < c; i++) {
      for (let j = 0; j < o; j++) {
        store<f32>(tapMajor + (<usize>(i * taps * o + t * o + j) << 2), load<f32>(filter + (<usize>((t * c + i) * o + j) << 2)));
      }
    }
  }
  const layout = newFilterLayout(tapMajor, 1, c, taps * o, taps * o, 1);
  store<i32>(layout.tapOffsets, 0);
  packFilter(layout);
  g.patches = forwardPatches(x, n, h, w, c, kh, kw, 1, padTop, padLeft, outH, outW, padMode, 1, 1);
  g.filter = layout.out;
  g.data = x;
  g.wide = c;
  g.wideH = h;
  g.wideW = w;
  g.narrow = o;
  g.out = y;
  g.h = outH;
  g.w = outW;
  g.bias = bias;
  g.activation = activation;
  g.slope = slope;
  prepare(g);
  setArg<Narrow>(0, g);
  parallel(forwardTask.index, n * ((outH + ROWS - 1) / ROWS));
}

/** Rows i0..i1 of y gather from z of every row of x that they see. */
function forwardTask(task: i32): void {
  const g = arg<Narrow>(0), p = g.patches, blocks = (g.h + ROWS - 1) / ROWS, kw = p.kw, narrow = g.narrow;
  const image = task / blocks, i0 = (task % blocks) * ROWS, i1 = min(g.h, i0 + ROWS);
  const a = g.buffers + <usize>threadIndex() * g.bufferBytes, z = a + (<usize>(roundUp(g.wideW, MR) * g.wide) << 2);
  const acc = z + <usize>roundUp(g.wideW, MR) * zBytes(g) + 64, rowBytes = <usize>(g.wideW * g.wide) << 2, step = zBytes(g);
  memory.fill(acc, 0, <usize>((i1 - i0) * g.w) << 4);
  for (let h = 0; h < g.wideH; h++) {
    const offset = h * <i32>rowBytes;
    let u0 = p.kh, u1 = 0;
    for (let r = i0; r < i1 + p.kh - 1; r++) {
      if (load<i32>(p.rows + (<usize>r << 2)) != offset) continue;
      u0 = min(u0, max(0, r - i1 + 1));
      u1 = max(u1, min(p.kh, r - i0 + 1));
    }
    if (u0 >= u1) continue;
    multiplyRow(g, g.data + <usize>image * p.imageBytes + <usize>offset, u0, u1, a, z);
    for (let i = i0; i < i1; i++) {
      for (let u = u0; u < u1; u++) {
        if (load<i32>(p.rows + (<usize>(i + u) << 2)) != offset) continue;
        let cell = acc + (<usize>((i - i0) * g.w) << 4);
        for (let j = 0; j < g.w; j++) {
          let sum = v128.load(cell);
          for (let v = 0; v < kw; v++) {
            const q = load<i32>(p.cols + (<usize>(j + v) << 2));
            if (q >= 0) sum = f32x4.add(sum, v128.load(z + <usize>(q / (g.wide << 2)) * step + (<usize>((u * kw + v) * narrow) << 2)));
          }
          v128.store(cell, sum);
          cell += 16;
        }
      }
    }
  }
  storeRows(g, acc, image, i0, i1);
}

/** dx of a convolution with few input channels: any stride, padding and upsampling. */
export function narrowDataGrad(
  dx: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, dy: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32,
): void {
  const g = changetype<Narrow>(RECORD_C);
  const layout = newFilterLayout(filter, 1, o, kh * kw * c, 1, o);
  store<i32>(layout.tapOffsets, 0);
  packFilter(layout);
  g.patches = forwardPatches(dx, n, h, w, c, kh, kw, stride, padTop, padLeft, outH, outW, padMode, up, up);
  g.filter = layout.out;
  g.data = dy;
  g.wide = o;
  g.wideH = outH;
  g.wideW = outW;
  g.narrow = c;
  g.out = dx;
  g.h = h;
  g.w = w;
  g.bias = 0;
  g.activation = 0;
  g.slope = 0;
  prepare(g);
  setArg<Narrow>(0, g);
  parallel(dataGradTask.index, n * ((h + ROWS - 1) / ROWS));
}

/** Rows h0..h1 of dx collect z of every row of dy whose windows reach them. */
function dataGradTask(task: i32): void {
  const g = arg<Narrow>(0), p = g.patches, blocks = (g.h + ROWS - 1) / ROWS, kw = p.kw, narrow = g.narrow;
  const image = task / blocks, h0 = (task % blocks) * ROWS, h1 = min(g.h, h0 + ROWS), line = g.w * narrow * 4;
  const a = g.buffers + <usize>threadIndex() * g.bufferBytes, z = a + (<usize>(roundUp(g.wideW, MR) * g.wide) << 2);
  const acc = z + <usize>roundUp(g.wideW, MR) * zBytes(g) + 64, step = zBytes(g), rowBytes = <usize>(g.wideW * g.wide) << 2;
  memory.fill(acc, 0, <usize>((h1 - h0) * g.w) << 4);
  for (let i = 0; i < g.wideH; i++) {
    const rows = p.rows + (<usize>(i * p.step) << 2);
    let u0 = p.kh, u1 = 0;
    for (let u = 0; u < p.kh; u++) {
      const r = load<i32>(rows + (<usize>u << 2));
      if (r < h0 * line || r >= h1 * line) continue;
      u0 = min(u0, u);
      u1 = u + 1;
    }
    if (u0 >= u1) continue;
    multiplyRow(g, g.data + <usize>(image * g.wideH + i) * rowBytes, u0, u1, a, z);
    for (let u = u0; u < u1; u++) {
      const r = load<i32>(rows + (<usize>u << 2));
      if (r < h0 * line || r >= h1 * line) continue;
      const to = acc + (<usize>((r / line - h0) * g.w) << 4);
      let from = z + (<usize>(u * kw * narrow) << 2);
      for (let j = 0; j < g.wideW; j++) {
        const cols = p.cols + (<usize>(j * p.step) << 2);
        for (let v = 0; v < kw; v++) {
          const q = load<i32>(cols + (<usize>v << 2));
          if (q >= 0) addTo(to + (<usize>(q / (narrow << 2)) << 4), from + (<usize>(v * narrow) << 2));
        }
        from += step;
      }
    }
  }
  storeRows(g, acc, image, h0, h1);
}
