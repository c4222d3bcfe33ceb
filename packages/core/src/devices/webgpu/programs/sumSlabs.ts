/** The sum of tensors that lie one after the other: what ends a sum in stages. */
import { type Gpu, type GpuTensor, sizeOf } from './types.js';
import { buffer, flatMain, flatWorkgroups, lanesFor, typeOf, uniforms } from './wgsl.js';

/** [S, …] -> `shape`, the sum over S. The slabs stay the caller's. */
export function sumSlabs(gpu: Gpu, slabs: GpuTensor, shape: readonly number[]): GpuTensor {
  const size = sizeOf(shape);
  if (sizeOf(slabs.shape) === size) return gpu.share(slabs, shape);
  const sum = gpu.allocate(shape);
  const lanes = lanesFor(size);
  const code = (): string => `
${buffer(0, 'slabs', lanes)}
${buffer(1, 'sum', lanes, 'read_write')}
${uniforms(2, ['count', 'slabs'])}
${flatMain('sizes.count', `var total = ${typeOf(lanes)}();
  for (var s = 0; s < sizes.slabs; s++) { total += slabs[s * sizes.count + index]; }
  sum[index] = total;`)}`;
  gpu.run({ key: `sum slabs ${lanes}`, code }, [slabs, sum], [size / lanes, sizeOf(slabs.shape) / size], flatWorkgroups(size / lanes));
  return sum;
}
