/** How much memory a run will need, before it starts. */
import type { TrainingConfig } from '../config/schema.js';

export interface MemoryEstimate {
  /** Parameters, gradients, Adam's moments and the average. */
  readonly weightsBytes: number;
  /** What the generators' update keeps for its backward pass: the peak of a step. */
  readonly activationsBytes: number;
  readonly totalBytes: number;
}

const bytes = 4;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const levels = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Estimates the peak from the architecture: every output that the backward pass reads, of every pass of a step, at the
 * size of the crop. Scratch memory and the process itself (some hundred megabytes) are not in it:
 * at 256×256, width 64, it says 2.0 GB where a process that only steps peaked at 2.6 GB resident, and one that also saves at 4.3 GB.
 */
export function estimateMemory(config: TrainingConfig): MemoryEstimate {
  const weightsBytes = weights(config);
  const activationsBytes = activations(config);
  return { weightsBytes, activationsBytes, totalBytes: weightsBytes + activationsBytes };
}

function weights(config: TrainingConfig): number {
  const { gen, dis } = config;
  const deepest = gen.dim * 2 ** gen.n_downsample;
  const down = sum(levels(gen.n_downsample).map((k) => 16 * gen.dim * 2 ** k * gen.dim * 2 ** (k + 1)));
  const residual = gen.n_res * 2 * 9 * deepest ** 2;
  const up = sum(levels(gen.n_downsample).map((k) => 25 * (deepest / 2 ** k) * (deepest / 2 ** (k + 1))));
  const ends = (channels: number): number => 49 * channels * gen.dim;
  const munit = config.trainer === 'MUNIT';
  const style = munit ? 16 * (2 * gen.dim ** 2 + 8 * gen.dim ** 2 + 2 * 16 * gen.dim ** 2) + 4 * gen.dim * gen.style_dim : 0;
  const mlp = munit ? gen.style_dim * gen.mlp_dim + gen.mlp_dim ** 2 + gen.mlp_dim * gen.n_res * 4 * deepest : 0;
  const generator = (channels: number): number => down + 2 * residual + up + (munit ? 3 : 2) * ends(channels) + style + mlp;
  const judge = (channels: number): number =>
    dis.num_scales * (16 * channels * dis.dim + sum(levels(dis.n_layer - 1).map((k) => 16 * dis.dim ** 2 * 2 ** (2 * k + 1))));
  const generators = generator(config.input_dim_a) + generator(config.input_dim_b);
  const judges = judge(config.input_dim_a) + judge(config.input_dim_b);
  const average = config.ema_half_life_images > 0 ? 1 : 0;
  // Parameters, gradient and two moments.
  return bytes * ((4 + average) * generators + 4 * judges);
}

function activations(config: TrainingConfig): number {
  const { gen, dis, crop_image_height: height, crop_image_width: width } = config;
  const area = height * width;
  const at = (level: number): number => (area / 4 ** level) * gen.dim * 2 ** level;
  const n = gen.n_downsample;
  // A convolution's output and its normalised form.
  const content = 2 * (sum(levels(n + 1).map(at)) + 2 * gen.n_res * at(n));
  const decoder = 2 * (2 * gen.n_res * at(n) + sum(levels(n).map(at))) + area * 3;
  const styleLevels = [at(0), at(1), at(2), at(2) / 4, at(2) / 16];
  const style = sum(styleLevels);
  const judge = sum(
    levels(dis.num_scales).map((scale) => sum(levels(dis.n_layer).map((k) => (area / 4 ** (scale + k + 1)) * dis.dim * 2 ** k * (dis.norm === 'none' || dis.norm === 'sn' ? 1 : 2)))),
  );
  const cycle = config.recon_x_cyc_w > 0 ? 2 : 0;
  const munit = config.trainer === 'MUNIT';
  const passes = 4 * content + (4 + cycle) * decoder + (munit ? 4 * style : 0) + 2 * judge;
  const vgg = config.vgg_w > 0 ? 4 * area * (2 * 64 + (2 * 128) / 4 + (3 * 256) / 16 + (6 * 512) / 64) : 0;
  return bytes * config.batch_size * (passes + vgg);
}
