/**
 * y = act((x - mean) * inv * scale + shift) + residual.
 *   over = instance: mean and variance over H, W for each sample and channel; inv = 1 / sqrt(variance + epsilon)
 *   over = layer:    over H, W, C for each sample, unbiased deviation; inv = 1 / (deviation + epsilon) (MUNIT, LayerNorm)
 */
import { parallel } from '../runtime/pool';
import { scratch } from '../runtime/scratch';
import { fma, loadTail, storeTail } from '../runtime/vector';
import { activate, NONE } from '../conv/activation';
import { newNormalizeJob, normalizeJob } from './job';
import { channelStatistics, chunksOf, PIXELS } from './statistics';

export const INSTANCE: i32 = 0;
export const LAYER: i32 = 1;

/** mean, inv: [N, C] for instance, [N] for layer. scale, shift: 0 for none, else [C], or [N, C] when perSample. */
export function normalize(
  x: usize, n: i32, pixels: i32, c: i32, scale: usize, shift: usize, perSample: i32, residual: usize,
  over: i32, epsilon: f64, activation: i32, slope: f32, y: usize, mean: usize, inv: usize,
): void {
  statisticsOut(channelStatistics(x, n, pixels, c), n, pixels, c, over, epsilon, mean, inv);
  const job = newNormalizeJob(x, coefficients(n, c, mean, inv, scale, shift, perSample, over), pixels, c, activation, slope);
  job.residual = residual;
  job.y = y;
  parallel(normalizeTask.index, n * chunksOf(pixels));
}

function statisticsOut(stats: usize, n: i32, pixels: i32, c: i32, over: i32, epsilon: f64, mean: usize, inv: usize): void {
  for (let i = 0; i < n; i++) {
    const sample = stats + (<usize>(i * c) << 4);
    if (over == INSTANCE) {
      for (let k = 0; k < c; k++) {
        const cell = sample + (<usize>k << 4), out = <usize>(i * c + k) << 2;
        store<f32>(mean + out, <f32>load<f64>(cell));
        store<f32>(inv + out, <f32>(1 / Math.sqrt(load<f64>(cell, 8) / <f64>pixels + epsilon)));
      }
      continue;
    }
    let whole: f64 = 0, m2: f64 = 0;
    for (let k = 0; k < c; k++) whole += load<f64>(sample + (<usize>k << 4));
    whole /= <f64>c;
    for (let k = 0; k < c; k++) {
      const d = load<f64>(sample + (<usize>k << 4)) - whole;
      m2 += load<f64>(sample + (<usize>k << 4), 8) + d * d * <f64>pixels;
    }
    store<f32>(mean + (<usize>i << 2), <f32>whole);
    store<f32>(inv + (<usize>i << 2), <f32>(1 / (Math.sqrt(m2 / (<f64>pixels * <f64>c - 1)) + epsilon)));
  }
}

/** Per sample four rows of C numbers: mean, inv * scale, shift, inv. */
export function coefficients(
  n: i32, c: i32, mean: usize, inv: usize, scale: usize, shift: usize, perSample: i32, over: i32,
): usize {
  const table = scratch(<usize>(n * c) << 4);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < c; k++) {
      const stat = <usize>(over == LAYER ? i : i * c + k) << 2, affine = <usize>(perSample ? i * c + k : k) << 2;
      const out = table + (<usize>(i * 4 * c + k) << 2), step = <usize>c << 2;
      const r = load<f32>(inv + stat);
      store<f32>(out, load<f32>(mean + stat));
      store<f32>(out + step, scale ? r * load<f32>(scale + affine) : r);
      store<f32>(out + step * 2, shift ? load<f32>(shift + affine) : 0);
      store<f32>(out + step * 3, r);
    }
  }
  return table;
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) * scale + offset with given numbers for each of C channels; scale and offset: 0 for none.
 */
export function batchNorm(
  x: usize, y: usize, pixels: i32, c: i32, mean: usize, variance: usize, offset: usize, scale: usize, epsilon: f64,
): void {
  const inv = scratch(<usize>c << 2);
  for (let k = 0; k < c; k++) {
    store<f32>(inv + (<usize>k << 2), <f32>(1 / Math.sqrt(<f64>load<f32>(variance + (<usize>k << 2)) + epsilon)));
  }
  const job = newNormalizeJob(x, coefficients(1, c, mean, inv, scale, offset, 0, INSTANCE), pixels, c, NONE, 0);
  job.residual = 0;
  job.y = y;
  parallel(normalizeTask.index, chunksOf(pixels));
}

function normalizeTask(task: i32): void {
  const job = normalizeJob(), pixels = job.pixels, c = job.channels, chunks = chunksOf(pixels), bytes = <usize>c << 2;
  const activation = job.activation, slope = f32x4.splat(job.slope), residual = job.residual;
  const image = task / chunks, first = (task % chunks) * PIXELS, count = min(PIXELS, pixels - first);
  const means = job.table + <usize>image * bytes * 4, scales = means + bytes, shifts = scales + bytes;
  const body = <usize>(c & ~3) << 2, tail = c & 3;
  let offset = <usize>(image * pixels + first) * bytes;
  for (let p = 0; p < count; p++) {
    const x = job.x + offset, y = job.y + offset, r = residual + offset;
    for (let i: usize = 0; i < body; i += 16) {
      const z = fma(f32x4.sub(v128.load(x + i), v128.load(means + i)), v128.load(scales + i), v128.load(shifts + i));
      let v = activate(z, activation, slope);
      if (residual) v = f32x4.add(v, v128.load(r + i));
      v128.store(y + i, v);
    }
    if (tail) {
      const z = fma(
        f32x4.sub(loadTail(x + body, tail), loadTail(means + body, tail)), loadTail(scales + body, tail), loadTail(shifts + body, tail),
      );
      let v = activate(z, activation, slope);
      if (residual) v = f32x4.add(v, loadTail(r + body, tail));
      storeTail(y + body, v, tail);
    }
    offset += bytes;
  }
}
