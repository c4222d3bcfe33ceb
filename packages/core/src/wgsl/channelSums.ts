/** The sum of each channel over everything else, in stages: a bias's gradient. */
import { channelReductionCode, chunksOf, reductionSizes, reductionSizesOf, reductionWorkgroups, sumsCode } from './channelReduction.js';
import { sumPartials } from './sumPartials.js';
import { type Gpu, type GpuTensor, sizeOf } from './types.js';
import { buffer, lanesFor, uniforms } from './wgsl.js';

/** […, C] -> [C]. */
export function channelSums(gpu: Gpu, x: GpuTensor, channels: number): GpuTensor {
  const pixels = sizeOf(x.shape) / channels;
  const lanes = lanesFor(channels);
  const chunks = chunksOf(pixels, channels, lanes);
  const partial = gpu.allocate([chunks.chunks, channels]);
  const code = (): string =>
    channelReductionCode(`
${buffer(0, 'x', lanes)}
${buffer(1, 'partial', lanes, 'read_write')}
${uniforms(2, reductionSizes)}
${sumsCode(['sum'], lanes)}
fn take(state: ptr<function, State>, index: i32, sample: i32, channel: i32) { (*state).sum += x[index]; }`);
  gpu.run({ key: `channel sums ${lanes}`, code }, [x, partial], reductionSizesOf(chunks, pixels, channels, lanes), reductionWorkgroups(chunks, 1, channels, lanes));
  const sums = sumPartials(gpu, partial, [channels]);
  gpu.release(partial);
  return sums;
}
