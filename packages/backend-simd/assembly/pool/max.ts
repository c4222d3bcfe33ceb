/**
 * Max pooling and its gradient (to the first of equal cells, as PyTorch and TensorFlow). NHWC. NaN wins, as in PyTorch, or is passed over,
 * as in TensorFlow.js.
 */
import { parallel } from '../runtime/pool';
import { MAX_POOL, record } from '../runtime/records';

/** Place of the largest cell of a window that has none. */
const NOWHERE: usize = usize.MAX_VALUE;

@unmanaged
class MaxPool {
  x: usize;
  /** y, or dx. */
  to: usize;
  dy: usize;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  windowHeight: i32;
  windowWidth: i32;
  strideY: i32;
  strideX: i32;
  padTop: i32;
  padLeft: i32;
  nanWins: bool;
}

function newJob(
  x: usize, to: usize, dy: usize, h: i32, w: i32, c: i32, outH: i32, outW: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, padTop: i32, padLeft: i32, nanWins: bool,
): void {
  const job = record<MaxPool>(MAX_POOL);
  job.x = x;
  job.to = to;
  job.dy = dy;
  job.height = h;
  job.width = w;
  job.channels = c;
  job.outHeight = outH;
  job.outWidth = outW;
  job.windowHeight = kh;
  job.windowWidth = kw;
  job.strideY = sh;
  job.strideX = sw;
  job.padTop = padTop;
  job.padLeft = padLeft;
  job.nanWins = nanWins;
}

export function maxPool(
  x: usize, y: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, padTop: i32, padLeft: i32, nanWins: bool,
): void {
  newJob(x, y, 0, h, w, c, outH, outW, kh, kw, sh, sw, padTop, padLeft, nanWins);
  parallel(maxTask.index, n * outH);
}

function maxTask(task: i32): void {
  const job = record<MaxPool>(MAX_POOL), nanWins = job.nanWins, h = job.height, w = job.width, c = job.channels, outH = job.outHeight, outW = job.outWidth, bytes = <usize>c << 2;
  const image = job.x + <usize>(task / outH * h * w) * bytes, body = <usize>(c & ~3) << 2;
  const top = (task % outH) * job.strideY - job.padTop, y0 = max(0, top), y1 = min(h, top + job.windowHeight);
  let to = job.to + <usize>(task * outW) * bytes;
  for (let i = 0; i < outW; i++) {
    const left = i * job.strideX - job.padLeft, x0 = max(0, left), x1 = min(w, left + job.windowWidth);
    for (let k: usize = 0; k < bytes; k += k < body ? 16 : 4) {
      if (k < body) {
        let best = f32x4.splat(-Infinity);
        for (let y = y0; y < y1; y++) {
          let from = image + <usize>(y * w + x0) * bytes + k;
          for (let x = x0; x < x1; x++) {
            const v = v128.load(from);
            best = nanWins ? f32x4.max(best, v) : f32x4.pmax(best, v);
            from += bytes;
          }
        }
        v128.store(to + k, best);
      } else {
        let best: f32 = -Infinity;
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            const v = load<f32>(image + <usize>(y * w + x) * bytes + k);
            if (v > best || (nanWins && v != v)) best = v;
          }
        }
        store<f32>(to + k, best);
      }
    }
    to += bytes;
  }
}

export function maxPoolGrad(
  x: usize, dy: usize, dx: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, padTop: i32, padLeft: i32, nanWins: bool,
): void {
  newJob(x, dx, dy, h, w, c, outH, outW, kh, kw, sh, sw, padTop, padLeft, nanWins);
  // Windows may overlap: a task owns all pixels of some channels of a sample.
  parallel(maxGradTask.index, n * ((c + 15) / 16));
}

function maxGradTask(task: i32): void {
  const job = record<MaxPool>(MAX_POOL), nanWins = job.nanWins, h = job.height, w = job.width, c = job.channels, outH = job.outHeight, outW = job.outWidth, bytes = <usize>c << 2;
  const groups = (c + 15) / 16, n = task / groups, c0 = (task % groups) * 16, c1 = min(c, c0 + 16);
  const image = job.x + <usize>(n * h * w) * bytes, grad = job.to + <usize>(n * h * w) * bytes;
  let from = job.dy + <usize>(n * outH * outW) * bytes;
  const first = <usize>c0 << 2, last = <usize>c1 << 2;
  for (let p = 0; p < h * w; p++) memory.fill(grad + <usize>p * bytes + first, 0, last - first);
  for (let i = 0; i < outH; i++) {
    const top = i * job.strideY - job.padTop, y0 = max(0, top), y1 = min(h, top + job.windowHeight);
    for (let j = 0; j < outW; j++) {
      const left = j * job.strideX - job.padLeft, x0 = max(0, left), x1 = min(w, left + job.windowWidth);
      for (let k = first; k < last; k += 4) {
        let best: f32 = -Infinity, at: usize = NOWHERE;
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            const cell = <usize>(y * w + x) * bytes, v = load<f32>(image + cell + k);
            if (v > best || (nanWins && v != v && best == best)) {
              best = v;
              at = cell;
            }
          }
        }
        if (at != NOWHERE) store<f32>(grad + at + k, load<f32>(grad + at + k) + load<f32>(from + k));
      }
      from += bytes;
    }
  }
}
