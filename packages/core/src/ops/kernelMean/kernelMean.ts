/** The mean of a kernel over all pairs of two sets of vectors: what a maximum mean discrepancy is made of. */
import { scoped } from '../../autodiff/scoped.js';
import { ArgumentError, ShapeError } from '../../errors/index.js';
import type { Scalar, Tensor2D } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';
import * as prim from '../shared/primitives.js';

/**
 * mean over i, j of C / (C + ‖xᵢ − yⱼ‖²), the inverse multiquadratic kernel (Tolstikhin et al. 2018, "Wasserstein Auto-Encoders", section 4), a scalar.
 * @param x [N, F]
 * @param y [M, F]; it may be x itself, whose pairs of a vector with itself count
 * @param constant C, above 0: the squared distance at which the kernel is ½
 * @throws ShapeError unless both are matrices of as many columns
 * @throws ArgumentError for a constant that is not above 0
 */
export function kernelMean(x: Tensor2D, y: Tensor2D, constant: number): Scalar {
  checkRank('kernelMean', 'x', x, 2, '[N, F]');
  checkRank('kernelMean', 'y', y, 2, '[M, F]');
  if (x.shape[1] !== y.shape[1]) throw new ShapeError(`kernelMean: 'x' has ${x.shape[1]} columns, but 'y' has ${y.shape[1]}.`);
  if (!(constant > 0)) throw new ArgumentError(`kernelMean: 'constant' must be above 0, but it is ${constant}.`);
  // Made of differentiable ops, so that x and y may be one tensor.
  return scoped(() => meanOfPairs(x, y, constant));
}

function meanOfPairs(x: Tensor2D, y: Tensor2D, constant: number): Scalar {
  const [n, f] = x.shape;
  const [m] = y.shape;
  const pairs = [n, m, f];
  const difference = prim.sub(prim.broadcastTo(prim.reshape(x, [n, 1, f]), pairs), prim.broadcastTo(prim.reshape(y, [1, m, f]), pairs));
  const squared = prim.sumTo(prim.mul(difference, difference), [n, m, 1]);
  return prim.scale(prim.total(prim.reciprocal(prim.shift(squared, constant))), constant / (n * m));
}
