/** dy times the derivative of an activation, from the activation's output: where it is not fused into what comes next. */
import type { FusedActivation } from '../../../ops/activation/index.js';
import { type Gpu, type GpuTensor, sizeOf } from './types.js';
import { activationKind, buffer, derivativeCode, flatMain, flatWorkgroups, lanesFor, slopeMember, slopeOf, uniforms } from './wgsl.js';

export function passBack(gpu: Gpu, activation: FusedActivation, slope: number, dy: GpuTensor, y: GpuTensor): GpuTensor {
  const dz = gpu.allocate(dy.shape);
  const lanes = lanesFor(sizeOf(dy.shape));
  const count = sizeOf(dy.shape) / lanes;
  const code = (): string => `
${buffer(0, 'dy', lanes)}
${buffer(1, 'y', lanes)}
${buffer(2, 'dz', lanes, 'read_write')}
${uniforms(3, ['count', slopeMember])}
${derivativeCode(activationKind(activation), lanes)}
${flatMain('sizes.count', 'dz[index] = passBack(dy[index], y[index]);')}`;
  gpu.run({ key: `pass back ${activationKind(activation)} ${lanes}`, code }, [dy, y, dz], [count, slopeOf(activation, slope)], flatWorkgroups(count));
  return dz;
}
