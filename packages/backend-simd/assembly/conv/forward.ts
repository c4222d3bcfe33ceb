/** Forward convolution with implicit padding and nearest-neighbour upsampling. */
import { IMPLICIT_GEMM, INNER_GEOMETRY, PATCHES, record } from '../runtime/records';
import { NONE } from './activation';
import { Geometry } from './geometry';
import { ImplicitGemm, newFilterLayout, packFilter, runImplicit } from './implicit';
import { matVec } from './matVec';
import { forwardTable, PAD_ZERO, Patches, zeros } from './patches';

/** The windows of a forward convolution over x [N, H, W, C]. */
export function forwardPatches(g: Geometry, x: usize): Patches {
  const p = record<Patches>(PATCHES), c = g.channels;
  p.data = x;
  p.imageBytes = g.imageBytes();
  p.rows = forwardTable(g.rowsRead(), g.height, g.upY, g.padTop, g.padMode, (g.width * c) << 2);
  p.cols = forwardTable(g.colsRead(), g.width, g.upX, g.padLeft, g.padMode, c << 2);
  p.step = g.stride;
  p.outH = g.outHeight;
  p.outW = g.outWidth;
  p.kh = g.kernelHeight;
  p.kw = g.kernelWidth;
  p.channels = c;
  p.zeros = zeros(p.kw * c);
  p.pixels = g.samples * p.outH * p.outW;
  return p;
}

export function convForward(g: Geometry, x: usize, filter: usize, bias: usize, y: usize, activation: i32, slope: f32): void {
  const taps = g.kernelHeight * g.kernelWidth, c = g.channels, o = g.outputs;
  const layout = newFilterLayout(filter, taps, c, o, o, 1);
  for (let t = 0; t < taps; t++) store<i32>(layout.tapOffsets + (<usize>t << 2), t * c * o);
  packFilter(layout);
  runForward(forwardPatches(g, x), layout.out, o, bias, y, activation, slope);
}

/** The product of the windows and a packed filter, to a dense y. */
export function runForward(p: Patches, filter: usize, outputs: i32, bias: usize, y: usize, activation: i32, slope: f32): void {
  const gemm = record<ImplicitGemm>(IMPLICIT_GEMM);
  gemm.patches = p;
  gemm.filter = filter;
  gemm.outChannels = outputs;
  gemm.bias = bias;
  gemm.activation = activation;
  gemm.slope = slope;
  gemm.out = y;
  gemm.outColBytes = <usize>outputs << 2;
  gemm.outRowBytes = gemm.outColBytes * p.outW;
  gemm.outImageBytes = gemm.outRowBytes * p.outH;
  runImplicit(gemm);
}

/** Up to so many rows of A, packing B costs more than it saves. */
const FEW_ROWS: i32 = 3;

/** y [M, N] = a [M, K] · b, where b[k, n] lies at b + k * bRow + n * bCol (in floats): a 1×1 convolution. */
export function matMul(a: usize, b: usize, y: usize, m: i32, k: i32, n: i32, bRow: i32, bCol: i32): void {
  if (m <= FEW_ROWS && (bRow == 1 || bCol == 1)) {
    matVec(a, b, y, m, k, n, bRow, bCol);
    return;
  }
  const layout = newFilterLayout(b, 1, k, n, bRow, bCol);
  store<i32>(layout.tapOffsets, 0);
  packFilter(layout);
  // A row of m pixels with k channels each.
  const g = record<Geometry>(INNER_GEOMETRY);
  g.samples = 1;
  g.height = 1;
  g.width = m;
  g.channels = k;
  g.kernelHeight = 1;
  g.kernelWidth = 1;
  g.outputs = n;
  g.stride = 1;
  g.padTop = 0;
  g.padLeft = 0;
  g.outHeight = 1;
  g.outWidth = m;
  g.padMode = PAD_ZERO;
  g.upY = 1;
  g.upX = 1;
  runForward(forwardPatches(g, a), layout.out, n, 0, y, NONE, 0);
}
