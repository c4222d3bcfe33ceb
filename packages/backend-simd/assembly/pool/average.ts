/** Average pooling over valid cells only (count_include_pad = false), and its gradient. NHWC. */
import { arg, parallel, setArg } from "../runtime/pool";

function setGeometry(from: usize, to: usize, h: i32, w: i32, c: i32, outH: i32, outW: i32, size: i32, stride: i32, pad: i32): void {
  setArg<usize>(0, from);
  setArg<usize>(1, to);
  setArg<i32>(2, h);
  setArg<i32>(3, w);
  setArg<i32>(4, c);
  setArg<i32>(5, outH);
  setArg<i32>(6, outW);
  setArg<i32>(7, size);
  setArg<i32>(8, stride);
  setArg<i32>(9, pad);
}

export function averagePool(
  x: usize, y: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, size: i32, stride: i32, pad: i32,
): void {
  setGeometry(x, y, h, w, c, outH, outW, size, stride, pad);
  parallel(averageTask.index, n * outH);
}

export function averagePoolGrad(
  dy: usize, dx: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, size: i32, stride: i32, pad: i32,
): void {
  setGeometry(dy, dx, h, w, c, outH, outW, size, stride, pad);
  parallel(averageGradTask.index, n * h);
}

/** to += s * from, for `bytes` bytes of numbers. */
function addScaled(to: usize, from: usize, s: f32, bytes: usize): void {
  let i: usize = 0;
  const s4 = f32x4.splat(s);
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), f32x4.mul(s4, v128.load(from + i))));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(to + i) + s * load<f32>(from + i));
}

function averageTask(task: i32): void {
  const h = arg<i32>(2), w = arg<i32>(3), outH = arg<i32>(5), outW = arg<i32>(6);
  const size = arg<i32>(7), stride = arg<i32>(8), pad = arg<i32>(9), bytes = <usize>arg<i32>(4) << 2;
  const image = arg<usize>(0) + <usize>(task / outH * h * w) * bytes;
  const top = (task % outH) * stride - pad, y0 = max(0, top), y1 = min(h, top + size);
  let to = arg<usize>(1) + <usize>(task * outW) * bytes;
  for (let i = 0; i < outW; i++) {
    const left = i * stride - pad, x0 = max(0, left), x1 = min(w, left + size);
    const share: f32 = 1 / <f32>((y1 - y0) * (x1 - x0));
    memory.fill(to, 0, bytes);
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) addScaled(to, image + <usize>(y * w + x) * bytes, share, bytes);
    to += bytes;
  }
}

/** A row of dx gathers from the windows that cover it. */
function averageGradTask(task: i32): void {
  const h = arg<i32>(2), w = arg<i32>(3), outH = arg<i32>(5), outW = arg<i32>(6);
  const size = arg<i32>(7), stride = arg<i32>(8), pad = arg<i32>(9), bytes = <usize>arg<i32>(4) << 2;
  const y = task % h, image = arg<usize>(0) + <usize>(task / h * outH * outW) * bytes;
  const to = arg<usize>(1) + <usize>(task * w) * bytes;
  memory.fill(to, 0, <usize>w * bytes);
  for (let i = 0; i < outH; i++) {
    const top = i * stride - pad;
    if (y < top || y >= top + size) continue;
    const rows = min(h, top + size) - max(0, top);
    for (let j = 0; j < outW; j++) {
      const left = j * stride - pad, x0 = max(0, left), x1 = min(w, left + size);
      const share: f32 = 1 / <f32>(rows * (x1 - x0)), from = image + <usize>(i * outW + j) * bytes;
      for (let x = x0; x < x1; x++) addScaled(to + <usize>x * bytes, from, share, bytes);
    }
  }
}
