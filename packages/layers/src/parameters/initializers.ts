/** Random weights by the names of the published configurations (`utils.py`, `weights_init`). */
import type { Rng } from '@munit/core';
import { orthogonalMatrix } from './orthogonal.js';

/** The names of the published option `init`. */
export type Initializer = 'kaiming' | 'xavier' | 'gaussian' | 'orthogonal' | 'default';
export const initializers = ['kaiming', 'xavier', 'gaussian', 'orthogonal', 'default'] as const satisfies readonly Initializer[];

/** Inputs of one output: what a weight [kh, kw, C, O] or [I, O] sums over. */
export const fanIn = (shape: readonly number[]): number => shape.slice(0, -1).reduce((product, n) => product * n, 1);

/** Outputs that one input reaches: O · kh · kw. */
const fanOut = (shape: readonly number[]): number => (shape.at(-1) as number) * shape.slice(0, -2).reduce((product, n) => product * n, 1);

/** Half the width of PyTorch's default for convolutions and dense layers, weights and biases alike: 1 / √fan_in. */
export const defaultBound = (shape: readonly number[]): number => 1 / Math.sqrt(fanIn(shape));

/**
 * A weight [kh, kw, C, O] or [I, O], row-major:
 *
 * - `kaiming`: N(0, 2 / fan_in) (He et al. 2015, slope 0)
 * - `xavier`: N(0, 2 · 2 / (fan_in + fan_out)) (Glorot & Bengio 2010, gain √2)
 * - `gaussian`: N(0, 0.02²)
 * - `orthogonal`: √2 times orthonormal rows or columns, whichever are fewer (Saxe et al. 2014)
 * - `default`: uniform in ±1 / √fan_in, as PyTorch leaves it
 */
export function drawWeight(shape: readonly number[], rng: Rng, initializer: Initializer): Float32Array {
  const size = shape.reduce((product, n) => product * n, 1);
  const normals = (deviation: number): Float32Array => rng.normals(size).map((x) => x * deviation);
  switch (initializer) {
    case 'kaiming':
      return normals(Math.sqrt(2 / fanIn(shape)));
    case 'xavier':
      return normals(Math.sqrt(4 / (fanIn(shape) + fanOut(shape))));
    case 'gaussian':
      return normals(0.02);
    case 'orthogonal':
      return Float32Array.from(orthogonalMatrix(fanIn(shape), shape.at(-1) as number, rng), (x) => x * Math.SQRT2);
    case 'default':
      return rng.uniforms(size, -defaultBound(shape), defaultBound(shape));
    default:
      return initializer satisfies never;
  }
}
