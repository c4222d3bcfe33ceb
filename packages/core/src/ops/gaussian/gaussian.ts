/** Normal distributions with a diagonal covariance, given by mean and logarithm of the variance: what a variational encoder gives. */
import { differentiable } from '../../autodiff/tape.js';
import type { Scalar, Tensor } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** eˣ. On WebGPU the kernel alone makes a number of NaN. */
const rawExponential = (x: Tensor): Tensor => raw.mul(raw.exp(x), raw.step(x, 1));

/** eˣ, elementwise. */
const exponential = (x: Tensor): Tensor =>
  differentiable({ name: 'exponential', inputs: [x], forward: () => rawExponential(x), pullback: ({ dy, output }) => [prim.mul(dy, output)] });

/** eˣ − 1 without cancellation near 0: 2 t / (1 − t), t = tanh(x / 2). */
function exponentialMinusOne(x: Tensor): Tensor {
  const t = raw.tanh(raw.scale(x, 0.5));
  return raw.div(raw.scale(t, 2), raw.shift(raw.negate(t), 1));
}

/**
 * mean + noise · e^(logVariance / 2), elementwise: a sample, differentiable in its distribution (Kingma & Welling 2014). `noise` is standard
 * normal.
 * @throws ShapeError when the shapes differ
 */
export function sampleGaussian<T extends Tensor>(mean: T, logVariance: T, noise: T): T {
  checkShape('sampleGaussian', 'logVariance', logVariance, mean.shape, 'that of the mean');
  checkShape('sampleGaussian', 'noise', noise, mean.shape, 'that of the mean');
  const deviation = (): Tensor => exponential(prim.scale(logVariance, 0.5));
  return differentiable<T>({
    name: 'sampleGaussian',
    inputs: [mean, logVariance, noise],
    forward: () => raw.add(mean, raw.mul(noise, rawExponential(raw.scale(logVariance, 0.5)))) as T,
    pullback: ({ dy, needs }) => [
      dy,
      needs[1] === true ? prim.scale(prim.mul(dy, prim.mul(noise, deviation())), 0.5) : undefined,
      needs[2] === true ? prim.mul(dy, deviation()) : undefined,
    ],
  });
}

/**
 * ½ Σ mean² + e^logVariance − 1 − logVariance over all values, a scalar: the divergence KL(N(mean, e^logVariance) ‖ N(0, 1)), summed over
 * dimensions and samples.
 * @throws ShapeError when the shapes differ
 */
export function gaussianKl(mean: Tensor, logVariance: Tensor): Scalar {
  checkShape('gaussianKl', 'logVariance', logVariance, mean.shape, 'that of the mean');
  return differentiable<Scalar>({
    name: 'gaussianKl',
    inputs: [mean, logVariance],
    forward: () => raw.scale(raw.sumInStages(raw.add(raw.square(mean), raw.sub(exponentialMinusOne(logVariance), logVariance))), 0.5) as Scalar,
    pullback: ({ dy, needs }) => [
      needs[0] === true ? prim.scaleBy(mean, dy) : undefined,
      needs[1] === true ? prim.scaleBy(prim.scale(prim.shift(exponential(logVariance), -1), 0.5), dy) : undefined,
    ],
  });
}
