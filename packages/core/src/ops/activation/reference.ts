import { type Array64, get, map64, zeros, accumulate } from '../shared/reference.js';
import { type Activation, leakyReluSlope, seluAlpha, seluScale } from './activation.js';

/** f(z); NaN stays NaN. */
export function activation64(z: number, activation: Activation): number {
  switch (activation) {
    case 'none':
      return z;
    case 'relu':
      return Math.max(z, 0);
    case 'lrelu':
      return z > 0 ? z : leakyReluSlope * z;
    case 'tanh':
      return Math.tanh(z);
    case 'selu':
      return seluScale * (z > 0 ? z : seluAlpha * Math.expm1(z));
    default:
      return activation satisfies never;
  }
}

/** f'(z); at a kink the derivative from the left. */
export function activationSlope64(z: number, activation: Activation): number {
  switch (activation) {
    case 'none':
      return 1;
    case 'relu':
      return z > 0 ? 1 : 0;
    case 'lrelu':
      return z > 0 ? 1 : leakyReluSlope;
    case 'tanh':
      return 1 - Math.tanh(z) ** 2;
    case 'selu':
      return seluScale * (z > 0 ? 1 : seluAlpha * Math.exp(z));
    default:
      return activation satisfies never;
  }
}

export const activateReference = {
  forward: (x: Array64, activation: Activation): Array64 => map64(x, (z) => activation64(z, activation)),
  backward: (x: Array64, activation: Activation, dy: Array64): Array64 =>
    map64(x, (z, i) => activationSlope64(z, activation) * get(dy, i)),
};

/** y = x > 0 ? x : a x. */
export const preluReference = {
  forward: (x: Array64, slope: Array64): Array64 => map64(x, (z) => (z > 0 ? z : get(slope, 0) * z)),
  backward(x: Array64, slope: Array64, dy: Array64): { readonly x: Array64; readonly slope: Array64 } {
    const dSlope = zeros([1]);
    x.data.forEach((z, i) => accumulate(dSlope, 0, z > 0 ? 0 : z * get(dy, i)));
    return { x: map64(x, (z, i) => (z > 0 ? 1 : get(slope, 0)) * get(dy, i)), slope: dSlope };
  },
};
