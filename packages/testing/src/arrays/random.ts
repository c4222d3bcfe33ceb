/** Seeded random arrays: the same on every machine, so that a failure can be had again. */
import { type NdArray64, sizeOf } from './ndArray.js';

/** Uniform numbers in [0, 1) from a seed (the `sfc32` generator, public domain, PractRand). */
export function uniformSource(seed: number): () => number {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** How `randomArray` draws. */
export interface RandomOptions {
  /** The same seed gives the same array. */
  readonly seed?: number;
  /** Standard deviation. Default 1. */
  readonly scale?: number;
  /** Mean. Default 0. */
  readonly shift?: number;
}

/** Normal numbers, rounded to float32 so that a float32 tensor holds exactly what the float64 reference sees. */
export function randomArray(shape: readonly number[], { seed = 1, scale = 1, shift = 0 }: RandomOptions = {}): NdArray64 {
  const uniform = uniformSource(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const data = Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(shift + scale * normal()));
  return { shape: [...shape], data };
}
