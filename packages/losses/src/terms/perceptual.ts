import { meanSquaredDifference, normalize, type Scalar, type Tensor4D } from '@munit/core';
import { scoped } from '../support/scope.js';

/**
 * The domain-invariant perceptual loss: mean (IN(a) − IN(b))², IN the instance norm without affine, which takes away what
 * differs between domains rather than scenes (paper, section 5.1; `trainer.py`, `compute_vgg_loss`).
 * @param a features of the translation, [N, h, w, C]
 * @param b features of its source, of the same shape
 * @throws ShapeError when the shapes differ
 */
export function perceptualLoss(a: Tensor4D, b: Tensor4D): Scalar {
  return scoped(() => meanSquaredDifference(normalize(a, { over: 'instance' }), normalize(b, { over: 'instance' })));
}
