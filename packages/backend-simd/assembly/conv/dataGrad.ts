/**
 * Gradient of a convolution by its input.
 *
 * In padded coordinates dx[r] = Σ_u dy[(r - u) / stride] w[u] over taps u with r - u divisible by the stride. Rows of equal
 * remainder a = r mod stride use the same taps a, a + stride, ...: stride² convolutions of stride 1 over dy, each with its
 * share of the taps, reversed, and its share of the output. Padding other than zeros and upsampling are undone
 * afterwards: `foldPadding` adds up all cells that came from the same source cell.
 */
import { arg, parallel, setArg } from "../runtime/pool";
import { RECORD_A, RECORD_C, scratch } from "../runtime/scratch";
import { ImplicitGemm, newFilterLayout, packFilter, runImplicit } from "./implicit";
import { forwardTable, PAD_ZERO, Patches, shiftedTable, zeros } from "./patches";

export function convDataGrad(
  dx: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, dy: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, upY: i32, upX: i32,
): void {
  const direct = padMode == PAD_ZERO && upY == 1 && upX == 1;
  // The part of the padded axis that is wanted: without folding, just the cells of x.
  const loY = direct ? padTop : 0, loX = direct ? padLeft : 0;
  const gridH = direct ? h : max((outH - 1) * stride + kh, h * upY + padTop);
  const gridW = direct ? w : max((outW - 1) * stride + kw, w * upX + padLeft);
  const grid = direct ? dx : scratch(<usize>(n * c) * <usize>(gridH * gridW) << 2);
  const empty = zeros(kw * o);
  for (let a = 0; a < stride; a++) {
    for (let b = 0; b < stride; b++) {
      phase(grid, n, gridH, gridW, loY, loX, c, filter, kh, kw, o, dy, stride, a, b, outH, outW, empty);
    }
  }
  if (!direct) foldPadding(grid, gridH, gridW, dx, n, h, w, c, padTop, padLeft, padMode, upY, upX);
}

function phase(
  grid: usize, n: i32, gridH: i32, gridW: i32, loY: i32, loX: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32,
  dy: usize, stride: i32, a: i32, b: i32, outH: i32, outW: i32, empty: usize,
): void {
  // Cells r = stride * i + a of the padded axis with lo <= r < lo + grid.
  const i0 = (loY - a + stride - 1) / stride, j0 = (loX - b + stride - 1) / stride;
  const rows = (loY + gridH - 1 - a) / stride - i0 + 1, cols = (loX + gridW - 1 - b) / stride - j0 + 1;
  if (rows <= 0 || cols <= 0) return;
  const tapsY = max(0, (kh - a + stride - 1) / stride), tapsX = max(0, (kw - b + stride - 1) / stride);
  const g = changetype<ImplicitGemm>(RECORD_C);
  const p = changetype<Patches>(RECORD_A);
  // A phase without taps (stride above the kernel) still has to write its zeros: one tap that reads nothing.
  const none = tapsY == 0 || tapsX == 0;
  const ty = none ? 1 : tapsY, tx = none ? 1 : tapsX;
  const layout = newFilterLayout(filter, ty * tx, o, c, 1, o);
  for (let u = 0; u < ty; u++) {
    for (let v = 0; v < tx; v++) {
      const tap = none ? 0 : (a + stride * (ty - 1 - u)) * kw + b + stride * (tx - 1 - v);
      store<i32>(layout.tapOffsets + (<usize>(u * tx + v) << 2), tap * c * o);
    }
  }
  packFilter(layout);
  p.data = dy;
  p.imageBytes = <usize>(outH * outW * o) << 2;
  p.rows = shiftedTable(rows + ty, none ? outH : i0 - (ty - 1), outH, (outW * o) << 2);
  p.cols = shiftedTable(cols + tx, none ? outW : j0 - (tx - 1), outW, o << 2);
  p.step = 1;
  p.outH = rows;
  p.outW = cols;
  p.kh = ty;
  p.kw = tx;
  p.channels = o;
  p.zeros = empty;
  p.pixels = n * rows * cols;
  g.patches = p;
  g.filter = layout.out;
  g.outChannels = c;
  g.bias = 0;
  g.activation = 0;
  g.slope = 0;
  g.out = grid + (<usize>((stride * i0 + a - loY) * gridW + stride * j0 + b - loX) * c << 2);
  g.outColBytes = <usize>(stride * c) << 2;
  g.outRowBytes = <usize>(stride * gridW * c) << 2;
  g.outImageBytes = <usize>(gridH * gridW) * c << 2;
  runImplicit(g);
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

/** dx [N, H, W, C] = for each cell, the sum of the cells of `grid` [N, gridH, gridW, C] that padding made from it. */
export function foldPadding(
  grid: usize, gridH: i32, gridW: i32, dx: usize, n: i32, h: i32, w: i32, c: i32, padTop: i32, padLeft: i32, mode: i32, upY: i32, upX: i32,
): void {
  setArg<usize>(0, grid);
  setArg<i32>(1, gridH);
  setArg<i32>(2, gridW);
  setArg<usize>(3, dx);
  setArg<i32>(4, h);
  setArg<i32>(5, w);
  setArg<i32>(6, c);
  setArg<usize>(7, sourcesTable(gridH, h, upY, padTop, mode));
  setArg<usize>(8, sourcesTable(gridW, w, upX, padLeft, mode));
  parallel(foldTask.index, n * h);
}

function foldTask(task: i32): void {
  const gridH = arg<i32>(1), gridW = arg<i32>(2), h = arg<i32>(4), w = arg<i32>(5), c = arg<i32>(6);
  const ys = arg<usize>(7), xs = arg<usize>(8);
  const yList = ys + (<usize>(h + 1) << 2), xList = xs + (<usize>(w + 1) << 2);
  const row = task % h, bytes = <usize>c << 2, body = <usize>(c & ~3) << 2;
  const image = arg<usize>(0) + <usize>(task / h * gridH) * gridW * bytes;
  let to = arg<usize>(3) + <usize>task * w * bytes;
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
