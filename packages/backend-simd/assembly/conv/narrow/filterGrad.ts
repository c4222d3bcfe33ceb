/**
 * Gradient by the filter of convolutions from or to at most four channels.
 *
 *     dw[u, m, k] = Σ_images Σ_rows Σ_pixels narrow[row a, pixel * step + m] wide[row b, pixel, k]
 *
 * m = (tap v, channel) runs over numbers that lie side by side in a padded row of the narrow side, so that nothing is gathered:
 * a tile of 6 m × 8 k stays in registers while the pixels of a row pass by.
 *
 *   few input channels   narrow: x with its padding, row i * stride + u;   wide: dy, row i
 *   few output channels  narrow: dy with kw - 1 zeros around, row i;       wide: x, row i + u, with its columns of padding
 *                        (stride 1; tap columns come out in reverse)
 *
 * A task owns eight channels of the wide side and some rows u of taps. Sums run over images and rows in order, whatever the tasks.
 */
import { parallel, threadCount, threadIndex } from '../../runtime/pool';
import { NARROW_FILTER_GRAD, record } from '../../runtime/records';
import { scratch } from '../../runtime/scratch';
import { fma } from '../../runtime/vector';
import { MR, NR, roundUp } from '../gemm';
import { Geometry } from '../geometry';
import { forwardTable, shiftedTable } from '../patches';
import { padImage, Padded } from './padded';

@unmanaged
class NarrowFilterGrad {
  image: Padded;
  n: i32;
  /** Bytes between neighbouring pixels of the narrow side, and numbers m under a row of a window. */
  step: usize;
  depth: i32;
  kh: i32;
  kw: i32;
  stride: i32;
  /** Wide side [N, wideH, wideW, wide], and the columns of it that a row is spread over: `count` of them. */
  data: usize;
  wide: i32;
  wideH: i32;
  wideW: i32;
  cols: usize;
  count: i32;
  /** Few output channels: the source row of each row of the padded axis. Else 0. */
  rows: usize;
  outH: i32;
  narrow: i32;
  dw: usize;
  /** Rows u of taps that a task owns. */
  share: i32;
  buffers: usize;
  bufferBytes: usize;
}

