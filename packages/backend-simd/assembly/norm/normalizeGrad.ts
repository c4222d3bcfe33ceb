/**
 * Gradient of `normalize`. With z = (x - mean) * inv * scale + shift, g = dy * act'(z) and h = (x - mean) * inv:
 *   dshift = Σ g, dscale = Σ g h  (over pixels; over samples too when the affine is shared)
 *   dx = k1 g + k2 + k3 (x - mean), with k1 = inv * scale and
 *   instance: k2 = -k1 Σg / P, k3 = -k1 inv Σ(g h) / P
 *   layer:    k2 = -inv Σ_c scale Σg / n, k3 = -inv Σ_c scale Σ(g h) / ((n - 1) deviation), 0 on a constant map
 * First pass: sums per channel, in chunks of pixels, merged in double. Second pass: dx.
 */
import { parallel } from '../runtime/pool';
import { scratch } from '../runtime/scratch';
import { fma, loadTail, storeTail } from '../runtime/vector';
import { activate, activationGrad, TANH } from '../conv/activation';
import { newNormalizeJob, normalizeJob } from './job';
import { coefficients, INSTANCE } from './normalize';
import { chunksOf, PIXELS } from './statistics';

/** dx, dScale, dShift: 0 where not wanted. */
export function normalizeGrad(
  x: usize, n: i32, pixels: i32, c: i32, dy: usize, mean: usize, inv: usize, scale: usize, shift: usize, perSample: i32,
  over: i32, epsilon: f64, activation: i32, slope: f32, dx: usize, dScale: usize, dShift: usize,
): void {
  const chunks = chunksOf(pixels), partial = scratch(<usize>(n * chunks * c) << 3);
  const job = newNormalizeJob(x, coefficients(n, c, mean, inv, scale, shift, perSample, over), pixels, c, activation, slope);
  job.dy = dy;
  job.partial = partial;
  parallel(sumsTask.index, n * chunks);
  const sums = scratch(<usize>(n * c) << 4);
  job.sums = sums;
  parallel(mergeTask.index, n * ((c + 63) / 64));
  affineGrads(sums, n, c, perSample, dScale, dShift);
  if (!dx) return;
  const k = scratch(<usize>(n * c) << 3);
  for (let i = 0; i < n; i++) dataCoefficients(sums, i, pixels, c, job.table, inv, scale, perSample, over, epsilon, k);
  job.coefficients = k;
  job.dx = dx;
  parallel(dataTask.index, n * chunks);
}

function affineGrads(sums: usize, n: i32, c: i32, perSample: i32, dScale: usize, dShift: usize): void {
  const rows = perSample ? n : 1, samples = perSample ? 1 : n;
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < c; k++) {
      let s1: f64 = 0, s2: f64 = 0;
      for (let j = 0; j < samples; j++) {
        const cell = sums + (<usize>((i + j) * c + k) << 4);
        s1 += load<f64>(cell);
        s2 += load<f64>(cell, 8);
      }
      if (dScale) store<f32>(dScale + (<usize>(i * c + k) << 2), <f32>s2);
      if (dShift) store<f32>(dShift + (<usize>(i * c + k) << 2), <f32>s1);
    }
  }
}

/** k2 and k3 of sample i: two rows of C numbers. */
function dataCoefficients(
  sums: usize, i: i32, pixels: i32, c: i32, table: usize, inv: usize, scale: usize, perSample: i32, over: i32, epsilon: f64, out: usize,
): void {
  const step = <usize>c << 2, k2 = out + <usize>i * step * 2, k3 = k2 + step, scales = table + <usize>i * step * 4 + step;
  if (over == INSTANCE) {
    for (let k = 0; k < c; k++) {
      const at = <usize>k << 2, cell = sums + (<usize>(i * c + k) << 4), k1 = <f64>load<f32>(scales + at);
      store<f32>(k2 + at, <f32>((-k1 * load<f64>(cell)) / <f64>pixels));
      store<f32>(k3 + at, <f32>((-k1 * <f64>load<f32>(scales + step * 2 + at) * load<f64>(cell, 8)) / <f64>pixels));
    }
    return;
  }
  let g: f64 = 0, gh: f64 = 0;
  for (let k = 0; k < c; k++) {
    const cell = sums + (<usize>(i * c + k) << 4), s = scale ? <f64>load<f32>(scale + (<usize>(perSample ? i * c + k : k) << 2)) : 1;
    g += s * load<f64>(cell);
    gh += s * load<f64>(cell, 8);
  }
  const r = <f64>load<f32>(inv + (<usize>i << 2)), size = <f64>pixels * <f64>c, deviation = 1 / r - epsilon;
  const a = <f32>((-r * g) / size), b = deviation > 1e-6 * epsilon && size > 1 ? <f32>((-r * gh) / ((size - 1) * deviation)) : 0;
  for (let k = 0; k < c; k++) {
    store<f32>(k2 + (<usize>k << 2), a);
    store<f32>(k3 + (<usize>k << 2), b);
  }
}

