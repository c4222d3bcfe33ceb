import type { Rng } from '@munit/core';

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
