/** conv2d from TensorFlow.js kernels alone: runs on every backend, materialises padding and upsampling. */
import { runKernel, type Tensor, type Tensor1D, type Tensor4D } from '../../tfjs.js';
import { activateBackward, activateForward } from '../activation/activation.js';
import * as raw from '../shared/raw.js';
import { pad2d, pad2dBackward } from './padding.js';
import type { Conv2dKernels, Conv2dSettings } from './types.js';

const valid = (stride: number): Record<string, unknown> => ({
  strides: [stride, stride],
  pad: 'valid',
  dataFormat: 'NHWC',
  dilations: [1, 1],
});

function upsample2(x: Tensor4D): Tensor4D {
  const size = [x.shape[1] * 2, x.shape[2] * 2];
  return runKernel<Tensor4D>('ResizeNearestNeighbor', { images: x }, { alignCorners: false, halfPixelCenters: false, size });
}

/** The adjoint of doubling: sums each 2×2 cell. */
function upsample2Backward(dy: Tensor4D): Tensor4D {
  const [n, h, w, c] = dy.shape;
  const rows = raw.sum(raw.reshape(dy, [(n * h) / 2, 2, w * c]), [1]); // [N H/2, W C]
  const cells = raw.sum(raw.reshape(rows, [(n * h * w) / 4, 2, c]), [1]); // [N H/2 W/2, C]
  return raw.reshape(cells, [n, h / 2, w / 2, c]);
}

/** What the convolution itself sees: [N, up·H + 2 pad, up·W + 2 pad, C]. */
function enlarge(x: Tensor4D, { upsample, padMode, pad }: Conv2dSettings): Tensor4D {
  return pad2d(upsample === 2 ? upsample2(x) : x, padMode, pad);
}

/** The implementation by TensorFlow.js kernels. */
export const composedConv2d: Conv2dKernels = {
  forward(x, weights, bias, parameters) {
    let y: Tensor = runKernel('Conv2D', { x: enlarge(x, parameters), filter: weights }, valid(parameters.stride));
    if (bias !== undefined) y = raw.add(y, bias);
    return activateForward(y, parameters.activation) as Tensor4D;
  },

  backward(x, weights, dy, y, parameters, needs) {
    const dz = activateBackward(dy, y, parameters.activation) as Tensor4D;
    const attributes = valid(parameters.stride);
    const up = parameters.upsample;
    const [n, h, w, c] = x.shape;
    const margin = 2 * parameters.pad;
    const inputShape = [n, h * up + margin, w * up + margin, c];
    let dx: Tensor4D | undefined;
    if (needs.x) {
      const dEnlarged = runKernel('Conv2DBackpropInput', { dy: dz, filter: weights }, { ...attributes, inputShape });
      dx = pad2dBackward(dEnlarged as Tensor4D, parameters.padMode, parameters.pad);
      if (up === 2) dx = upsample2Backward(dx);
    }
    const dWeights = needs.weights
      ? runKernel('Conv2DBackpropFilter', { x: enlarge(x, parameters), dy: dz }, { ...attributes, filterShape: weights.shape })
      : undefined;
    const dBias = needs.bias ? raw.sum(raw.sum(raw.sum(dz, [2]), [1]), [0]) : undefined;
    return { x: dx, weights: dWeights as Tensor4D | undefined, bias: dBias as Tensor1D | undefined };
  },
};
