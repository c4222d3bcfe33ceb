/**
 * The gradient of a 1×1 filter of one tap, as the discriminators end with: dW[c] = Σ over pixels of x[p, c] · dz[p]. As a product it
 * would have a single column, and as a reduction in workgroup memory more barriers than sums: each invocation walks the pixels of its
 * part for its own channels.
 */
import { sumPartials } from '../../../wgsl/sumPartials.js';
import type { Gpu, GpuTensor } from '../../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, lanesFor, typeOf, uniforms } from '../../../wgsl/wgsl.js';
import type { Geometry } from './geometry.js';

export const isFilter1x1 = (g: Geometry): boolean => g.kernelHeight * g.kernelWidth * g.outputs === 1 && g.stride === 1 && g.pad === 0 && g.upsample === 1;

/** Pixels that one invocation walks at least: fewer make more partial sums than products. */
const leastWalk = 64;
const mostParts = 64;

export function filter1x1Gradient(gpu: Gpu, g: Geometry, x: GpuTensor, dz: GpuTensor): GpuTensor {
  const pixels = g.samples * g.outHeight * g.outWidth;
  const lanes = lanesFor(g.channels);
  const vectors = g.channels / lanes;
  const chunk = Math.max(leastWalk, Math.ceil(pixels / mostParts));
  const parts = Math.ceil(pixels / chunk);
  const partials = gpu.allocate([parts, g.channels]);
  const code = (): string => `
${buffer(0, 'x', lanes)}
${buffer(1, 'dz', 1)}
${buffer(2, 'partials', lanes, 'read_write')}
${uniforms(3, ['pixels', 'chunk', 'vectors', 'count'])}
${flatMain('sizes.count', `let part = index / sizes.vectors;
  let channel = index % sizes.vectors;
  let end = min((part + 1) * sizes.chunk, sizes.pixels);
  var sum = ${typeOf(lanes)}();
  for (var p = part * sizes.chunk; p < end; p++) { sum += x[p * sizes.vectors + channel] * dz[p]; }
  partials[index] = sum;`)}`;
  gpu.run({ key: `conv2d dW 1×1 filter ${lanes}`, code }, [x, dz, partials], [pixels, chunk, vectors, parts * vectors], flatWorkgroups(parts * vectors));
  const dWeights = sumPartials(gpu, partials, [1, 1, g.channels, 1]);
  gpu.release(partials);
  return dWeights;
}
