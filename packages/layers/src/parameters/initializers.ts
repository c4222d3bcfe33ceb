/** Random weights by the names of the published configurations (`utils.py`, `weights_init`). */
import type { Rng } from '@munit/core';

/** The names of the published option `init`. */
export type Initializer = 'kaiming' | 'xavier' | 'gaussian' | 'orthogonal' | 'default';
/** All initialisers. */
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

/**
 * A random [rows, columns] matrix, row-major, whose columns (or rows, if they are fewer) are orthonormal:
 * Gram–Schmidt of normal vectors, which is the Q of a QR factorisation with a positive diagonal of R.
 */
export function orthogonalMatrix(rows: number, columns: number, rng: Rng): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => rng.normal());
    // Twice is enough for orthogonality to machine precision (Giraud et al. 2005).
    for (let pass = 0; pass < 2; pass++) for (const other of vectors) subtractProjection(vector, other);
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((x) => x / norm));
  }
  const at = (row: number, column: number): number =>
    (columns <= rows ? vectors[column]?.[row] : vectors[row]?.[column]) as number;
  return Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const along = dot(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - along * (unit[i] as number);
}
