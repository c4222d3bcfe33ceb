/** Style codes: drawn, checked, mixed. */
import { ArgumentError, Rng, ShapeError } from '@munit/core';

/** A point of the style space, `styleDim` numbers; of random styles each is standard normal. */
export type StyleCode = Float32Array | readonly number[];

/** How one style goes over into another. */
export type InterpolationMode = 'lerp' | 'slerp';

/** The default seed. */
export function freshSeed(): number {
  return globalThis.crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/** @throws ArgumentError unless it is a whole number from 1 to `most` */
export function checkCount(what: string, count: number, most = 10_000): number {
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new ArgumentError(`'${what}' must be a whole number from 1 to ${most}, but it is ${count}.`);
}

/** `count` standard normal codes; the same seed and length give the same codes, and fewer of them are the first of more. */
export function sampleStyles(styleDim: number, count: number, seed: number): Float32Array[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => rng.normals(styleDim));
}

/** A copy. @throws ShapeError when its length is not `styleDim`; ArgumentError when a number is not finite */
export function checkStyle(style: StyleCode, styleDim: number): Float32Array {
  if (typeof style === 'number') {
    throw new ArgumentError(`A style code of this model is ${styleDim} numbers, but the number ${String(style)} came.`, { remedy: `For that many random styles: { styles: ${String(style)} }.` });
  }
  const copy = Float32Array.from(style);
  if (copy.length !== styleDim) {
    throw new ShapeError(`A style code of this model has ${styleDim} numbers, but one of ${copy.length} came.`, {
      remedy: 'Take it from sampleStyles() or styleOf() of the same model.',
    });
  }
  if (!copy.every(Number.isFinite)) throw new ArgumentError('A style code holds a number that is not finite.');
  return copy;
}

/** (1 − t) a + t b */
export function lerp(a: StyleCode, b: StyleCode, t: number): Float32Array {
  return Float32Array.from(a, (x, i) => (1 - t) * x + t * b[i]!);
}

/**
 * sin((1 − t)Ω)/sin Ω · a + sin(tΩ)/sin Ω · b, where Ω is the angle between a and b: the length does not sink on the way.
 * Where the angle is (nearly) 0 or 180°, or a code is zero, there is no one arc, and it is `lerp`.
 */
export function slerp(a: StyleCode, b: StyleCode, t: number): Float32Array {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  const angle = Math.acos(Math.min(1, Math.max(-1, ab / Math.sqrt(aa * bb))));
  const sine = Math.sin(angle);
  if (!(sine > 1e-4)) return lerp(a, b, t);
  const [forA, forB] = [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return Float32Array.from(a, (x, i) => forA * x + forB * b[i]!);
}

/**
 * `count` codes from `a` to `b`, both included exactly and evenly spaced between; one alone is `a`.
 * @throws ArgumentError for an unknown mode or an invalid count; ShapeError when the lengths differ
 */
export function interpolateStyles(a: StyleCode, b: StyleCode, count: number, mode: InterpolationMode = 'slerp'): Float32Array[] {
  if (mode !== 'lerp' && mode !== 'slerp') throw new ArgumentError(`There is no interpolation '${String(mode)}'.`, { remedy: "Use 'lerp' or 'slerp'." });
  if (a.length !== b.length) throw new ShapeError(`The styles to interpolate have ${a.length} and ${b.length} numbers.`);
  const between = mode === 'lerp' ? lerp : slerp;
  return Array.from({ length: checkCount('count', count) }, (_, i) => {
    if (i === 0) return Float32Array.from(a);
    return i === count - 1 ? Float32Array.from(b) : between(a, b, i / (count - 1));
  });
}
