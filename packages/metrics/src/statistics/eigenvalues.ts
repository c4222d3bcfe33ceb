/** Eigenvalues of symmetric matrices, and factors of semi-definite ones, in float64. Matrices are [n, n], row-major. */
import { ArgumentError, NonFiniteError } from '@munit/core';

/**
 * All eigenvalues of a symmetric matrix, in ascending order: Householder's reduction to tridiagonal form, then implicit QL
 * with Wilkinson's shift (Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3). Errors are of the order of
 * n ε ‖A‖. Only entries on and below the diagonal are read; `matrix` is left as it is.
 * @throws NonFiniteError when an entry is not finite
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  checkSquare(matrix, n);
  if (!matrix.every(Number.isFinite)) throw new NonFiniteError('The matrix has entries that are not finite, so it has no eigenvalues.');
  const { diagonal, offDiagonal } = tridiagonalize(matrix.slice(), n);
  return diagonalize(diagonal, offDiagonal).sort();
}

/** Overwrites `a`. Reflections from the last row up; only the lower triangle is used. */
function tridiagonalize(a: Float64Array, n: number): { readonly diagonal: Float64Array; readonly offDiagonal: Float64Array } {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(0, n - 1)); // [i]: between i and i + 1
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = n - 1; k > 0; k--) {
    const row = k * n;
    diagonal[k] = a[row + k] as number;
    const rest = Math.hypot(...pieces(a, row, k - 1));
    const pivot = a[row + k - 1] as number;
    // Nothing besides the pivot: the row is tridiagonal already.
    if (rest === 0) {
      offDiagonal[k - 1] = pivot;
      continue;
    }
    const length = Math.hypot(rest, pivot);
    const alpha = pivot > 0 ? -length : length;
    offDiagonal[k - 1] = alpha;
    for (let j = 0; j < k; j++) v[j] = a[row + j] as number;
    v[k - 1]! -= alpha;
    reflectBothSides(a, n, k, v, p);
  }
  if (n > 0) diagonal[0] = a[0] as number;
  return { diagonal, offDiagonal };
}

/** Norms of a row's parts, few enough for `Math.hypot` to take as arguments; scaling keeps tiny and huge entries from vanishing. */
function pieces(a: Float64Array, from: number, count: number): number[] {
  const norms: number[] = [];
  for (let at = 0; at < count; at += 64) norms.push(Math.hypot(...a.subarray(from + at, from + Math.min(at + 64, count))));
  return norms;
}

/** A ← H A H on the leading k × k block, H = 1 − 2 v vᵀ / vᵀv: A − v wᵀ − w vᵀ with w = p − (β vᵀp / 2) v, p = β A v. */
function reflectBothSides(a: Float64Array, n: number, k: number, v: Float64Array, p: Float64Array): void {
  let square = 0;
  for (let j = 0; j < k; j++) square += (v[j] as number) ** 2;
  const beta = 2 / square;
  p.fill(0, 0, k);
  for (let i = 0; i < k; i++) {
    const row = i * n;
    const vi = v[i] as number;
    let sum = (a[row + i] as number) * vi;
    for (let j = 0; j < i; j++) {
      const entry = a[row + j] as number;
      sum += entry * (v[j] as number);
      p[j]! += entry * vi;
    }
    p[i]! += sum;
  }
  let along = 0;
  for (let j = 0; j < k; j++) {
    p[j]! *= beta;
    along += (p[j] as number) * (v[j] as number);
  }
  const half = (beta * along) / 2;
  for (let j = 0; j < k; j++) p[j]! -= half * (v[j] as number);
  for (let i = 0; i < k; i++) {
    const row = i * n;
    const [vi, wi] = [v[i] as number, p[i] as number];
    for (let j = 0; j <= i; j++) a[row + j]! -= vi * (p[j] as number) + wi * (v[j] as number);
  }
}

/** Implicit QL steps until every off-diagonal entry is below rounding; overwrites both. */
function diagonalize(d: Float64Array, offDiagonal: Float64Array): Float64Array {
  const n = d.length;
  const e = new Float64Array(n);
  e.set(offDiagonal);
  for (let low = 0; low < n; low++) {
    for (let step = 0; ; step++) {
      let split = low;
      while (split < n - 1 && Math.abs(e[split] as number) > Number.EPSILON * (Math.abs(d[split] as number) + Math.abs(d[split + 1] as number))) split++;
      if (split === low) break;
      // Two or three steps each are usual; finite entries always converge.
      if (step === 100) throw new NonFiniteError('The eigenvalues of a matrix did not converge.', { remedy: 'The features have values too large or too small to be distinguished.' });
      implicitStep(d, e, low, split);
    }
  }
  return d;
}

/** One chase of the bulge from `high` down to `low`. */
function implicitStep(d: Float64Array, e: Float64Array, low: number, high: number): void {
  const half = ((d[low + 1] as number) - (d[low] as number)) / (2 * (e[low] as number));
  const root = Math.hypot(half, 1);
  let g = (d[high] as number) - (d[low] as number) + (e[low] as number) / (half + (half >= 0 ? root : -root));
  let [sine, cosine, p] = [1, 1, 0];
  for (let i = high - 1; i >= low; i--) {
    const f = sine * (e[i] as number);
    const b = cosine * (e[i] as number);
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = (d[i + 1] as number) - p;
    const t = ((d[i] as number) - g) * sine + 2 * cosine * b;
    p = sine * t;
    d[i + 1] = g + p;
    g = cosine * t - b;
  }
  d[low]! -= p;
  e[low] = g;
  e[high] = 0;
}

/** L with L Lᵀ = A, [n, rank], row-major. */
export interface Factor {
  readonly rank: number;
  readonly data: Float64Array;
}

/**
 * A factor of a semi-definite matrix by Cholesky's method with pivoting, cut off at its numerical rank
 * (Higham, Accuracy and Stability of Numerical Algorithms, section 10.3): remaining variances below n ε of the largest are rounding.
 */
export function semidefiniteFactor(matrix: Float64Array, n: number): Factor {
  checkSquare(matrix, n);
  const remaining = Float64Array.from({ length: n }, (_, i) => matrix[i * n + i] as number);
  const floor = n * Number.EPSILON * remaining.reduce((m, x) => Math.max(m, x), 0);
  const columns: Float64Array[] = [];
  while (columns.length < n) {
    const pivot = remaining.reduce((best, x, i) => (x > (remaining[best] as number) ? i : best), 0);
    const variance = remaining[pivot] as number;
    if (!(variance > floor)) break;
    const column = matrix.slice(pivot * n, (pivot + 1) * n);
    for (const earlier of columns) {
      const weight = earlier[pivot] as number;
      if (weight !== 0) for (let i = 0; i < n; i++) column[i]! -= weight * (earlier[i] as number);
    }
    const scale = 1 / Math.sqrt(variance);
    for (let i = 0; i < n; i++) {
      column[i]! *= scale;
      remaining[i]! -= (column[i] as number) ** 2;
    }
    remaining[pivot] = 0;
    columns.push(column);
  }
  const rank = columns.length;
  const data = new Float64Array(n * rank);
  columns.forEach((column, j) => column.forEach((value, i) => (data[i * rank + j] = value)));
  return { rank, data };
}

function checkSquare(matrix: Float64Array, n: number): void {
  if (matrix.length !== n * n) throw new ArgumentError(`A matrix of ${n} rows and columns has ${n * n} entries, but ${matrix.length} came.`);
}
