/** The sum of tensors that lie one after the other: what ends a sum in stages. */
import { type Gpu, type GpuTensor, sizeOf } from './types.js';
import { buffer, flatMain, flatWorkgroups, lanesFor, typeOf, uniforms } from './wgsl.js';

/** [S, …] -> `shape`, the sum over S. The partials stay the caller's. */
export function sumPartials(gpu: Gpu, partials: GpuTensor, shape: readonly number[]): GpuTensor {
  const size = sizeOf(shape);
  if (sizeOf(partials.shape) === size) return gpu.share(partials, shape);
  const sum = gpu.allocate(shape);
  const lanes = lanesFor(size);
  const code = (): string => `
${buffer(0, 'partials', lanes)}
${buffer(1, 'sum', lanes, 'read_write')}
${uniforms(2, ['count', 'partials'])}
${flatMain('sizes.count', `var total = ${typeOf(lanes)}();
  for (var s = 0; s < sizes.partials; s++) { total += partials[s * sizes.count + index]; }
  sum[index] = total;`)}`;
  gpu.run({ key: `sum partials ${lanes}`, code }, [partials, sum], [size / lanes, sizeOf(partials.shape) / size], flatWorkgroups(size / lanes));
  return sum;
}
