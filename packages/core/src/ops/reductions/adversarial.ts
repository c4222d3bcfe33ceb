import { differentiable } from '../../autodiff/tape.js';
import type { Scalar, Tensor } from '../../tfjs.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/**
 * mean softplus(sign · x) = mean log(1 + e^(sign x)), a scalar: binary cross-entropy on logits
 * (sign 1 for the label 0, −1 for the label 1), finite where sigmoid and log are not.
 */
export function meanSoftplus(x: Tensor, sign: 1 | -1): Scalar {
  const signed = (): Tensor => (sign === 1 ? x : raw.negate(x));
  return differentiable<Scalar>({
    name: 'meanSoftplus',
    inputs: [x],
    // max(z, 0) + log(1 + e^−|z|): TensorFlow.js's Softplus cuts its tails off.
    forward: () => {
      const z = signed();
      const tail = raw.log(raw.shift(raw.exp(raw.negate(raw.abs(z))), 1));
      return raw.meanOfAll(raw.add(raw.relu(z), tail));
    },
    pullback: ({ dy }) => [prim.scaleBy(prim.scale(prim.sigmoid(prim.scale(x, sign)), sign / x.size), dy)],
  });
}

/** mean max(0, 1 + sign · x), a scalar: the hinge of a discriminator (sign 1 for fakes, −1 for reals). */
export function meanHinge(x: Tensor, sign: 1 | -1): Scalar {
  const margin = (): Tensor => raw.shift(raw.scale(x, sign), 1);
  return differentiable<Scalar>({
    name: 'meanHinge',
    inputs: [x],
    forward: () => raw.meanOfAll(raw.relu(margin())),
    // The slope is piecewise constant.
    pullback: ({ dy }) => [prim.scaleBy(raw.scale(raw.step(margin(), 0), sign / x.size), dy)],
  });
}
