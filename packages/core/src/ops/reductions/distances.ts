import { differentiable } from '../../autodiff/tape.js';
import { runKernel, runKernelMulti, type Scalar, type Tensor } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import { choose, type Fused, spread } from '../shared/implementations.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

/** One implementation of a mean over a function of a − b: what every backend's version has to provide. */
interface DistanceKernels {
  forward(a: Tensor, b: Tensor): Scalar;
  /** The gradients of a and b where they are needed. */
  backward(a: Tensor, b: Tensor, dy: Scalar, needs: readonly boolean[]): (Tensor | undefined)[];
}

/** One implementation of a mean over a function of x and a number. */
interface DistanceToKernels {
  forward(x: Tensor, target: number): Scalar;
  backward(x: Tensor, target: number, dy: Scalar): Tensor;
}

const fusedDistance = (name: string): DistanceKernels & Fused => ({
  kernelNames: [name, `${name}Grad`],
  forward: (a, b) => runKernel<Scalar>(name, { a, b }),
  backward: (a, b, dy, needs) => {
    const [needsA, needsB] = [needs[0] === true, needs[1] === true];
    return spread(runKernelMulti(`${name}Grad`, { a, b, dy }, { needsA, needsB }), [needsA, needsB]);
  },
});

/** From f(a − b) and the slope of its mean, of a difference and the number of values. */
const composedDistance = (f: (difference: Tensor) => Tensor, slope: (difference: Tensor, count: number) => Tensor): DistanceKernels => ({
  forward: (a, b) => raw.meanOfAll(f(raw.sub(a, b))),
  backward: (a, b, dy, needs) => {
    const da = raw.mul(slope(raw.sub(a, b), a.size), dy);
    return [da, needs[1] === true ? raw.negate(da) : undefined];
  },
});

const absolute = { fused: fusedDistance('MeanAbsoluteDifference'), composed: composedDistance(raw.abs, (difference, count) => raw.scale(raw.sign(difference), 1 / count)) };

/**
 * mean |a − b| over all values, a scalar (L1, the reconstruction losses). The gradient at equal values is 0, as in PyTorch.
 * @throws ShapeError when the shapes differ
 */
export function meanAbsoluteDifference(a: Tensor, b: Tensor): Scalar {
  checkShape('meanAbsoluteDifference', 'b', b, a.shape, 'that of a');
  return differentiable<Scalar>({
    name: 'meanAbsoluteDifference',
    inputs: [a, b],
    forward: () => choose(absolute.fused, absolute.composed).forward(a, b),
    backward: ({ dy, needs }) => choose(absolute.fused, absolute.composed).backward(a, b, dy, needs),
    // The slope is piecewise constant.
    pullback: ({ dy, needs }) => {
      const da = prim.scaleBy(raw.scale(raw.sign(raw.sub(a, b)), 1 / a.size), dy);
      return [da, needs[1] === true ? prim.scale(da, -1) : undefined];
    },
  });
}

const squared = {
  fused: fusedDistance('MeanSquaredDifference'),
  composed: composedDistance(raw.square, (difference, count) => raw.scale(difference, 2 / count)),
};

/**
 * mean (a − b)² over all values, a scalar (the perceptual loss).
 * @throws ShapeError when the shapes differ
 */
export function meanSquaredDifference(a: Tensor, b: Tensor): Scalar {
  checkShape('meanSquaredDifference', 'b', b, a.shape, 'that of a');
  return differentiable<Scalar>({
    name: 'meanSquaredDifference',
    inputs: [a, b],
    forward: () => choose(squared.fused, squared.composed).forward(a, b),
    backward: ({ dy, needs }) => choose(squared.fused, squared.composed).backward(a, b, dy, needs),
    pullback: ({ dy, needs }) => {
      const da = prim.scaleBy(prim.scale(prim.sub(a, b), 2 / a.size), dy);
      return [da, needs[1] === true ? prim.scale(da, -1) : undefined];
    },
  });
}

const squaredTo: { readonly fused: DistanceToKernels & Fused; readonly composed: DistanceToKernels } = {
  fused: {
    kernelNames: ['MeanSquaredTo', 'MeanSquaredToGrad'],
    forward: (x, target) => runKernel<Scalar>('MeanSquaredTo', { x }, { target }),
    backward: (x, target, dy) => runKernel('MeanSquaredToGrad', { x, dy }, { target }),
  },
  composed: {
    forward: (x, target) => raw.meanOfAll(raw.square(raw.shift(x, -target))),
    backward: (x, target, dy) => raw.mul(raw.scale(raw.shift(x, -target), 2 / x.size), dy),
  },
};

/** mean (x − target)² for a fixed number, a scalar (LSGAN; with target 0, UNIT's KL term). */
export function meanSquaredTo(x: Tensor, target: number): Scalar {
  return differentiable<Scalar>({
    name: 'meanSquaredTo',
    inputs: [x],
    forward: () => choose(squaredTo.fused, squaredTo.composed).forward(x, target),
    backward: ({ dy }) => [choose(squaredTo.fused, squaredTo.composed).backward(x, target, dy)],
    pullback: ({ dy }) => [prim.scaleBy(prim.scale(prim.shift(x, -target), 2 / x.size), dy)],
  });
}
