/**
 * Depthwise convolution: every channel has filters of its own.
 *
 *     y[i, j, c M + q] = act(Σ_u Σ_v x[i sy + u dy - top, j sx + v dx - left, c] w[u, v, c, q] + bias[c M + q])
 *
 * There is no sum over channels, so that neighbouring channels are the lanes of a vector and nothing is packed. A task owns a row of y.
 */
import { parallel } from '../runtime/pool';
import { DEPTHWISE, record } from '../runtime/records';
import { fma, fmaScalar, loadTail, storeTail } from '../runtime/vector';
import { activate } from './activation';

/** The host writes all but the last group, field by field in this order: `src/runtime/geometry.ts`. */
@unmanaged
export class Depthwise {
  samples: i32;
  height: i32;
  width: i32;
  channels: i32;
  /** M: filters of each channel. */
  multiplier: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideY: i32;
  strideX: i32;
  dilationY: i32;
  dilationX: i32;
  padTop: i32;
  padLeft: i32;
  outHeight: i32;
  outWidth: i32;
  // Tensors, and what follows.
  x: usize;
  filter: usize;
  bias: usize;
  y: usize;
  activation: i32;
  slope: f32;
}

/** For the host: where it writes the geometry. */
export function depthwiseAddress(): usize {
  return DEPTHWISE;
}

export function depthwise(x: usize, filter: usize, bias: usize, y: usize, activation: i32, slope: f32): void {
  const g = record<Depthwise>(DEPTHWISE);
  g.x = x;
  g.filter = filter;
  g.bias = bias;
  g.y = y;
  g.activation = activation;
  g.slope = slope;
  parallel(rowTask.index, g.samples * g.outHeight);
}

/** First tap that lies inside, for a window that begins at `start`. */
// @ts-ignore: decorator
@inline
function firstTap(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** One past the last tap that lies inside. */
// @ts-ignore: decorator
@inline
function lastTap(start: i32, dilation: i32, taps: i32, size: i32): i32 {
  return start >= size ? 0 : min(taps, (size - 1 - start) / dilation + 1);
}

function rowTask(task: i32): void {
  const g = record<Depthwise>(DEPTHWISE), c = g.channels, outBytes = <usize>(c * g.multiplier) << 2, pixel = <usize>c << 2;
  const top = (task % g.outHeight) * g.strideY - g.padTop;
  const u0 = firstTap(top, g.dilationY), u1 = lastTap(top, g.dilationY, g.kernelHeight, g.height);
  const image = g.x + <usize>(task / g.outHeight * g.height) * g.width * pixel;
  let to = g.y + <usize>(task * g.outWidth) * outBytes;
  for (let j = 0; j < g.outWidth; j++) {
    const left = j * g.strideX - g.padLeft;
    const v0 = firstTap(left, g.dilationX), v1 = lastTap(left, g.dilationX, g.kernelWidth, g.width);
    if (g.multiplier == 1) onePixel(g, image, top, left, u0, u1, v0, v1, to);
    else manyFilters(g, image, top, left, u0, u1, v0, v1, to);
    to += outBytes;
  }
}

/** Address of the cell under tap (u, v). */
// @ts-ignore: decorator
@inline
function cellUnder(g: Depthwise, image: usize, top: i32, left: i32, u: i32, v: i32): usize {
  return image + (<usize>(((top + u * g.dilationY) * g.width + left + v * g.dilationX) * g.channels) << 2);
}

/** One filter a channel: sixteen channels at a time, then four, then the rest. */
function onePixel(g: Depthwise, image: usize, top: i32, left: i32, u0: i32, u1: i32, v0: i32, v1: i32, to: usize): void {
  const c = g.channels, bytes = <usize>c << 2, zero = f32x4.splat(0), slope = f32x4.splat(g.slope), activation = g.activation;
  const step = <usize>(g.dilationX * c) << 2;
  let k: usize = 0;
  for (; k + 64 <= bytes; k += 64) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    for (let u = u0; u < u1; u++) {
      let a = cellUnder(g, image, top, left, u, v0) + k, w = g.filter + <usize>(u * g.kernelWidth + v0) * bytes + k;
      for (let v = v0; v < v1; v++) {
        s0 = fma(v128.load(a), v128.load(w), s0);
        s1 = fma(v128.load(a, 16), v128.load(w, 16), s1);
        s2 = fma(v128.load(a, 32), v128.load(w, 32), s2);
        s3 = fma(v128.load(a, 48), v128.load(w, 48), s3);
        a += step;
        w += bytes;
      }
    }
    if (g.bias) {
      const b = g.bias + k;
      s0 = f32x4.add(s0, v128.load(b));
      s1 = f32x4.add(s1, v128.load(b, 16));
      s2 = f32x4.add(s2, v128.load(b, 32));
      s3 = f32x4.add(s3, v128.load(b, 48));
    }
    v128.store(to + k, activate(s0, activation, slope));
    v128.store(to + k, activate(s1, activation, slope), 16);
    v128.store(to + k, activate(s2, activation, slope), 32);
    v128.store(to + k, activate(s3, activation, slope), 48);
  }
  for (; k < bytes; k += 16) {
    const lanes = min(4, <i32>((bytes - k) >> 2)), whole = lanes == 4;
    let sum = zero;
    for (let u = u0; u < u1; u++) {
      let a = cellUnder(g, image, top, left, u, v0) + k, w = g.filter + <usize>(u * g.kernelWidth + v0) * bytes + k;
      for (let v = v0; v < v1; v++) {
        sum = fma(whole ? v128.load(a) : loadTail(a, lanes), whole ? v128.load(w) : loadTail(w, lanes), sum);
        a += step;
        w += bytes;
      }
    }
    if (g.bias) sum = f32x4.add(sum, whole ? v128.load(g.bias + k) : loadTail(g.bias + k, lanes));
    sum = activate(sum, activation, slope);
    if (whole) v128.store(to + k, sum);
    else storeTail(to + k, sum, lanes);
  }
}

/** Several filters a channel. */
function manyFilters(g: Depthwise, image: usize, top: i32, left: i32, u0: i32, u1: i32, v0: i32, v1: i32, to: usize): void {
  const c = g.channels, m = g.multiplier, outputs = c * m, slope = f32x4.splat(g.slope), activation = g.activation;
  for (let channel = 0; channel < c; channel++) {
    for (let q = 0; q < m; q++) {
      const o = channel * m + q;
      let sum: f32 = 0;
      for (let u = u0; u < u1; u++) {
        for (let v = v0; v < v1; v++) {
          const a = load<f32>(cellUnder(g, image, top, left, u, v) + (<usize>channel << 2));
          sum = fmaScalar(a, load<f32>(g.filter + (<usize>((u * g.kernelWidth + v) * outputs + o) << 2)), sum);
        }
      }
      if (g.bias) sum += load<f32>(g.bias + (<usize>o << 2));
      store<f32>(to + (<usize>o << 2), f32x4.extract_lane(activate(f32x4.splat(sum), activation, slope), 0));
    }
  }
}
