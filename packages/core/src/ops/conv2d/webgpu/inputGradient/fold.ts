/** The adjoint of padding: what came back to the border of the padded image is added to the cells that it shows. */
import { type Gpu, type GpuTensor, type Program, sizeOf } from '../../../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, type Lanes, lanesFor, typeOf, uniforms } from '../../../../wgsl/wgsl.js';
import type { PadMode } from '../../types.js';
import type { Geometry } from '../geometry.js';
import { mirroredCellsCode } from './mirroredCells.js';

/** [N, H + 2 pad, W + 2 pad, C] -> [N, H, W, C]. */
export function fold(gpu: Gpu, { padMode, pad, samples, height, width, channels }: Geometry, padded: GpuTensor): GpuTensor {
  const dx = gpu.allocate([samples, height, width, channels]);
  const lanes = lanesFor(channels);
  const count = sizeOf(dx.shape) / lanes;
  gpu.run(foldProgram(padMode, lanes), [padded, dx], [count, pad, height, width, channels / lanes], flatWorkgroups(count));
  return dx;
}

const foldProgram = (mode: PadMode, lanes: Lanes): Program => ({
  key: `conv2d fold ${mode} ${lanes}`,
  code: () => `
${buffer(0, 'padded', lanes)}
${buffer(1, 'dx', lanes, 'read_write')}
${uniforms(2, ['count', 'pad', 'height', 'width', 'vectors'])}
${mirroredCellsCode(mode)}
${flatMain(
  'sizes.count',
  `let channel = index % sizes.vectors;
  let pixel = index / sizes.vectors;
  let column = pixel % sizes.width;
  let row = (pixel / sizes.width) % sizes.height;
  let first = pixel / (sizes.width * sizes.height) * (sizes.height + 2 * sizes.pad) + sizes.pad;
  var sum = ${typeOf(lanes)}();
  for (var a = 0; a < timesShown(row, sizes.height); a++) {
    let start = (first + shownAt(row, sizes.height, a)) * (sizes.width + 2 * sizes.pad) + sizes.pad;
    for (var b = 0; b < timesShown(column, sizes.width); b++) {
      sum += padded[(start + shownAt(column, sizes.width, b)) * sizes.vectors + channel];
    }
  }
  dx[index] = sum;`,
)}`,
});
