import { differentiable } from '../../autodiff/index.js';
import { ShapeError } from '../../errors/index.js';
import { runKernel, type Tensor4D } from '../../tfjs.js';
import { checkRank } from '../shared/check.js';

/**
 * Largest of each 2×2 cell, stride 2, a last odd row or column left out (VGG's pooling):
 * [N, H, W, C] -> [N, ⌊H/2⌋, ⌊W/2⌋, C]. The gradient goes to the largest, to the first of equal ones.
 * @throws ShapeError when H or W is below 2
 */
export function maxPool2d(x: Tensor4D): Tensor4D {
  checkRank('maxPool2d', 'x', x, 4, '[N, H, W, C]');
  if (x.shape[1] < 2 || x.shape[2] < 2) {
    throw new ShapeError(`maxPool2d: the input must be at least 2×2, but it is ${x.shape[1]}×${x.shape[2]}.`, { remedy: 'Use a larger image.' });
  }
  const attributes = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
  return differentiable<Tensor4D>({
    name: 'maxPool2d',
    inputs: [x],
    forward: () => runKernel<Tensor4D>('MaxPool', { x }, attributes),
    backward: ({ dy, output }) => [runKernel('MaxPoolGrad', { dy, input: x, output }, attributes)],
  });
}
