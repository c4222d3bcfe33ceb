/** Max pooling and its gradient (to the first of equal cells, as PyTorch and TensorFlow). NaN wins, as in PyTorch. NHWC. */
import { arg, parallel, setArg } from "../runtime/pool";

function setGeometry(
  h: i32, w: i32, c: i32, outH: i32, outW: i32, kh: i32, kw: i32, sh: i32, sw: i32, padTop: i32, padLeft: i32,
): void {
  setArg<i32>(3, h);
  setArg<i32>(4, w);
  setArg<i32>(5, c);
  setArg<i32>(6, outH);
  setArg<i32>(7, outW);
  setArg<i32>(8, kh);
  setArg<i32>(9, kw);
  setArg<i32>(10, sh);
  setArg<i32>(11, sw);
  setArg<i32>(12, padTop);
  setArg<i32>(13, padLeft);
}

export function maxPool(
  x: usize, y: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, padTop: i32, padLeft: i32,
): void {
  setArg<usize>(0, x);
  setArg<usize>(1, y);
  setGeometry(h, w, c, outH, outW, kh, kw, sh, sw, padTop, padLeft);
  parallel(maxTask.index, n * outH);
}

function maxTask(task: i32): void {
  const h = arg<i32>(3), w = arg<i32>(4), c = arg<i32>(5), outH = arg<i32>(6), outW = arg<i32>(7), bytes = <usize>c << 2;
  const image = arg<usize>(0) + <usize>(task / outH * h * w) * bytes, body = <usize>(c & ~3) << 2;
  const top = (task % outH) * arg<i32>(10) - arg<i32>(12), y0 = max(0, top), y1 = min(h, top + arg<i32>(8));
  let to = arg<usize>(1) + <usize>(task * outW) * bytes;
  for (let i = 0; i < outW; i++) {
    const left = i * arg<i32>(11) - arg<i32>(13), x0 = max(0, left), x1 = min(w, left + arg<i32>(9));
    for (let k: usize = 0; k < bytes; k += k < body ? 16 : 4) {
      if (k < body) {
        let best = f32x4.splat(-Infinity);
        for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) best = f32x4.max(best, v128.load(image + <usize>(y * w + x) * bytes + k));
        v128.store(to + k, best);
      } else {
        let best: f32 = -Infinity;
        for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) best = max(best, load<f32>(image + <usize>(y * w + x) * bytes + k));
        store<f32>(to + k, best);
      }
    }
    to += bytes;
  }
}

export function maxPoolGrad(
  x: usize, dy: usize, dx: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, padTop: i32, padLeft: i32,
): void {
  setArg<usize>(0, x);
  setArg<usize>(1, dx);
  setArg<usize>(2, dy);
  setGeometry(h, w, c, outH, outW, kh, kw, sh, sw, padTop, padLeft);
  // Windows may overlap: a task owns all pixels of some channels of a sample.
  parallel(maxGradTask.index, n * ((c + 15) / 16));
}

function maxGradTask(task: i32): void {
  const h = arg<i32>(3), w = arg<i32>(4), c = arg<i32>(5), outH = arg<i32>(6), outW = arg<i32>(7), bytes = <usize>c << 2;
  const groups = (c + 15) / 16, n = task / groups, c0 = (task % groups) * 16, c1 = min(c, c0 + 16);
  const image = arg<usize>(0) + <usize>(n * h * w) * bytes, grad = arg<usize>(1) + <usize>(n * h * w) * bytes;
  let from = arg<usize>(2) + <usize>(n * outH * outW) * bytes;
  const first = <usize>c0 << 2, last = <usize>c1 << 2;
  for (let p = 0; p < h * w; p++) memory.fill(grad + <usize>p * bytes + first, 0, last - first);
  for (let i = 0; i < outH; i++) {
    const top = i * arg<i32>(10) - arg<i32>(12), y0 = max(0, top), y1 = min(h, top + arg<i32>(8));
    for (let j = 0; j < outW; j++) {
      const left = j * arg<i32>(11) - arg<i32>(13), x0 = max(0, left), x1 = min(w, left + arg<i32>(9));
      for (let k = first; k < last; k += 4) {
        let best: f32 = -Infinity, at: usize = <usize>(y0 * w + x0) * bytes;
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) {
            const cell = <usize>(y * w + x) * bytes, v = load<f32>(image + cell + k);
            if (v > best || v != v) {
              best = v;
              at = cell;
            }
          }
        }
        store<f32>(grad + at + k, load<f32>(grad + at + k) + load<f32>(from + k));
      }
      from += bytes;
    }
  }
}
