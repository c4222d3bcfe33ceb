import { NonFiniteError, Rng } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { semidefiniteFactor, symmetricEigenvalues } from './eigenvalues.js';

const product = (a: Float64Array, b: Float64Array, n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += (a[Math.floor(at / n) * n + k] as number) * (b[k * n + (at % n)] as number);
    return sum;
  });

/** Q D Qᵀ with a known spectrum, Q a product of reflections. */
function withSpectrum(spectrum: readonly number[], seed: number): Float64Array {
  const n = spectrum.length;
  const rng = new Rng(seed);
  let matrix: Float64Array = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? (spectrum[at / (n + 1)] as number) : 0));
  for (let round = 0; round < 3; round++) {
    const v = rng.normals(n);
    const square = v.reduce((sum, x) => sum + x * x, 0);
    const reflection = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return (i === j ? 1 : 0) - (2 * (v[i] as number) * (v[j] as number)) / square;
    });
    matrix = product(product(reflection, matrix, n), reflection, n);
  }
  return matrix;
}

function expectClose(got: Float64Array, expected: readonly number[], tolerance: number): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => expect(Math.abs(value - (expected[i] as number))).toBeLessThan(tolerance));
}

describe('symmetricEigenvalues', () => {
  it.each([
    ['ascending', [-3, -1, 0, 0.5, 2, 7]],
    ['repeated', [1, 1, 1, 2, 2, 5, 5, 5, 5]],
    ['singular', [0, 0, 0, 0, 1, 3]],
    ['of many orders', [1e-9, 1e-6, 1e-3, 1, 1e3]],
    ['one', [4]],
    ['two', [-1, 4]],
  ])('finds a known spectrum: %s', (_, spectrum) => {
    const scale = Math.max(...spectrum.map(Math.abs));
    expectClose(symmetricEigenvalues(withSpectrum(spectrum, 5), spectrum.length), spectrum, 1e-13 * scale * spectrum.length);
  });

  it('finds 120 of the second difference, 2 − 2 cos(k π / 121)', () => {
    const n = 120;
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs(Math.floor(at / n) - (at % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    expectClose(symmetricEigenvalues(matrix, n), Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1))), 1e-12);
  });

  it('keeps entries that are tiny beside the pivot', () => {
    // [[1, 0, x], [0, 1, 1], [x, 1, 1]] has the eigenvalues 1 and 1 ± √(1 + x²); a row with a large pivot and a small rest.
    const x = 1e-7;
    const matrix = Float64Array.from([1, 0, x, 0, 1, 1, x, 1, 1]);
    const root = Math.sqrt(1 + x * x);
    expectClose(symmetricEigenvalues(matrix, 3), [1 - root, 1, 1 + root], 1e-15);
  });

  it('refuses what is not finite', () => {
    expect(() => symmetricEigenvalues(Float64Array.from([1, Number.NaN, Number.NaN, 1]), 2)).toThrow(NonFiniteError);
  });
});

describe('semidefiniteFactor', () => {
  it.each([
    [[1, 2, 3, 4, 5], 5],
    [[0, 0, 0, 2, 5, 9], 3],
    [[0, 0], 0],
  ] as const)('of the spectrum %j has rank %i and gives the matrix back', (spectrum, rank) => {
    const n = spectrum.length;
    const matrix = withSpectrum(spectrum, 9);
    const factor = semidefiniteFactor(matrix, n);
    expect(factor.rank).toBe(rank);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < rank; k++) sum += (factor.data[i * rank + k] as number) * (factor.data[j * rank + k] as number);
        expect(Math.abs(sum - (matrix[i * n + j] as number))).toBeLessThan(1e-13);
      }
    }
  });
});
