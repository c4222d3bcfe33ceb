/**
 * Convolution as one matrix product: windows (rows) × taps·channels (k) × output channels (columns),
 * with the rows of A gathered block by block while they are packed.
 *
 * A task owns MC windows and up to NC output channels. Its block of A (MC × KC) and of C (MC × NC) stay in the
 * second-level cache; the packed filter streams past.
 */
import { parallel, threadCount, threadIndex } from '../runtime/pool';
import { FILTER_LAYOUT, IMPLICIT_GEMM, record } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { loadTail, storeTail, transpose4x4 } from '../runtime/vector';
import { activate } from './activation';
import { blockGemm, MR, NR, roundUp } from './gemm';
import { fillStrips, Patches } from './patches';

const MC: i32 = 96;
const NC: i32 = 512;
const KC: i32 = 384;

/** The product, what to do with it (add a bias, activate), and where output pixel (n, i, j) lies. */
@unmanaged
export class ImplicitGemm {
  patches: Patches;
  /** Filter in panels, [cols / 8][taps * channels][8]. */
  filter: usize;
  outChannels: i32;
  bias: usize;
  activation: i32;
  slope: f32;
  out: usize;
  outImageBytes: usize;
  outRowBytes: usize;
  outColBytes: usize;
  // Set by `runImplicit`.
  blockRows: i32;
  rowBlocks: i32;
  blockCols: i32;
  buffers: usize;
  bufferBytes: usize;
}

export function runImplicit(g: ImplicitGemm): void {
  const p = g.patches, cols = roundUp(g.outChannels, NR);
  // Enough tasks to share out, whatever the number of threads: blocking of rows and columns changes no result.
  const wanted = threadCount() == 1 ? 1 : 4 * threadCount();
  g.blockRows = min(MC, max(MR, roundUp((p.pixels + wanted - 1) / wanted, MR)));
  g.rowBlocks = (p.pixels + g.blockRows - 1) / g.blockRows;
  g.blockCols = min(NC, cols);
  if (g.rowBlocks < wanted) g.blockCols = min(g.blockCols, max(NR, roundUp((cols * g.rowBlocks + wanted - 1) / wanted, NR)));
  const aBytes = <usize>g.blockRows * KC << 2;
  g.bufferBytes = aBytes + (<usize>g.blockRows * g.blockCols << 2) + 128;
  g.buffers = scratch(g.bufferBytes * threadCount());
  parallel(implicitTask.index, g.rowBlocks * ((cols + g.blockCols - 1) / g.blockCols));
}

function implicitTask(task: i32): void {
  const g = record<ImplicitGemm>(IMPLICIT_GEMM);
  const p = g.patches, taps = p.kh * p.kw, channels = p.channels;
  const first = (task % g.rowBlocks) * g.blockRows, col = (task / g.rowBlocks) * g.blockCols;
  const count = min(g.blockRows, p.pixels - first), rows = roundUp(count, MR);
  const cols = min(g.blockCols, roundUp(g.outChannels, NR) - col);
  const a = g.buffers + <usize>threadIndex() * g.bufferBytes;
  const c = a + (<usize>g.blockRows * KC << 2) + 64, ldc = <usize>cols << 2;
  const panelBytes = <usize>(taps * channels) << 5;
  let b = g.filter + <usize>(col / NR) * panelBytes;
  let accumulate = false;
  // Blocks of k: some whole taps, or part of one tap where it has many channels.
  if (channels <= KC) {
    const tapsPerBlock = KC / channels;
    for (let t = 0; t < taps; t += tapsPerBlock) {
      const t1 = min(taps, t + tapsPerBlock), k = (t1 - t) * channels, stripBytes = <usize>k * 24;
      fillStrips(p, first, rows, t, t1, 0, channels, a, stripBytes);
      blockGemm(a, stripBytes, rows, b, panelBytes, cols, c, ldc, k, accumulate);
      b += <usize>k << 5;
      accumulate = true;
    }
  } else {
    for (let t = 0; t < taps; t++) {
      for (let c0 = 0; c0 < channels; c0 += KC) {
        const c1 = min(channels, c0 + KC), k = c1 - c0, stripBytes = <usize>k * 24;
        fillStrips(p, first, rows, t, t + 1, c0, c1, a, stripBytes);
        blockGemm(a, stripBytes, rows, b, panelBytes, cols, c, ldc, k, accumulate);
        b += <usize>k << 5;
        accumulate = true;
      }
    }
  }
  storeBlock(g, first, count, col, min(cols, g.outChannels - col), c, ldc);
}

