/**
 * Gradient of a convolution by its input.
 *
 * In padded coordinates dx[r] = Σ_u dy[(r - u) / stride] w[u] over taps u with r - u divisible by the stride. Rows of equal
 * remainder a = r mod stride use the same taps a, a + stride, ...: stride² convolutions of stride 1 over dy, each with its
 * share of the taps, reversed, and its share of the output. Padding other than zeros and upsampling are undone
 * afterwards: `foldPadding` adds up all cells that came from the same source cell.
 */
import { parallel } from '../runtime/pool';
import { DATA_GRID, FOLD, IMPLICIT_GEMM, PATCHES, record } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { NONE } from './activation';
import { Geometry } from './geometry';
import { ImplicitGemm, newFilterLayout, packFilter, runImplicit } from './implicit';
import { forwardTable, PAD_ZERO, Patches, shiftedTable, zeros } from './patches';

/** The part of the padded axes whose gradient is wanted: [N, height, width, C], which begins at padded cell (top, left). */
@unmanaged
class DataGrid {
  data: usize;
  height: i32;
  width: i32;
  top: i32;
  left: i32;
}

export function convDataGrad(g: Geometry, dx: usize, filter: usize, dy: usize): void {
  const direct = g.padMode == PAD_ZERO && g.upY == 1 && g.upX == 1, grid = record<DataGrid>(DATA_GRID);
  // Without folding, just the cells of x.
  grid.top = direct ? g.padTop : 0;
  grid.left = direct ? g.padLeft : 0;
  grid.height = direct ? g.height : max(g.rowsRead(), g.height * g.upY + g.padTop);
  grid.width = direct ? g.width : max(g.colsRead(), g.width * g.upX + g.padLeft);
  grid.data = direct ? dx : scratch(<usize>(g.samples * g.channels) * <usize>(grid.height * grid.width) << 2);
  const empty = zeros(g.kernelWidth * g.outputs);
  for (let a = 0; a < g.stride; a++) {
    for (let b = 0; b < g.stride; b++) phase(g, grid, filter, dy, a, b, empty);
  }
  if (!direct) foldPadding(g, grid.data, grid.height, grid.width, dx);
}

/** Cells of the grid whose padded row is a and whose padded column is b modulo the stride. */
function phase(g: Geometry, grid: DataGrid, filter: usize, dy: usize, a: i32, b: i32, empty: usize): void {
  const stride = g.stride, c = g.channels, o = g.outputs, kw = g.kernelWidth, outH = g.outHeight, outW = g.outWidth;
  // Padded cells r = stride * i + a with top <= r < top + height.
  const i0 = (grid.top - a + stride - 1) / stride, j0 = (grid.left - b + stride - 1) / stride;
  const rows = (grid.top + grid.height - 1 - a) / stride - i0 + 1, cols = (grid.left + grid.width - 1 - b) / stride - j0 + 1;
  if (rows <= 0 || cols <= 0) return;
  const tapsY = max(0, (g.kernelHeight - a + stride - 1) / stride), tapsX = max(0, (kw - b + stride - 1) / stride);
  // A phase without taps (stride above the kernel) still has to write its zeros: one tap that reads nothing.
  const none = tapsY == 0 || tapsX == 0, ty = none ? 1 : tapsY, tx = none ? 1 : tapsX;
  const layout = newFilterLayout(filter, ty * tx, o, c, 1, o);
  for (let u = 0; u < ty; u++) {
    for (let v = 0; v < tx; v++) {
      const tap = none ? 0 : (a + stride * (ty - 1 - u)) * kw + b + stride * (tx - 1 - v);
      store<i32>(layout.tapOffsets + (<usize>(u * tx + v) << 2), tap * c * o);
    }
  }
  packFilter(layout);
  const p = record<Patches>(PATCHES);
  p.data = dy;
  p.imageBytes = g.outImageBytes();
  p.rows = shiftedTable(rows + ty, none ? outH : i0 - (ty - 1), outH, (outW * o) << 2);
  p.cols = shiftedTable(cols + tx, none ? outW : j0 - (tx - 1), outW, o << 2);
  p.step = 1;
  p.outH = rows;
  p.outW = cols;
  p.kh = ty;
  p.kw = tx;
  p.channels = o;
  p.zeros = empty;
  p.pixels = g.samples * rows * cols;
  const gemm = record<ImplicitGemm>(IMPLICIT_GEMM);
  gemm.patches = p;
  gemm.filter = layout.out;
  gemm.outChannels = c;
  gemm.bias = 0;
  gemm.activation = NONE;
  gemm.slope = 0;
  gemm.out = grid.data + (<usize>((stride * i0 + a - grid.top) * grid.width + stride * j0 + b - grid.left) * c << 2);
  gemm.outColBytes = <usize>(stride * c) << 2;
  gemm.outRowBytes = <usize>(stride * grid.width * c) << 2;
  gemm.outImageBytes = <usize>(grid.height * grid.width) * c << 2;
  runImplicit(gemm);
}

