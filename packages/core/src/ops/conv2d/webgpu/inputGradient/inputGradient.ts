/**
 * The gradient of a convolution's input.
 *
 * As the adjoint of what the convolution does: the product goes back to the padded image (`product.ts`), whose border is then
 * added to the cells that it shows (`fold.ts`), so that no invocation asks which cells are mirrored while it multiplies. After upsampling
 * that would be four products for each cell: there the gradients of all places where a cell is shown are added up as they are read (`gathered.ts`).
 */
import type { Gpu, GpuTensor } from '../../../../wgsl/types.js';
import type { Geometry } from '../geometry.js';
import { fold } from './fold.js';
import { gatheredGradient } from './gathered.js';
import { paddedGradient } from './product.js';

/** dx for dz, the gradient before the activation. */
export function inputGradient(gpu: Gpu, g: Geometry, weights: GpuTensor, dz: GpuTensor): GpuTensor {
  if (g.upsample === 2) return gatheredGradient(gpu, g, weights, dz);
  // Nobody needs the gradient of zeros.
  if (g.pad === 0 || g.padMode === 'zero') return paddedGradient(gpu, g, 0, weights, dz);
  const padded = paddedGradient(gpu, g, g.pad, weights, dz);
  const dx = fold(gpu, g, padded);
  gpu.release(padded);
  return dx;
}
