import { differentiable } from '../../autodiff/index.js';
import type { Scalar, Tensor } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import * as raw from '../shared/raw.js';

/**
 * Σ a · b over all values, a scalar: with a cotangent as b, the gradient of a is that cotangent's pull-back.
 * @throws ShapeError when the shapes differ
 */
export function dot(a: Tensor, b: Tensor): Scalar {
  checkShape('dot', 'b', b, a.shape, 'that of a');
  return differentiable<Scalar>({
    name: 'dot',
    inputs: [a, b],
    forward: () => raw.sumInStages(raw.mul(a, b)) as Scalar,
    backward: ({ dy, needs }) => [needs[0] === true ? raw.mul(b, dy) : undefined, needs[1] === true ? raw.mul(a, dy) : undefined],
  });
}
