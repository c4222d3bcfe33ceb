/** conv2d by the fused kernels `PaddedConv2D` and `PaddedConv2DGrad`, where the backend has them: backend-simd does, and WebGPU by the programs in webgpu/. */
import { runKernel, runKernelMulti, type Tensor1D, type Tensor4D } from '../../tfjs.js';
import { leakyReluSlope } from '../activation/activation.js';
import { type Fused, spread } from '../shared/implementations.js';
import type { Conv2dKernels, Conv2dSettings } from './types.js';

const attributes = (parameters: Conv2dSettings): Record<string, unknown> => ({ ...parameters, slope: leakyReluSlope });

/** The implementation by fused kernels. */
export const fusedConv2d: Conv2dKernels & Fused = {
  kernelNames: ['PaddedConv2D', 'PaddedConv2DGrad'],

  forward(x, weights, bias, parameters) {
    return runKernel<Tensor4D>('PaddedConv2D', { x, filter: weights, bias }, attributes(parameters));
  },

  backward(x, weights, dy, y, parameters, needs) {
    const outputs = runKernelMulti(
      'PaddedConv2DGrad',
      { x, filter: weights, dy, y: parameters.activation === 'none' ? undefined : y },
      { ...attributes(parameters), needsX: needs.x, needsFilter: needs.weights, needsBias: needs.bias },
    );
    const [dx, dWeights, dBias] = spread(outputs, [needs.x, needs.weights, needs.bias]);
    return { x: dx as Tensor4D | undefined, weights: dWeights as Tensor4D | undefined, bias: dBias as Tensor1D | undefined };
  },
};
