/** Forward convolution with implicit padding and nearest ×2 upsampling. */
import { RECORD_A, RECORD_C, scratch } from "../runtime/scratch";
import { ImplicitGemm, newFilterLayout, packFilter, runImplicit } from "./implicit";
import { matVec } from "./matVec";
import { forwardTable, Patches, zeros } from "./patches";

/** Geometry of a forward convolution over x [N, H, W, C], in record A. */
export function forwardPatches(
  x: usize, n: i32, h: i32, w: i32, c: i32, kh: i32, kw: i32, stride: i32,
  padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, upY: i32, upX: i32,
): Patches {
  const p = changetype<Patches>(RECORD_A);
  p.data = x;
  p.imageBytes = <usize>(h * w * c) << 2;
  p.rows = forwardTable((outH - 1) * stride + kh, h, upY, padTop, padMode, (w * c) << 2);
  p.cols = forwardTable((outW - 1) * stride + kw, w, upX, padLeft, padMode, c << 2);
  p.step = stride;
  p.outH = outH;
  p.outW = outW;
  p.kh = kh;
  p.kw = kw;
  p.channels = c;
  p.zeros = zeros(kw * c);
  p.pixels = n * outH * outW;
  return p;
}

export function convForward(
  x: usize, n: i32, h: i32, w: i32, c: i32, filter: usize, kh: i32, kw: i32, o: i32, bias: usize, y: usize,
  stride: i32, padTop: i32, padLeft: i32, outH: i32, outW: i32, padMode: i32, up: i32, activation: i32, slope: f32,
): void {
  const taps = kh * kw;
  const layout = newFilterLayout(filter, taps, c, o, o, 1);
  for (let t = 0; t < taps; t++) store<i32>(layout.tapOffsets + (<usize>t << 2), t * c * o);
  packFilter(layout);
  const g = changetype<ImplicitGemm>(RECORD_C);
  g.patches = forwardPatches(x, n, h, w, c, kh, kw, stride, padTop, padLeft, outH, outW, padMode, up, up);
  g.filter = layout.out;
  g.outChannels = o;
  g.bias = bias;
  g.activation = activation;
  g.slope = slope;
  g.out = y;
  g.outColBytes = <usize>o << 2;
  g.outRowBytes = g.outColBytes * outW;
  g.outImageBytes = g.outRowBytes * outH;
  runImplicit(g);
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
  const g = changetype<ImplicitGemm>(RECORD_C);
  g.patches = forwardPatches(a, 1, 1, m, k, 1, 1, 1, 0, 0, 1, m, 0, 1, 1);
  g.filter = layout.out;
  g.outChannels = n;
  g.bias = 0;
  g.activation = 0;
  g.slope = 0;
  g.out = y;
  g.outColBytes = <usize>n << 2;
  g.outRowBytes = g.outColBytes * m;
  g.outImageBytes = g.outRowBytes;
  runImplicit(g);
}
