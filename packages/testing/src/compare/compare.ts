import { largestMagnitude, type NdArray, unravel } from '../arrays/ndArray.js';
import type { Tolerance } from './tolerances.js';

/** How two arrays differ. */
export interface Comparison {
  /** Whether every value is within the tolerance, and not-finite values are of the same kind. */
  readonly passed: boolean;
  /** The largest error as a multiple of what is allowed: at most 1 when passed, Infinity where one is finite and the other is not. */
  readonly ratio: number;
  /** The largest |ours − truth| among finite values. */
  readonly largestError: number;
  /** Where the ratio is largest; undefined for empty arrays and for shapes that differ. */
  readonly worst: { readonly index: readonly number[]; readonly ours: number; readonly truth: number } | undefined;
  /** One line for people. */
  readonly message: string;
}

const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** NaN with NaN, +∞ with +∞, −∞ with −∞, finite with finite. */
function sameKind(a: number, b: number): boolean {
  if (Number.isNaN(a)) return Number.isNaN(b);
  if (Number.isFinite(a)) return Number.isFinite(b);
  return a === b;
}

/** Compares value by value; NaN and infinities must be the same kind in the same places. */
export function compareArrays(ours: NdArray, truth: NdArray, tolerance: Tolerance): Comparison {
  if (ours.shape.length !== truth.shape.length || ours.shape.some((size, i) => size !== truth.shape[i])) {
    const message = `the shape is ${formatShape(ours.shape)}, but must be ${formatShape(truth.shape)}`;
    return { passed: false, ratio: Infinity, largestError: Infinity, worst: undefined, message };
  }
  const floor = tolerance.atol * Math.max(largestMagnitude(truth), tolerance.scaleFloor ?? 0);
  let ratio = -1;
  let worstAt = -1;
  let largestError = 0;
  for (let i = 0; i < truth.data.length; i++) {
    const a = ours.data[i] as number;
    const b = truth.data[i] as number;
    let here = 0;
    if (!sameKind(a, b)) here = Infinity;
    else if (Number.isFinite(b)) {
      const error = Math.abs(a - b);
      largestError = Math.max(largestError, error);
      here = error === 0 ? 0 : error / (floor + tolerance.rtol * Math.abs(b));
    }
    if (here > ratio) {
      ratio = here;
      worstAt = i;
    }
  }
  if (worstAt < 0) return { passed: true, ratio: 0, largestError: 0, worst: undefined, message: 'equal (empty)' };
  const worst = { index: unravel(worstAt, truth.shape), ours: ours.data[worstAt] as number, truth: truth.data[worstAt] as number };
  const message = `worst at ${formatShape(worst.index)}: ours ${worst.ours}, truth ${worst.truth}, error ${ratio.toPrecision(3)} × the tolerance`;
  return { passed: ratio <= 1, ratio, largestError, worst, message };
}
