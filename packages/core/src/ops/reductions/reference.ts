import { type Array64, get, map64, scalar64 } from '../shared/reference.js';

/** A mean over all values of f, and its derivative, given by value. */
function meanOf(x: Array64, f: (value: number, index: number) => number): Array64 {
  let sum = 0;
  x.data.forEach((value, i) => (sum += f(value, i)));
  return scalar64(sum / x.data.length);
}

function gradientOfMean(x: Array64, dy: Array64, slope: (value: number, index: number) => number): Array64 {
  return map64(x, (value, i) => (get(dy, 0) * slope(value, i)) / x.data.length);
}

interface PairGradients {
  readonly a: Array64;
  readonly b: Array64;
}

/** A mean over all values of f(a − b). */
function meanOfDifference(f: (difference: number) => number, slope: (difference: number) => number) {
  return {
    forward: (a: Array64, b: Array64): Array64 => meanOf(a, (value, i) => f(value - get(b, i))),
    backward(a: Array64, b: Array64, dy: Array64): PairGradients {
      const da = gradientOfMean(a, dy, (value, i) => slope(value - get(b, i)));
      return { a: da, b: map64(da, (value) => -value) };
    },
  };
}

/** mean x. */
export const meanReference = {
  forward: (x: Array64): Array64 => meanOf(x, (value) => value),
  backward: (x: Array64, dy: Array64): Array64 => gradientOfMean(x, dy, () => 1),
};

/** mean |a − b|; the derivative at equal values is 0. */
export const meanAbsoluteDifferenceReference = meanOfDifference(Math.abs, Math.sign);

/** mean (a − b)². */
export const meanSquaredDifferenceReference = meanOfDifference(
  (d) => d * d,
  (d) => 2 * d,
);

/** mean (x − target)². */
export const meanSquaredToReference = {
  forward: (x: Array64, target: number): Array64 => meanOf(x, (value) => (value - target) ** 2),
  backward: (x: Array64, target: number, dy: Array64): Array64 => gradientOfMean(x, dy, (value) => 2 * (value - target)),
};

/** log(1 + eᶻ) without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** mean log(1 + e^(sign x)). */
export const meanSoftplusReference = {
  forward: (x: Array64, sign: 1 | -1): Array64 => meanOf(x, (value) => softplus(sign * value)),
  backward: (x: Array64, sign: 1 | -1, dy: Array64): Array64 => gradientOfMean(x, dy, (value) => sign / (1 + Math.exp(-sign * value))),
};

/** mean max(0, 1 + sign x). */
export const meanHingeReference = {
  forward: (x: Array64, sign: 1 | -1): Array64 => meanOf(x, (value) => Math.max(0, 1 + sign * value)),
  backward: (x: Array64, sign: 1 | -1, dy: Array64): Array64 => gradientOfMean(x, dy, (value) => (1 + sign * value > 0 ? sign : 0)),
};

/** Σ a · b. */
export const dotReference = {
  forward: (a: Array64, b: Array64): Array64 => scalar64(a.data.reduce((sum, value, i) => sum + value * get(b, i), 0)),
  backward: (a: Array64, b: Array64, dy: Array64): PairGradients => ({
    a: map64(b, (value) => value * get(dy, 0)),
    b: map64(a, (value) => value * get(dy, 0)),
  }),
};