/** Bias and activation on a block of C, then out to the image. */
function storeBlock(g: ImplicitGemm, first: i32, count: i32, col: i32, cols: i32, c: usize, ldc: usize): void {
  const p = g.patches, slope = f32x4.splat(g.slope), activation = g.activation, bias = g.bias;
  let x = first % p.outW, y = (first / p.outW) % p.outH;
  let image = g.out + <usize>(first / (p.outW * p.outH)) * g.outImageBytes + (<usize>col << 2);
  const body = <usize>(cols & ~3) << 2, tail = cols & 3, offset = bias + (<usize>col << 2);
  for (let m = 0; m < count; m++) {
    const to = image + <usize>y * g.outRowBytes + <usize>x * g.outColBytes;
    for (let i: usize = 0; i < body; i += 16) {
      let v = v128.load(c + i);
      if (bias) v = f32x4.add(v, v128.load(offset + i));
      v128.store(to + i, activate(v, activation, slope));
    }
    if (tail) {
      let v = v128.load(c + body);
      if (bias) v = f32x4.add(v, loadTail(offset + body, tail));
      storeTail(to + body, activate(v, activation, slope), tail);
    }
    c += ldc;
    if (++x == p.outW) {
      x = 0;
      if (++y == p.outH) {
        y = 0;
        image += g.outImageBytes;
      }
    }
  }
}

/** Which element of a filter [taps][rows][cols] becomes B[k, col]; see `packFilter`. */
@unmanaged
export class FilterLayout {
  filter: usize;
  out: usize;
  taps: i32;
  /** Rows of k for each tap. */
  depth: i32;
  cols: i32;
  /** Distances, in floats, of one step along k within a tap and along columns. */
  depthStride: i32;
  colStride: i32;
  /** Offset in floats of each tap. */
  tapOffsets: usize;
}

/** Packs a filter into panels of 8 columns, [cols / 8][taps * depth][8], zeros past the last column. */
export function packFilter(layout: FilterLayout): void {
  parallel(packPanelTask.index, ((layout.cols + NR - 1) / NR) * layout.taps);
}

export function newFilterLayout(filter: usize, taps: i32, depth: i32, cols: i32, depthStride: i32, colStride: i32): FilterLayout {
  const layout = record<FilterLayout>(FILTER_LAYOUT);
  layout.filter = filter;
  layout.taps = taps;
  layout.depth = depth;
  layout.cols = cols;
  layout.depthStride = depthStride;
  layout.colStride = colStride;
  layout.tapOffsets = scratch(<usize>taps << 2);
  layout.out = scratch(<usize>(roundUp(cols, NR) * depth * taps) << 2);
  return layout;
}

function packPanelTask(task: i32): void {
  const l = record<FilterLayout>(FILTER_LAYOUT);
  const tap = task % l.taps, col = (task / l.taps) * NR, count = min(NR, l.cols - col);
  const depth = l.depth, depthBytes = <usize>l.depthStride << 2, colBytes = <usize>l.colStride << 2;
  let from = l.filter + (<usize>load<i32>(l.tapOffsets + (<usize>tap << 2)) << 2) + <usize>col * colBytes;
  let to = l.out + (<usize>(col * l.taps * depth + tap * depth * NR) << 2);
  if (count == NR && l.colStride == 1) {
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += depthBytes;
      to += 32;
    }
    return;
  }
  let k = 0;
  if (count == NR && l.depthStride == 1) {
    for (; k + 4 <= depth; k += 4) {
      transpose4x4(from, colBytes, to, 32);
      transpose4x4(from + colBytes * 4, colBytes, to + 16, 32);
      from += 16;
      to += 128;
    }
  }
  for (; k < depth; k++) {
    let cell = from;
    for (let j = 0; j < NR; j++) {
      store<f32>(to + (<usize>j << 2), j < count ? load<f32>(cell) : 0);
      cell += colBytes;
    }
    from += depthBytes;
    to += 32;
  }
}
