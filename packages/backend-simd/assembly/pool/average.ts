/** Average pooling over valid cells only (count_include_pad = false), and its gradient. NHWC. */
import { parallel } from '../runtime/pool';
import { AVERAGE_POOL, record } from '../runtime/records';

@unmanaged
class AveragePool {
  from: usize;
  to: usize;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  size: i32;
  stride: i32;
  pad: i32;
}

function setJob(from: usize, to: usize, h: i32, w: i32, c: i32, outH: i32, outW: i32, size: i32, stride: i32, pad: i32): void {
  const job = record<AveragePool>(AVERAGE_POOL);
  job.from = from;
  job.to = to;
  job.height = h;
  job.width = w;
  job.channels = c;
  job.outHeight = outH;
  job.outWidth = outW;
  job.size = size;
  job.stride = stride;
  job.pad = pad;
}

export function averagePool(
  x: usize, y: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, size: i32, stride: i32, pad: i32,
): void {
  setJob(x, y, h, w, c, outH, outW, size, stride, pad);
  parallel(averageTask.index, n * outH);
}

export function averagePoolGrad(
  dy: usize, dx: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, size: i32, stride: i32, pad: i32,
): void {
  setJob(dy, dx, h, w, c, outH, outW, size, stride, pad);
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
  const job = record<AveragePool>(AVERAGE_POOL), h = job.height, w = job.width, outH = job.outHeight, outW = job.outWidth;
  const size = job.size, stride = job.stride, pad = job.pad, bytes = <usize>job.channels << 2;
  const image = job.from + <usize>(task / outH * h * w) * bytes;
  const top = (task % outH) * stride - pad, y0 = max(0, top), y1 = min(h, top + size);
  let to = job.to + <usize>(task * outW) * bytes;
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
  const job = record<AveragePool>(AVERAGE_POOL), h = job.height, w = job.width, outH = job.outHeight, outW = job.outWidth;
  const size = job.size, stride = job.stride, pad = job.pad, bytes = <usize>job.channels << 2;
  const y = task % h, image = job.from + <usize>(task / h * outH * outW) * bytes;
  const to = job.to + <usize>(task * w) * bytes;
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
