/** Distances of maps whose vectors are brought to unit length: what LPIPS takes of each layer. */
import { parallel } from '../runtime/pool';
import { record, UNIT_DISTANCE } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { fma, loadTail, sumLanes } from '../runtime/vector';

/** Places that a task owns: their sum is added in single precision, the tasks' in double. */
const PLACES: i32 = 32;
const EPSILON: f32 = 1e-10;

@unmanaged
class UnitDistance {
  x: usize;
  y: usize;
  weights: usize;
  /** Sums of the tasks. */
  partial: usize;
  places: i32;
  channels: i32;
  /** Tasks in an image. */
  parts: i32;
}

/** out[image] = mean over places of Σ_c weights[c] (x / (‖x‖ + 1e-10) − y / (‖y‖ + 1e-10))². */
export function unitDistance(x: usize, y: usize, weights: usize, out: usize, images: i32, places: i32, channels: i32): void {
  const parts = (places + PLACES - 1) / PLACES, partial = scratch(<usize>(images * parts) << 2);
  const job = record<UnitDistance>(UNIT_DISTANCE);
  job.x = x;
  job.y = y;
  job.weights = weights;
  job.partial = partial;
  job.places = places;
  job.channels = channels;
  job.parts = parts;
  parallel(unitDistanceTask.index, images * parts);
  for (let image = 0; image < images; image++) {
    let sum: f64 = 0;
    for (let i = 0; i < parts; i++) sum += load<f32>(partial + (<usize>(image * parts + i) << 2));
    store<f32>(out + (<usize>image << 2), <f32>(sum / <f64>places));
  }
}

function unitDistanceTask(task: i32): void {
  const job = record<UnitDistance>(UNIT_DISTANCE), channels = job.channels, places = job.places;
  const first = (task % job.parts) * PLACES, count = min(PLACES, places - first);
  const bytes = <usize>channels << 2, offset = <usize>((task / job.parts) * places + first) * bytes;
  let x = job.x + offset, y = job.y + offset;
  let sum: f32 = 0;
  for (let i = 0; i < count; i++) {
    sum += place(x, y, job.weights, channels);
    x += bytes;
    y += bytes;
  }
  store<f32>(job.partial + (<usize>task << 2), sum);
}

/** One place. Equal vectors give exactly 0: their difference is made without a fused multiplication, whose rest would remain. */
function place(x: usize, y: usize, weights: usize, channels: i32): f32 {
  const body = <usize>(channels & ~7) << 2, tail = channels & 3, quad = (channels & 4) != 0;
  let x0 = f32x4.splat(0), x1 = x0, y0 = x0, y1 = x0, s0 = x0, s1 = x0;
  for (let i: usize = 0; i < body; i += 32) {
    const a0 = v128.load(x + i), a1 = v128.load(x + i, 16), b0 = v128.load(y + i), b1 = v128.load(y + i, 16);
    x0 = fma(a0, a0, x0);
    x1 = fma(a1, a1, x1);
    y0 = fma(b0, b0, y0);
    y1 = fma(b1, b1, y1);
  }
  let rest = body;
  if (quad) {
    const a = v128.load(x + rest), b = v128.load(y + rest);
    x0 = fma(a, a, x0);
    y0 = fma(b, b, y0);
    rest += 16;
  }
  if (tail) {
    const a = loadTail(x + rest, tail), b = loadTail(y + rest, tail);
    x1 = fma(a, a, x1);
    y1 = fma(b, b, y1);
  }
  const p = f32x4.splat(1 / (sqrt(sumLanes(f32x4.add(x0, x1))) + EPSILON)), q = f32x4.splat(1 / (sqrt(sumLanes(f32x4.add(y0, y1))) + EPSILON));
  for (let i: usize = 0; i < body; i += 32) {
    const d0 = f32x4.sub(f32x4.mul(v128.load(x + i), p), f32x4.mul(v128.load(y + i), q));
    const d1 = f32x4.sub(f32x4.mul(v128.load(x + i, 16), p), f32x4.mul(v128.load(y + i, 16), q));
    s0 = fma(f32x4.mul(d0, d0), v128.load(weights + i), s0);
    s1 = fma(f32x4.mul(d1, d1), v128.load(weights + i, 16), s1);
  }
  rest = body;
  if (quad) {
    const d = f32x4.sub(f32x4.mul(v128.load(x + rest), p), f32x4.mul(v128.load(y + rest), q));
    s0 = fma(f32x4.mul(d, d), v128.load(weights + rest), s0);
    rest += 16;
  }
  if (tail) {
    const d = f32x4.sub(f32x4.mul(loadTail(x + rest, tail), p), f32x4.mul(loadTail(y + rest, tail), q));
    s1 = fma(f32x4.mul(d, d), loadTail(weights + rest, tail), s1);
  }
  return sumLanes(f32x4.add(s0, s1));
}
