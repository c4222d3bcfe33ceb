/**
 * Per-channel statistics of an image [N, H, W, C], without drift: chunks of pixels in single precision, merged in double.
 * A chunk's mean is taken first and squares are summed around it (two sweeps over data that is still in the cache);
 * chunks merge by the rule of Chan, Golub and LeVeque, 'Updating formulae and a pairwise algorithm for computing sample
 * variances' (1979).
 */
import { parallel } from '../runtime/pool';
import { record, STATISTICS } from '../runtime/records';
import { scratch } from '../runtime/scratch';

/** Pixels in a chunk. */
export const PIXELS: i32 = 64;

export function chunksOf(pixels: i32): i32 {
  return (pixels + PIXELS - 1) / PIXELS;
}

@unmanaged
class Statistics {
  x: usize;
  pixels: i32;
  channels: i32;
  chunks: i32;
  /** Means and sums of squares of each chunk: [N * chunks][2][C]. */
  partial: usize;
  result: usize;
}

/** Returns [N][C] pairs of doubles: mean, and Σ (x - mean)² ('m2'). */
export function channelStatistics(x: usize, n: i32, pixels: i32, c: i32): usize {
  const chunks = chunksOf(pixels), result = scratch(<usize>(n * c) << 4);
  const job = record<Statistics>(STATISTICS);
  job.x = x;
  job.pixels = pixels;
  job.channels = c;
  job.chunks = chunks;
  job.partial = scratch(<usize>(n * chunks * c) << 3);
  job.result = result;
  parallel(chunkTask.index, n * chunks);
  parallel(mergeTask.index, n * ((c + 63) / 64));
  return result;
}

function chunkTask(task: i32): void {
  const job = record<Statistics>(STATISTICS), pixels = job.pixels, c = job.channels, chunks = job.chunks, bytes = <usize>c << 2;
  const image = task / chunks, first = (task % chunks) * PIXELS, count = min(PIXELS, pixels - first);
  const x = job.x + <usize>(image * pixels + first) * bytes;
  const means = job.partial + <usize>task * bytes * 2, squares = means + bytes;
  const inverse: f32 = 1 / <f32>count, inverse4 = f32x4.splat(inverse);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    let sum = f32x4.splat(0), m2 = sum, p = x + i;
    for (let k = 0; k < count; k++, p += bytes) sum = f32x4.add(sum, v128.load(p));
    const mean = f32x4.mul(sum, inverse4);
    p = x + i;
    for (let k = 0; k < count; k++, p += bytes) {
      const d = f32x4.sub(v128.load(p), mean);
      m2 = f32x4.add(m2, f32x4.mul(d, d));
    }
    v128.store(means + i, mean);
    v128.store(squares + i, m2);
  }
  for (; i < bytes; i += 4) {
    let sum: f32 = 0, m2: f32 = 0, p = x + i;
    for (let k = 0; k < count; k++, p += bytes) sum += load<f32>(p);
    const mean = sum * inverse;
    p = x + i;
    for (let k = 0; k < count; k++, p += bytes) {
      const d = load<f32>(p) - mean;
      m2 += d * d;
    }
    store<f32>(means + i, mean);
    store<f32>(squares + i, m2);
  }
}

function mergeTask(task: i32): void {
  const job = record<Statistics>(STATISTICS), pixels = job.pixels, c = job.channels, chunks = job.chunks, groups = (c + 63) / 64;
  const image = task / groups, c0 = (task % groups) * 64, c1 = min(c, c0 + 64);
  for (let i = c0; i < c1; i++) {
    let mean: f64 = 0, m2: f64 = 0, seen: f64 = 0;
    let p = job.partial + (<usize>(image * chunks * c) << 3) + (<usize>i << 2);
    for (let k = 0; k < chunks; k++) {
      const count = <f64>min(PIXELS, pixels - k * PIXELS), total = seen + count;
      const d = <f64>load<f32>(p) - mean;
      mean += (d * count) / total;
      m2 += <f64>load<f32>(p + (<usize>c << 2)) + (d * d * seen * count) / total;
      seen = total;
      p += <usize>c << 3;
    }
    const out = job.result + (<usize>(image * c + i) << 4);
    store<f64>(out, mean);
    store<f64>(out, m2, 8);
  }
}
