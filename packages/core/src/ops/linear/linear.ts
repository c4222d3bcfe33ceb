/** The dense layer. */
import { differentiable } from '../../autodiff/tape.js';
import { ShapeError } from '../../errors/index.js';
import { checkOneOf } from '../../options.js';
import type { Tensor, Tensor1D, Tensor2D } from '../../tfjs.js';
import { activateForward, activatePullback, type FusedActivation, fusedActivations } from '../activation/activation.js';
import { checkRank, checkShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/**
 * y = f(x W + b).
 * @param x [N, I]
 * @param weights [I, O] (PyTorch keeps the transpose)
 * @param bias [O], or undefined for none
 * @returns [N, O]
 * @throws ShapeError when the shapes do not fit
 */
export function linear(x: Tensor2D, weights: Tensor2D, bias: Tensor1D | undefined, activation: FusedActivation = 'none'): Tensor2D {
  checkRank('linear', 'x', x, 2, '[N, I]');
  checkRank('linear', 'weights', weights, 2, '[I, O]');
  checkOneOf('linear', 'activation', activation, fusedActivations);
  if (x.shape[1] !== weights.shape[0]) {
    throw new ShapeError(`linear: 'x' has ${x.shape[1]} features, but 'weights' take ${weights.shape[0]}.`);
  }
  if (bias !== undefined) checkShape('linear', 'bias', bias, [weights.shape[1]], 'one per output feature');
  return differentiable<Tensor2D>({
    name: 'linear',
    inputs: [x, weights, bias],
    forward: () => {
      const product = raw.matMul(x, weights);
      return activateForward(bias === undefined ? product : raw.add(product, bias), activation) as Tensor2D;
    },
    pullback: ({ dy, output, needs }) => {
      const dz: Tensor = activatePullback(dy, output, activation);
      return [
        needs[0] === true ? prim.matMul(dz, weights, false, true) : undefined,
        needs[1] === true ? prim.matMul(x, dz, true, false) : undefined,
        needs[2] === true ? prim.reshape(prim.sumTo(dz, [1, weights.shape[1]]), [weights.shape[1]]) : undefined,
      ];
    },
  });
}
