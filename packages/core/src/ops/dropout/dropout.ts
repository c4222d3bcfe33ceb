/** Dropout with a mask from munit's own generator. */
import { differentiable } from '../../autodiff/tape.js';
import { ArgumentError } from '../../errors/index.js';
import type { Rng } from '../../rng.js';
import { type Tensor, tensor } from '../../tfjs.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** The 32-bit finaliser of MurmurHash3. */
function fmix32(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * y[i] = x[i] / (1 − rate) with the probability 1 − rate, and 0 otherwise: PyTorch's `Dropout` in training. In inference leave it out.
 *
 * Which values are kept follows from two 32-bit words a, b that are drawn from `rng`, whatever the size of x: value i (row-major) is kept
 * when fmix32(fmix32(i + a) ⊕ b) ≥ rate · 2³². So a run that restores the state of `rng` drops the same values again, on every device.
 *
 * @param rate the share that is dropped, in [0, 1)
 * @returns a new tensor; for rate 0 it is x itself, and nothing is drawn
 * @throws ArgumentError for another rate
 */
export function dropout<T extends Tensor>(x: T, rate: number, rng: Rng): T {
  if (!(rate >= 0 && rate < 1)) throw new ArgumentError(`dropout: 'rate' must be at least 0 and below 1, but it is ${rate}.`);
  if (rate === 0) return x;
  return differentiable<T>({
    name: 'dropout',
    inputs: [x],
    forward: (save) => {
      const mask = dropoutMask(x.shape, rate, rng);
      save(mask);
      return raw.mul(x, mask) as T;
    },
    pullback: ({ dy, saved: [mask] }) => [prim.mul(dy, mask as Tensor)],
  });
}

/** 0 where a value is dropped, 1 / (1 − rate) elsewhere. */
function dropoutMask(shape: readonly number[], rate: number, rng: Rng): Tensor {
  const [a, b] = [rng.integer(2 ** 32), rng.integer(2 ** 32)];
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const kept = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  for (let i = 0; i < values.length; i++) if (fmix32(fmix32(i + a) ^ b) >= threshold) values[i] = kept;
  return tensor(values, [...shape]);
}
