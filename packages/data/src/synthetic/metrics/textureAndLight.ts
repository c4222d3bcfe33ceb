import type { PixelImage } from '@munit/images';
import type { Mask } from '../render/silhouette.js';
import { lightDirections, texturePeriod } from '../render/shading.js';
import { lights } from '../types.js';
import type { Light, Texture } from '../types.js';
import { asRgb, foregroundOf } from './foreground.js';

/** Value (largest channel, 0..1) of the mask's pixels less the mask's outermost ring, where paper shines through. */
interface Interior {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly value: Float64Array;
}

function interiorOf(image: PixelImage, mask: Mask): Interior {
  const { data, width, height } = asRgb(image);
  const inside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && mask.data[y * width + x] === 1;
  const xs: number[] = [];
  const ys: number[] = [];
  const values: number[] = [];
  // Large pictures are thinned out: the fit needs a few thousand pixels, and the waves are long there.
  const step = Math.max(1, Math.floor(width / 64));
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      if (!inside(x, y) || !inside(x - 1, y) || !inside(x + 1, y) || !inside(x, y - 1) || !inside(x, y + 1)) continue;
      const p = 3 * (y * width + x);
      xs.push(x + 0.5);
      ys.push(y + 0.5);
      values.push(Math.max(data[p]!, data[p + 1]!, data[p + 2]!) / 255);
    }
  }
  return { x: Float64Array.from(xs), y: Float64Array.from(ys), value: Float64Array.from(values) };
}

/** Least squares of rows · w = values by the normal equations and Gaussian elimination; undefined when singular. */
function leastSquares(rows: readonly Float64Array[], values: Float64Array): Float64Array | undefined {
  const n = rows.length;
  const dot = (p: Float64Array, q: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < p.length; i++) sum += p[i]! * q[i]!;
    return sum;
  };
  const matrix = rows.map((row) => [...rows.map((other) => dot(row, other)), dot(row, values)]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(matrix[r]![i]!) > Math.abs(matrix[pivot]![i]!)) pivot = r;
    [matrix[i], matrix[pivot]] = [matrix[pivot]!, matrix[i]!];
    const row = matrix[i]!;
    if (Math.abs(row[i]!) < 1e-9) return undefined;
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const factor = matrix[r]![i]! / row[i]!;
      for (let c = i; c <= n; c++) matrix[r]![c]! -= factor * row[c]!;
    }
  }
  return Float64Array.from(matrix, (row, i) => row[n]! / row[i]!);
}

/** Amplitudes of the light's slope and of each texture's wave, fitted together. */
interface Fit {
  readonly slopeX: number;
  readonly slopeY: number;
  readonly down: number;
  readonly across: number;
  readonly lattice: number;
}

/**
 * value ≈ 1, u, v, u², uv, v², and cos/sin waves of the textures' period down, across, and in both directions at once:
 * the smooth terms take up light, highlight and rim, so that the waves hold the texture alone.
 */
function fit(image: PixelImage, mask: Mask): Fit | undefined {
  const { x, y, value } = interiorOf(image, mask);
  if (value.length < 40) return undefined;
  const scale = image.width / 2;
  const k = (2 * Math.PI) / texturePeriod(image.width);
  const row = (f: (u: number, v: number, px: number, py: number) => number): Float64Array =>
    value.map((_, i) => f((x[i]! - scale) / scale, (y[i]! - scale) / scale, x[i]! * k, y[i]! * k));
  const rows = [
    row(() => 1), row((u) => u), row((_, v) => v), row((u) => u * u), row((u, v) => u * v), row((_, v) => v * v),
    row((_u, _v, _px, py) => Math.cos(py)), row((_u, _v, _px, py) => Math.sin(py)),
    row((_u, _v, px) => Math.cos(px)), row((_u, _v, px) => Math.sin(px)),
    row((_u, _v, px, py) => Math.cos(px) * Math.cos(py)), row((_u, _v, px, py) => Math.sin(px) * Math.sin(py)),
    row((_u, _v, px, py) => Math.cos(px) * Math.sin(py)), row((_u, _v, px, py) => Math.sin(px) * Math.cos(py)),
  ];
  const w = leastSquares(rows, value);
  if (w === undefined) return undefined;
  // The quadratic terms tilt the surface too: the slope that counts is the one at the shape's centre of mass.
  const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const u = mean(rows[1]!);
  const v = mean(rows[2]!);
  return {
    slopeX: w[1]! + 2 * w[3]! * u + w[4]! * v,
    slopeY: w[2]! + w[4]! * u + 2 * w[5]! * v,
    down: Math.hypot(w[6]!, w[7]!),
    across: Math.hypot(w[8]!, w[9]!),
    lattice: Math.hypot(w[10]!, w[11]!, w[12]!, w[13]!),
  };
}

/** A wave below this amplitude of the value (0..1) does not count as a texture; a true one has about 0.1. */
const leastWave = 0.035;
/** A slope below this per half side does not count as light; a true one has about 0.15. */
const leastSlope = 0.03;

/**
 * The texture of the shape: the strongest of the three waves that the benchmark knows, if it clears the floor, else `'plain'`;
 * undefined when the shape has fewer than 40 interior pixels. Phase does not matter.
 */
export function textureOf(image: PixelImage, mask: Mask = foregroundOf(image)): Texture | undefined {
  const found = fit(image, mask);
  if (found === undefined) return undefined;
  const waves = [['stripes', found.down], ['bars', found.across], ['dots', found.lattice]] as const;
  const best = waves.reduce((p, q) => (q[1] > p[1] ? q : p));
  return best[1] < leastWave ? 'plain' : best[0];
}

/** Where the light comes from: the quadrant of the value's slope; undefined when the shape is flat or too small. */
export function lightOf(image: PixelImage, mask: Mask = foregroundOf(image)): Light | undefined {
  const found = fit(image, mask);
  if (found === undefined || Math.hypot(found.slopeX, found.slopeY) < leastSlope) return undefined;
  const towards = (light: Light): number => found.slopeX * lightDirections[light][0] + found.slopeY * lightDirections[light][1];
  return lights.reduce((p, q) => (towards(q) > towards(p) ? q : p));
}
