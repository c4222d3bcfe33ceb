/** normalize by the fused kernels `FusedNormalize` and `FusedNormalizeGrad`, where the backend has them: backend-simd does, and WebGPU by the programs in webgpu/. */
import { hasKernel, runKernelMulti, type Tensor, type Tensor4D } from '../../tfjs.js';
import { leakyReluSlope } from '../activation/index.js';
import type { NormalizeKernels, NormalizeParameters } from './types.js';

export const hasFusedNormalize = (): boolean => hasKernel('FusedNormalize') && hasKernel('FusedNormalizeGrad');

const attributes = (parameters: NormalizeParameters, affine: Tensor | undefined): Record<string, unknown> => ({
  ...parameters,
  perSample: affine?.rank === 2,
  slope: leakyReluSlope,
});

export const fusedNormalize: NormalizeKernels = {
  forward(x, scale, shift, residual, parameters) {
    const [y, mean, inverse] = runKernelMulti('FusedNormalize', { x, scale, shift, residual }, attributes(parameters, scale ?? shift));
    return { y: y as Tensor4D, statistics: { mean: mean as Tensor, inverse: inverse as Tensor } };
  },

  backward(x, scale, shift, dy, { mean, inverse }, parameters, needs) {
    const outputs: (Tensor | undefined)[] = runKernelMulti(
      'FusedNormalizeGrad',
      { x, dy, mean, inv: inverse, scale, shift },
      { ...attributes(parameters, scale ?? shift), needsX: needs.x, needsScale: needs.scale, needsShift: needs.shift },
    );
    const take = (wanted: boolean): Tensor | undefined => (wanted ? outputs.shift() : undefined);
    return { x: take(needs.x) as Tensor4D | undefined, scale: take(needs.scale), shift: take(needs.shift) };
  },
};
