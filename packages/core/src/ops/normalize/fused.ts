/** normalize by the fused kernels `FusedNormalize` and `FusedNormalizeGrad`, where the backend has them: backend-simd does, and WebGPU by the programs in webgpu/. */
import { runKernelMulti, type Tensor, type Tensor4D } from '../../tfjs.js';
import { leakyReluSlope } from '../activation/activation.js';
import { type Fused, spread } from '../shared/implementations.js';
import type { NormalizeKernels, NormalizeParameters } from './types.js';

const attributes = (parameters: NormalizeParameters, affine: Tensor | undefined): Record<string, unknown> => ({
  ...parameters,
  perSample: affine?.rank === 2,
  slope: leakyReluSlope,
});

/** The implementation by fused kernels. */
export const fusedNormalize: NormalizeKernels & Fused = {
  kernelNames: ['FusedNormalize', 'FusedNormalizeGrad'],

  forward(x, scale, shift, residual, parameters) {
    const [y, mean, inverse] = runKernelMulti('FusedNormalize', { x, scale, shift, residual }, attributes(parameters, scale ?? shift));
    return { y: y as Tensor4D, statistics: { mean: mean as Tensor, inverse: inverse as Tensor } };
  },

  backward(x, scale, shift, dy, { mean, inverse }, parameters, needs) {
    const outputs = runKernelMulti(
      'FusedNormalizeGrad',
      { x, dy, mean, inv: inverse, scale, shift },
      { ...attributes(parameters, scale ?? shift), needsX: needs.x, needsScale: needs.scale, needsShift: needs.shift },
    );
    const [dx, dScale, dShift] = spread(outputs, [needs.x, needs.scale, needs.shift]);
    return { x: dx as Tensor4D | undefined, scale: dScale, shift: dShift };
  },
};
