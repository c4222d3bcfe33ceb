/** `HalfStorage` on WebGPU. */
import { type GpuKernel, input, sizeOf } from '../../wgsl/types.js';
import { buffer, conversions, flatMain, flatWorkgroups, store, uniforms } from '../../wgsl/wgsl.js';

const code = (): string => `
${buffer(0, 'x', 4)}
${buffer(1, 'y', 4, 'read_write', 'float16')}
${uniforms(2, ['count'])}
${conversions('float16')}
${flatMain('sizes.count', store('y', 'index', 'x[index]', 'float16'))}`;

export const halfStorageKernels: readonly GpuKernel[] = [
  {
    name: 'HalfStorage',
    run({ gpu, inputs }) {
      const x = input(inputs, 'x');
      if (gpu.storageOf(x) === 'float16') return [gpu.share(x)];
      const y = gpu.allocate(x.shape, 'float16');
      const fours = sizeOf(x.shape) / 4;
      gpu.run({ key: 'half storage', code, storages: ['float32', 'float16'] }, [x, y], [fours], flatWorkgroups(fours));
      return [y];
    },
  },
];
