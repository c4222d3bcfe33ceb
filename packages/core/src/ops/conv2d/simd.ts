/** conv2d by the fused kernels `PaddedConv2D` and `PaddedConv2DGrad`, where the backend has them: backend-simd does, and WebGPU by the programs in webgpu/. */
import { hasKernel, runKernel, runKernelMulti, type Tensor, type Tensor1D, type Tensor4D } from '../../tfjs.js';
import { leakyReluSlope } from '../activation/index.js';
import type { Conv2dKernels, Conv2dParameters } from './types.js';

export const hasFusedConv2d = (): boolean => hasKernel('PaddedConv2D') && hasKernel('PaddedConv2DGrad');

const attributes = (parameters: Conv2dParameters): Record<string, unknown> => ({ ...parameters, slope: leakyReluSlope });

export const fusedConv2d: Conv2dKernels = {
  forward(x, weights, bias, parameters) {
    return runKernel<Tensor4D>('PaddedConv2D', { x, filter: weights, bias }, attributes(parameters));
  },

  backward(x, weights, dy, y, parameters, needs) {
    const outputs: (Tensor | undefined)[] = runKernelMulti(
      'PaddedConv2DGrad',
      { x, filter: weights, dy, y: parameters.activation === 'none' ? undefined : y },
      { ...attributes(parameters), needsX: needs.x, needsFilter: needs.weights, needsBias: needs.bias },
    );
    const take = (wanted: boolean): Tensor | undefined => (wanted ? outputs.shift() : undefined);
    return {
      x: take(needs.x) as Tensor4D | undefined,
      weights: take(needs.weights) as Tensor4D | undefined,
      bias: take(needs.bias) as Tensor1D | undefined,
    };
  },
};