// @ts-ignore: decorator
@inline
function gradient(centred: v128, dy: v128, scale: v128, shift: v128, activation: i32, slope: v128): v128 {
  let z = fma(centred, scale, shift);
  if (activation == TANH) z = activate(z, TANH, slope);
  return activationGrad(dy, z, activation, slope);
}

function sumsTask(task: i32): void {
  const job = normalizeJob(), pixels = job.pixels, c = job.channels, chunks = chunksOf(pixels), bytes = <usize>c << 2;
  const activation = job.activation, slope = f32x4.splat(job.slope);
  const image = task / chunks, first = (task % chunks) * PIXELS, count = min(PIXELS, pixels - first);
  const table = job.table + <usize>image * bytes * 4, start = <usize>(image * pixels + first) * bytes;
  const s1 = job.partial + <usize>task * bytes * 2, s2 = s1 + bytes;
  for (let i: usize = 0; i < bytes; i += 16) {
    const lanes = min(4, <i32>((bytes - i) >> 2)), whole = lanes == 4, t = table + i;
    const mean = whole ? v128.load(t) : loadTail(t, lanes), scale = whole ? v128.load(t + bytes) : loadTail(t + bytes, lanes);
    const shift = whole ? v128.load(t + bytes * 2) : loadTail(t + bytes * 2, lanes);
    const inv = whole ? v128.load(t + bytes * 3) : loadTail(t + bytes * 3, lanes);
    let a = f32x4.splat(0), b = a;
    let x = job.x + start + i, dy = job.dy + start + i;
    for (let p = 0; p < count; p++) {
      const centred = f32x4.sub(whole ? v128.load(x) : loadTail(x, lanes), mean);
      const g = gradient(centred, whole ? v128.load(dy) : loadTail(dy, lanes), scale, shift, activation, slope);
      a = f32x4.add(a, g);
      b = fma(g, f32x4.mul(centred, inv), b);
      x += bytes;
      dy += bytes;
    }
    if (whole) {
      v128.store(s1 + i, a);
      v128.store(s2 + i, b);
    } else {
      storeTail(s1 + i, a, lanes);
      storeTail(s2 + i, b, lanes);
    }
  }
}

function mergeTask(task: i32): void {
  const job = normalizeJob(), pixels = job.pixels, c = job.channels, chunks = chunksOf(pixels), groups = (c + 63) / 64;
  const image = task / groups, c0 = (task % groups) * 64, c1 = min(c, c0 + 64), step = <usize>c << 2;
  for (let i = c0; i < c1; i++) {
    let s1: f64 = 0, s2: f64 = 0, p = job.partial + <usize>(image * chunks) * step * 2 + (<usize>i << 2);
    for (let k = 0; k < chunks; k++) {
      s1 += load<f32>(p);
      s2 += load<f32>(p + step);
      p += step * 2;
    }
    const out = job.sums + (<usize>(image * c + i) << 4);
    store<f64>(out, s1);
    store<f64>(out, s2, 8);
  }
}

function dataTask(task: i32): void {
  const job = normalizeJob(), pixels = job.pixels, c = job.channels, chunks = chunksOf(pixels), bytes = <usize>c << 2;
  const activation = job.activation, slope = f32x4.splat(job.slope);
  const image = task / chunks, first = (task % chunks) * PIXELS, count = min(PIXELS, pixels - first);
  const table = job.table + <usize>image * bytes * 4, k2 = job.coefficients + <usize>image * bytes * 2, k3 = k2 + bytes;
  const body = <usize>(c & ~3) << 2, tail = c & 3;
  let offset = <usize>(image * pixels + first) * bytes;
  for (let p = 0; p < count; p++) {
    const x = job.x + offset, dy = job.dy + offset, dx = job.dx + offset;
    for (let i: usize = 0; i < body; i += 16) {
      const t = table + i, scale = v128.load(t + bytes), centred = f32x4.sub(v128.load(x + i), v128.load(t));
      const g = gradient(centred, v128.load(dy + i), scale, v128.load(t + bytes * 2), activation, slope);
      v128.store(dx + i, fma(g, scale, fma(v128.load(k3 + i), centred, v128.load(k2 + i))));
    }
    if (tail) {
      const t = table + body, scale = loadTail(t + bytes, tail), centred = f32x4.sub(loadTail(x + body, tail), loadTail(t, tail));
      const g = gradient(centred, loadTail(dy + body, tail), scale, loadTail(t + bytes * 2, tail), activation, slope);
      storeTail(dx + body, fma(g, scale, fma(loadTail(k3 + body, tail), centred, loadTail(k2 + body, tail))), tail);
    }
    offset += bytes;
  }
}