/** c [6][8] += Σ_pixels a[pixel * step + 0..5] ⊗ b[pixel * 8 + 0..7]. */
export function outerTile(a: usize, step: usize, b: usize, count: i32, c: usize): void {
  let c00 = v128.load(c), c01 = v128.load(c, 16), c10 = v128.load(c, 32), c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64), c21 = v128.load(c, 80), c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  let c40 = v128.load(c, 128), c41 = v128.load(c, 144), c50 = v128.load(c, 160), c51 = v128.load(c, 176);
  const end = b + (<usize>count << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00); c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10); c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20); c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30); c31 = fma(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = fma(x, b0, c40); c41 = fma(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = fma(x, b0, c50); c51 = fma(x, b1, c51);
    a += step;
    b += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(c, c10, 32); v128.store(c, c11, 48);
  v128.store(c, c20, 64); v128.store(c, c21, 80); v128.store(c, c30, 96); v128.store(c, c31, 112);
  v128.store(c, c40, 128); v128.store(c, c41, 144); v128.store(c, c50, 160); v128.store(c, c51, 176);
}

/** Bytes of the sums of one row of taps. */
// @ts-ignore: decorator
@inline
function sumsBytes(g: NarrowFilterGrad): usize {
  return <usize>roundUp(g.depth, MR) << 5;
}

function run(g: NarrowFilterGrad): void {
  const panels = (g.wide + NR - 1) / NR;
  g.share = panels >= 2 * threadCount() ? g.kh : 1;
  g.bufferBytes = (<usize>g.count << 5) + sumsBytes(g) * g.share + 64;
  g.buffers = scratch(g.bufferBytes * threadCount());
  parallel(filterGradTask.index, panels * ((g.kh + g.share - 1) / g.share));
}

function filterGradTask(task: i32): void {
  const g = record<NarrowFilterGrad>(NARROW_FILTER_GRAD), p = g.image, panels = (g.wide + NR - 1) / NR, col = (task % panels) * NR;
  const u0 = (task / panels) * g.share, u1 = min(g.kh, u0 + g.share), rowBytes = <usize>(g.wideW * g.wide) << 2;
  const b = g.buffers + <usize>threadIndex() * g.bufferBytes, sums = b + (<usize>g.count << 5);
  memory.fill(sums, 0, sumsBytes(g) * g.share);
  for (let n = 0; n < g.n; n++) {
    const image = p.data + <usize>n * p.imageBytes;
    for (let row = 0; row < g.wideH; row++) {
      let packed = false;
      for (let u = u0; u < u1; u++) {
        if (g.rows == 0) {
          if (!packed) packRow(g, g.data + <usize>(n * g.wideH + row) * rowBytes, col, b);
          packed = true;
          addRow(g, image + <usize>(row * g.stride + u) * p.pitch, b, sums + sumsBytes(g) * (u - u0));
          continue;
        }
        for (let i = 0; i < g.outH; i++) {
          if (load<i32>(g.rows + (<usize>(i + u) << 2)) != row) continue;
          if (!packed) packRow(g, g.data + <usize>(n * g.wideH + row) * rowBytes, col, b);
          packed = true;
          addRow(g, image + <usize>i * p.pitch, b, sums + sumsBytes(g) * (u - u0));
        }
      }
    }
  }
  for (let u = u0; u < u1; u++) storeRow(g, sums + sumsBytes(g) * (u - u0), u, col);
}

/** Eight channels from `col` on of a row of the wide side, [count][8]. */
function packRow(g: NarrowFilterGrad, row: usize, col: i32, to: usize): void {
  const lanes = min(NR, g.wide - col);
  row += <usize>col << 2;
  for (let j = 0; j < g.count; j++) {
    const q = load<i32>(g.cols + (<usize>j << 2));
    if (q < 0) {
      v128.store(to, f32x4.splat(0));
      v128.store(to, f32x4.splat(0), 16);
    } else if (lanes == NR) {
      v128.store(to, v128.load(row + <usize>q));
      v128.store(to, v128.load(row + <usize>q, 16), 16);
    } else {
      for (let l = 0; l < NR; l++) store<f32>(to + (<usize>l << 2), l < lanes ? load<f32>(row + <usize>q + (<usize>l << 2)) : 0);
    }
    to += 32;
  }
}

function addRow(g: NarrowFilterGrad, a: usize, b: usize, sums: usize): void {
  for (let m = 0; m < g.depth; m += MR) {
    outerTile(a + (<usize>m << 2), g.step, b, g.count, sums);
    sums += 192;
  }
}

/** Sums [m][8] of one row of taps to the filter, [kh, kw, C, O]. */
function storeRow(g: NarrowFilterGrad, sums: usize, u: i32, col: i32): void {
  const lanes = min(NR, g.wide - col), narrow = g.narrow, wide = g.wide;
  for (let m = 0; m < g.depth; m++) {
    for (let l = 0; l < lanes; l++) {
      const value = load<f32>(sums + (<usize>l << 2));
      if (g.rows == 0) store<f32>(g.dw + (<usize>((u * g.depth + m) * wide + col + l) << 2), value);
      else {
        const v = g.kw - 1 - m / narrow;
        store<f32>(g.dw + (<usize>(((u * g.kw + v) * wide + col + l) * narrow + m % narrow) << 2), value);
      }
    }
    sums += 32;
  }
}

/** dw of a convolution with few input channels: any stride, padding and upsampling. */
export function narrowInputFilterGrad(g: Geometry, x: usize, dw: usize, dy: usize): void {
  const rows = g.rowsRead(), cols = g.colsRead(), c = g.channels, o = g.outputs;
  const job = record<NarrowFilterGrad>(NARROW_FILTER_GRAD);
  job.image = padImage(
    x, g.samples, g.imageBytes(), c, forwardTable(rows, g.height, g.upY, g.padTop, g.padMode, (g.width * c) << 2), rows,
    forwardTable(cols, g.width, g.upX, g.padLeft, g.padMode, c << 2), cols, MR,
  );
  job.n = g.samples;
  job.step = <usize>(g.stride * c) << 2;
  job.depth = g.kernelWidth * c;
  job.kh = g.kernelHeight;
  job.kw = g.kernelWidth;
  job.stride = g.stride;
  job.data = dy;
  job.wide = o;
  job.wideH = g.outHeight;
  job.wideW = g.outWidth;
  job.cols = shiftedTable(g.outWidth, 0, g.outWidth, o << 2);
  job.count = g.outWidth;
  job.rows = 0;
  job.outH = g.outHeight;
  job.narrow = c;
  job.dw = dw;
  run(job);
}

/** dw of a convolution with few output channels, stride 1: any padding and upsampling. */
export function narrowOutputFilterGrad(g: Geometry, x: usize, dw: usize, dy: usize): void {
  const outH = g.outHeight, outW = g.outWidth, kh = g.kernelHeight, kw = g.kernelWidth, c = g.channels, o = g.outputs;
  const count = outW + kw - 1, cols = count + kw - 1;
  const job = record<NarrowFilterGrad>(NARROW_FILTER_GRAD);
  job.image = padImage(
    dy, g.samples, g.outImageBytes(), o, shiftedTable(outH, 0, outH, (outW * o) << 2), outH,
    shiftedTable(cols, 1 - kw, outW, o << 2), cols, MR,
  );
  job.n = g.samples;
  job.step = <usize>o << 2;
  job.depth = kw * o;
  job.kh = kh;
  job.kw = kw;
  job.stride = 1;
  job.data = x;
  job.wide = c;
  job.wideH = g.height;
  job.wideW = g.width;
  job.cols = forwardTable(count, g.width, g.upX, g.padLeft, g.padMode, c << 2);
  job.count = count;
  job.rows = forwardTable(outH + kh - 1, g.height, g.upY, g.padTop, g.padMode, 1);
  job.outH = outH;
  job.narrow = o;
  job.dw = dw;
  run(job);
}