/** Lists the padded cells of each source cell: starts [size + 1], then cells. */
function sourcesTable(cells: i32, size: i32, up: i32, pad: i32, mode: i32): usize {
  const origin = forwardTable(cells, size, up, pad, mode, 1);
  const starts = scratch(<usize>(size + 1 + cells) << 2), list = starts + (<usize>(size + 1) << 2);
  let k = 0;
  for (let i = 0; i < size; i++) {
    store<i32>(starts + (<usize>i << 2), k);
    for (let cell = 0; cell < cells; cell++) {
      if (load<i32>(origin + (<usize>cell << 2)) != i) continue;
      store<i32>(list + (<usize>k << 2), cell);
      k++;
    }
  }
  store<i32>(starts + (<usize>size << 2), k);
  return starts;
}

@unmanaged
class Fold {
  grid: usize;
  gridHeight: i32;
  gridWidth: i32;
  dx: usize;
  height: i32;
  width: i32;
  channels: i32;
  /** `sourcesTable` of each axis. */
  rowSources: usize;
  colSources: usize;
}

/** dx [N, H, W, C] = for each cell, the sum of the cells of `grid` [N, gridHeight, gridWidth, C] that padding made from it. */
export function foldPadding(g: Geometry, grid: usize, gridHeight: i32, gridWidth: i32, dx: usize): void {
  const job = record<Fold>(FOLD);
  job.grid = grid;
  job.gridHeight = gridHeight;
  job.gridWidth = gridWidth;
  job.dx = dx;
  job.height = g.height;
  job.width = g.width;
  job.channels = g.channels;
  job.rowSources = sourcesTable(gridHeight, g.height, g.upY, g.padTop, g.padMode);
  job.colSources = sourcesTable(gridWidth, g.width, g.upX, g.padLeft, g.padMode);
  parallel(foldTask.index, g.samples * g.height);
}

function foldTask(task: i32): void {
  const job = record<Fold>(FOLD), gridW = job.gridWidth, h = job.height, w = job.width, c = job.channels;
  const ys = job.rowSources, xs = job.colSources;
  const yList = ys + (<usize>(h + 1) << 2), xList = xs + (<usize>(w + 1) << 2);
  const row = task % h, bytes = <usize>c << 2, body = <usize>(c & ~3) << 2;
  const image = job.grid + <usize>(task / h * job.gridHeight) * gridW * bytes;
  let to = job.dx + <usize>task * w * bytes;
  const y0 = load<i32>(ys + (<usize>row << 2)), y1 = load<i32>(ys + (<usize>row << 2), 4);
  for (let x = 0; x < w; x++) {
    const x0 = load<i32>(xs + (<usize>x << 2)), x1 = load<i32>(xs + (<usize>x << 2), 4);
    memory.fill(to, 0, bytes);
    for (let i = y0; i < y1; i++) {
      const gridRow = image + <usize>(load<i32>(yList + (<usize>i << 2)) * gridW) * bytes;
      for (let j = x0; j < x1; j++) {
        const from = gridRow + <usize>load<i32>(xList + (<usize>j << 2)) * bytes;
        let k: usize = 0;
        for (; k < body; k += 16) v128.store(to + k, f32x4.add(v128.load(to + k), v128.load(from + k)));
        for (; k < bytes; k += 4) store<f32>(to + k, load<f32>(to + k) + load<f32>(from + k));
      }
    }
    to += bytes;
  }
}
