import { differentiable } from '../../autodiff/index.js';
import { hasKernel, runKernel, runKernelMulti, type Scalar, type Tensor } from '../../tfjs.js';
import { checkShape } from '../shared/check.js';
import * as prim from '../shared/primitives.js';
import * as raw from '../shared/raw.js';

const everyAxis = (x: Tensor): number[] => x.shape.map((_, i) => i);
const meanOfAll = (x: Tensor): Scalar => raw.mean(x, everyAxis(x)) as Scalar;

/**
 * mean |a − b| over all values, a scalar (L1, the reconstruction losses). The gradient at equal values is 0, as in PyTorch.
 * @throws ShapeError when the shapes differ
 */
export function meanAbsoluteDifference(a: Tensor, b: Tensor): Scalar {
  checkShape('meanAbsoluteDifference', 'b', b, a.shape, 'that of a');
  return differentiable<Scalar>({
    name: 'meanAbsoluteDifference',
    inputs: [a, b],
    forward: () =>
      hasKernel('MeanAbsoluteDifference') ? runKernel<Scalar>('MeanAbsoluteDifference', { a, b }) : meanOfAll(raw.abs(raw.sub(a, b))),
    backward: ({ dy, needs }) => {
      if (hasKernel('MeanAbsoluteDifferenceGrad')) return both('MeanAbsoluteDifferenceGrad', a, b, dy, needs);
      const da = raw.mul(raw.scale(raw.sign(raw.sub(a, b)), 1 / a.size), dy);
      return [da, needs[1] === true ? raw.negate(da) : undefined];
    },
    // The slope is piecewise constant.
    pullback: ({ dy, needs }) => {
      const da = prim.scaleBy(raw.scale(raw.sign(raw.sub(a, b)), 1 / a.size), dy);
      return [da, needs[1] === true ? prim.scale(da, -1) : undefined];
    },
  });
}

/**
 * mean (a − b)² over all values, a scalar (the perceptual loss).
 * @throws ShapeError when the shapes differ
 */
export function meanSquaredDifference(a: Tensor, b: Tensor): Scalar {
  checkShape('meanSquaredDifference', 'b', b, a.shape, 'that of a');
  return differentiable<Scalar>({
    name: 'meanSquaredDifference',
    inputs: [a, b],
    forward: () =>
      hasKernel('MeanSquaredDifference') ? runKernel<Scalar>('MeanSquaredDifference', { a, b }) : meanOfAll(raw.square(raw.sub(a, b))),
    backward: ({ dy, needs }) => {
      if (hasKernel('MeanSquaredDifferenceGrad')) return both('MeanSquaredDifferenceGrad', a, b, dy, needs);
      const da = raw.mul(raw.scale(raw.sub(a, b), 2 / a.size), dy);
      return [da, needs[1] === true ? raw.negate(da) : undefined];
    },
    pullback: ({ dy, needs }) => {
      const da = prim.scaleBy(prim.scale(prim.sub(a, b), 2 / a.size), dy);
      return [da, needs[1] === true ? prim.scale(da, -1) : undefined];
    },
  });
}

/** mean (x − target)² for a fixed number, a scalar (LSGAN; with target 0, UNIT's KL term). */
export function meanSquaredTo(x: Tensor, target: number): Scalar {
  return differentiable<Scalar>({
    name: 'meanSquaredTo',
    inputs: [x],
    forward: () => (hasKernel('MeanSquaredTo') ? runKernel<Scalar>('MeanSquaredTo', { x }, { target }) : meanOfAll(raw.square(raw.shift(x, -target)))),
    backward: ({ dy }) => [
      hasKernel('MeanSquaredToGrad')
        ? runKernel('MeanSquaredToGrad', { x, dy }, { target })
        : raw.mul(raw.scale(raw.shift(x, -target), 2 / x.size), dy),
    ],
    pullback: ({ dy }) => [prim.scaleBy(prim.scale(prim.shift(x, -target), 2 / x.size), dy)],
  });
}

function both(kernel: string, a: Tensor, b: Tensor, dy: Tensor, needs: readonly boolean[]): (Tensor | undefined)[] {
  const needsA = needs[0] === true;
  const needsB = needs[1] === true;
  const outputs = runKernelMulti(kernel, { a, b, dy }, { needsA, needsB });
  return [needsA ? outputs.shift() : undefined, needsB ? outputs.shift() : undefined];
}
