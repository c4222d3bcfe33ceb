/** The sum of each channel over everything else, in stages: a bias's gradient; or of what each pixel weighs, that of a lone filter. */
import { channelReductionCode, chunksOf, reductionSizes, reductionSizesOf, reductionWorkgroups, sumsCode } from './channelReduction.js';
import { sumSlabs } from './sumSlabs.js';
import { type Gpu, type GpuTensor, sizeOf } from './types.js';
import { buffer, lanesFor, uniforms } from './wgsl.js';

/** […, C] -> [C]; with `weights`, one per pixel, the weighted sum. */
export function channelSums(gpu: Gpu, x: GpuTensor, channels: number, weights?: GpuTensor): GpuTensor {
  const pixels = sizeOf(x.shape) / channels;
  const lanes = lanesFor(channels);
  const chunks = chunksOf(pixels, channels, lanes);
  const partial = gpu.allocate([chunks.chunks, channels]);
  const more = weights === undefined ? [] : [weights];
  const code = (): string =>
    channelReductionCode(`
${buffer(0, 'x', lanes)}
${weights === undefined ? '' : buffer(1, 'weights', 1)}
${buffer(1 + more.length, 'partial', lanes, 'read_write')}
${uniforms(2 + more.length, reductionSizes)}
${sumsCode(['sum'], lanes)}
fn take(state: ptr<function, State>, index: i32, sample: i32, channel: i32) { (*state).sum += x[index]${weights === undefined ? '' : ' * weights[index / sizes.vectors]'}; }`);
  gpu.run({ key: `channel sums ${lanes}${weights === undefined ? '' : ' weighted'}`, code }, [x, ...more, partial], reductionSizesOf(chunks, pixels, channels, lanes), reductionWorkgroups(chunks, 1, channels, lanes));
  const sums = sumSlabs(gpu, partial, [channels]);
  gpu.release(partial);
  return sums;
}
