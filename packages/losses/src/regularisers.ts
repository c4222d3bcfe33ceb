/** Terms that the paper's losses do not have: R1, consistency, mode seeking, and what keeps encoded styles close to the prior that styles are drawn from. */
import {
  add,
  ArgumentError,
  dot,
  globalAveragePool,
  grad,
  kernelMean,
  mean,
  meanAbsoluteDifference,
  meanSquaredDifference,
  mul,
  reciprocal,
  scalar,
  type Scalar,
  scale,
  scoped,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  weightedSum,
} from '@munit/core';

/**
 * R1, the gradient penalty on real images (Mescheder, Geiger, Nowozin 2018, equation 9): ½ mean over samples of ‖∇ₓ D(x)‖², where D is the sum
 * over scales of the mean score. Exact: the gradient of a gradient, where this runs inside another gradient.
 * @param score the discriminator's maps of scores, [N, h, w, 1] per scale
 * @param reals [N, H, W, C]
 * @throws ArgumentError when the discriminator gives no map
 */
export function gradientPenaltyTerm(score: (images: Tensor4D) => readonly Tensor[], reals: Tensor4D): Scalar {
  const samples = reals.shape[0];
  const total = (images: Tensor4D): Scalar => {
    const maps = score(images);
    if (maps.length === 0) throw new ArgumentError('gradientPenaltyTerm: expected the scores of at least one scale, got none.');
    // The mean of a map is over samples too.
    return weightedSum(maps.map((map) => mean(map)), maps.map(() => samples));
  };
  return scoped(() => {
    const gradient = grad(total, reals);
    return scale(dot(gradient, gradient), 0.5 / samples);
  });
}

/**
 * Consistency of a discriminator (Zhang et al. 2020, "Consistency Regularization for Generative Adversarial Networks", equation 2): Σ over scales
 * of the mean over samples of (D(x) − D(T(x)))², where D is the mean of a sample's map of scores. The mean is taken first because T moves the patches
 * that the map's scores are of; for a map of a single score it is the published term.
 * @param scores of the images x, [N, h, w, 1] per scale
 * @param changed of the same images after T, of the same shapes
 * @throws ArgumentError for no scales, or for different numbers of them; ShapeError when the numbers of samples differ
 */
export function consistencyTerm(scores: readonly Tensor[], changed: readonly Tensor[]): Scalar {
  if (scores.length === 0 || scores.length !== changed.length) {
    throw new ArgumentError(`consistencyTerm: expected the scores of the same scales, at least one, got ${scores.length} and ${changed.length}.`, {
      remedy: 'Apply the same discriminator to the images and to what was made of them.',
    });
  }
  const perSample = (map: Tensor): Tensor => globalAveragePool(map as Tensor4D); // [N, 1]
  return scoped(() => weightedSum(scores.map((map, i) => meanSquaredDifference(perSample(map), perSample(changed[i] as Tensor))), scores.map(() => 1)));
}

/** Keeps the mode-seeking term finite where two translations are the same. */
const MODE_EPSILON = 1e-5;

/**
 * Mode seeking (Mao et al. 2019, "Mode Seeking GANs", as DRIT++ minimises it): 1 / (mean |a − b| / mean |s − t| + 1e-5) for translations a and b
 * of the same images in the styles s and t. Small where different styles look different.
 * @param a [N, H, W, C]
 * @param b of the same shape
 * @param s [N, F]
 * @param t of the same shape, not equal to s
 * @throws ShapeError when the shapes differ
 */
export function modeSeekingTerm(a: Tensor4D, b: Tensor4D, s: Tensor2D, t: Tensor2D): Scalar {
  return scoped(() => {
    const ratio = mul(meanAbsoluteDifference(a, b), reciprocal(meanAbsoluteDifference(s, t)));
    return reciprocal(add(ratio, scalar(MODE_EPSILON)));
  });
}

/**
 * The squared maximum mean discrepancy of encoded styles to drawn ones, by the inverse multiquadratic kernel with C = 2 F (Tolstikhin et al. 2018,
 * "Wasserstein Auto-Encoders"): k(s, s) + k(z, z) − 2 k(s, z), k the mean over all pairs, those of a vector with itself too. At least 0.
 * @param encoded [N, F]
 * @param drawn [M, F], from N(0, I)
 * @throws ShapeError unless both have as many columns
 */
export function stylePriorTerm(encoded: Tensor2D, drawn: Tensor2D): Scalar {
  const constant = 2 * encoded.shape[1];
  return scoped(() => weightedSum([kernelMean(encoded, encoded, constant), kernelMean(drawn, drawn, constant), kernelMean(encoded, drawn, constant)], [1, 1, -2]));
}
