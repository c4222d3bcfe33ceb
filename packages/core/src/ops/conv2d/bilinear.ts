/**
 * Without bias and activation the convolution is bilinear in x and the weights, and so are its two gradients: the input's in the
 * weights and dz, the weights' in x and dz. The gradients of each of the three are the other two, so that gradients of any order
 * run on the same kernels.
 */
import { differentiable } from '../../autodiff/tape.js';
import type { Tensor4D } from '../../tfjs.js';
import type { Conv2dKernels, Conv2dSettings } from './types.js';

/** The convolution alone, of x and weights. */
export const bareConvolution = (kernels: Conv2dKernels, x: Tensor4D, weights: Tensor4D, bare: Conv2dSettings): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'conv2d',
    inputs: [x, weights],
    forward: () => kernels.forward(x, weights, undefined, bare),
    pullback: ({ dy, needs }) => [
      needs[0] === true ? inputGradient(kernels, x, weights, dy, bare) : undefined,
      needs[1] === true ? weightsGradient(kernels, x, weights, dy, bare) : undefined,
    ],
  });

/** The gradient for an input that is shaped like x, of which the shape alone is read. */
export const inputGradient = (kernels: Conv2dKernels, x: Tensor4D, weights: Tensor4D, dz: Tensor4D, bare: Conv2dSettings): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'conv2d gradient of x',
    inputs: [weights, dz],
    forward: () => kernels.backward(x, weights, dz, dz, bare, { x: true, weights: false, bias: false }).x as Tensor4D,
    pullback: ({ dy, needs }) => [
      needs[0] === true ? weightsGradient(kernels, dy, weights, dz, bare) : undefined,
      needs[1] === true ? bareConvolution(kernels, dy, weights, bare) : undefined,
    ],
  });

/** The gradient for weights that are shaped like these. */
export const weightsGradient = (kernels: Conv2dKernels, x: Tensor4D, weights: Tensor4D, dz: Tensor4D, bare: Conv2dSettings): Tensor4D =>
  differentiable<Tensor4D>({
    name: 'conv2d gradient of weights',
    inputs: [x, dz],
    forward: () => kernels.backward(x, weights, dz, dz, bare, { x: false, weights: true, bias: false }).weights as Tensor4D,
    pullback: ({ dy, needs }) => [
      needs[0] === true ? inputGradient(kernels, x, dy, dz, bare) : undefined,
      needs[1] === true ? bareConvolution(kernels, x, dy, bare) : undefined,
    ],
  });
