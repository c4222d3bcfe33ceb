/** The Fréchet distance of two sets of features: FID, where the features are Inception's. */
import { checkCount, checkSameDimension } from './features.js';
import { semidefiniteFactor, symmetricEigenvalues } from './eigenvalues.js';
import type { FeatureMoments } from './moments.js';

/**
 * ‖μ₁ − μ₂‖² + Tr(C₁ + C₂ − 2 (C₁ C₂)^½), the squared 2-Wasserstein distance of the Gaussians with the sets' means and
 * covariances (Dowson & Landau 1982; Heusel et al. 2017), in float64. Covariances divide by n − 1.
 *
 * With C₁ = L Lᵀ the products C₁ C₂ and Lᵀ C₂ L share their eigenvalues and the latter is symmetric, so that
 * Tr (C₁ C₂)^½ = Σ √λ(Lᵀ C₂ L): no imaginary part to drop, and nothing to add to singular covariances.
 * Exact for sets smaller than the dimension too; what is then far off is the estimate: see `frechetWarnings`.
 * @returns at least 0; 0 to rounding for equal sets
 * @throws ShapeError when the dimensions differ
 * @throws ArgumentError for a set of fewer than 2 images
 */
export function frechetDistance(first: FeatureMoments, second: FeatureMoments): number {
  checkSameDimension('frechetDistance', first, second);
  checkCount('frechetDistance', 'first', first, 2);
  checkCount('frechetDistance', 'second', second, 2);
  const { dimension: d } = first;
  const [meanA, meanB] = [first.mean, second.mean];
  const [covarianceA, covarianceB] = [first.covariance(), second.covariance()];
  const trace = (matrix: Float64Array): number => Array.from({ length: d }, (_, i) => matrix[i * d + i] as number).reduce((a, b) => a + b, 0);
  const means = meanA.reduce((sum, x, i) => sum + (x - (meanB[i] as number)) ** 2, 0);
  const distance = means + trace(covarianceA) + trace(covarianceB) - 2 * traceOfRoot(covarianceA, covarianceB, d);
  return Math.max(0, distance);
}

/** Tr (A B)^½ of semi-definite A and B. The one of smaller rank is factored: the rest is then of that size. */
function traceOfRoot(a: Float64Array, b: Float64Array, d: number): number {
  const [factorA, factorB] = [semidefiniteFactor(a, d), semidefiniteFactor(b, d)];
  const [factor, other] = factorA.rank <= factorB.rank ? [factorA, b] : [factorB, a];
  const { rank } = factor;
  if (rank === 0) return 0;
  const eigenvalues = symmetricEigenvalues(congruence(factor.data, other, d, rank), rank);
  // Of a product that is singular, what is below rounding: its root would not be below it.
  const floor = rank * Number.EPSILON * Math.max(0, eigenvalues[rank - 1] as number);
  return eigenvalues.reduce((sum, value) => (value > floor ? sum + Math.sqrt(value) : sum), 0);
}

/** Lᵀ A L, [r, r], for L [d, r] and symmetric A [d, d]; entries on and below the diagonal. */
function congruence(l: Float64Array, a: Float64Array, d: number, r: number): Float64Array {
  const result = new Float64Array(r * r);
  const row = new Float64Array(r);
  for (let i = 0; i < d; i++) {
    // Row i of A L.
    row.fill(0);
    for (let k = 0; k < d; k++) {
      const weight = a[i * d + k] as number;
      if (weight !== 0) for (let j = 0, at = k * r; j < r; j++) row[j]! += weight * (l[at + j] as number);
    }
    for (let p = 0; p < r; p++) {
      const weight = l[i * r + p] as number;
      if (weight !== 0) for (let j = 0, at = p * r; j <= p; j++) result[at + j]! += weight * (row[j] as number);
    }
  }
  return result;
}

/** What is wrong with a Fréchet distance of these counts, in words; nothing where the counts are ample. */
export function frechetWarnings(first: { readonly count: number; readonly dimension: number }, second: { readonly count: number }): string[] {
  const fewest = Math.min(first.count, second.count);
  if (fewest <= first.dimension) {
    return [
      `${fewest} images are too few for a covariance of ${first.dimension} features (it is singular at or below ${first.dimension}): ` +
        'the Fréchet distance is dominated by its bias. Compare it only with distances of as many images, or use KID, which is unbiased.',
    ];
  }
  if (fewest < 10_000) {
    return [`The Fréchet distance of ${fewest} images is biased upwards; below 10,000 compare it only with distances of as many images.`];
  }
  return [];
}
