/** What the generators have to bring back. */
import { meanAbsoluteDifference, meanSquaredTo, type Scalar, type Tensor } from '@munit/core';

/**
 * mean |recovered − original|: image, content, style and cycle reconstruction (`trainer.py`, `recon_criterion`).
 * Both sides are differentiated: the published content and style terms do not hold their targets fixed.
 * @throws ShapeError when the shapes differ
 */
export const reconstructionLoss = (recovered: Tensor, original: Tensor): Scalar => meanAbsoluteDifference(recovered, original);

/**
 * mean μ²: UNIT's divergence of N(μ, 1) from N(0, 1), but for the factor ½ and constants (`trainer.py`, `__compute_kl`).
 * @param mean the hidden code's mean, any shape
 */
export const klLoss = (mean: Tensor): Scalar => meanSquaredTo(mean, 0);
