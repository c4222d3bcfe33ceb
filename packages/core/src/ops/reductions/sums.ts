import { differentiable } from '../../autodiff/tape.js';
import type { Scalar, Tensor } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** mean x over all values, a scalar; x of any shape. */
export function mean(x: Tensor): Scalar {
  return differentiable<Scalar>({
    name: 'mean',
    inputs: [x],
    forward: () => raw.meanOfAll(x),
    pullback: ({ dy }) => [prim.scaleBy(raw.fill(x.shape, 1 / x.size), dy)],
  });
}

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
    pullback: ({ dy, needs }) => [needs[0] === true ? prim.scaleBy(b, dy) : undefined, needs[1] === true ? prim.scaleBy(a, dy) : undefined],
  });
}
