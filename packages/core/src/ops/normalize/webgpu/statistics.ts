/**
 * Mean, inverse deviation and deviation, in two stages of Welford's running mean and squares about it, merged by Chan's formula:
 * one reading of x, and no difference of large sums (Chan, Golub, LeVeque 1983, "Algorithms for computing the sample variance").
 */
import { channelReductionCode, chunksOf, reductionSizes, reductionSizesOf, reductionWorkgroups } from '../../../wgsl/channelReduction.js';
import type { Gpu, GpuTensor, Program, TensorStorage } from '../../../wgsl/types.js';
import { buffer, conversions, type Lanes, load, typeOf, uniforms } from '../../../wgsl/wgsl.js';
import { type Setting, statisticsLanes, statisticsOf } from './setting.js';

/** Rows of the result. */
export const statisticRows = { mean: 0, inverse: 1, deviation: 2 } as const;
export const statisticCount = 3;

/** [N, 3, 1 or C]: mean, inverse deviation, deviation. */
export function statistics(gpu: Gpu, s: Setting): GpuTensor {
  const chunks = chunksOf(s.pixels, s.channels, s.lanes);
  const partial = gpu.allocate([s.samples, chunks.chunks, 2, s.channels]);
  gpu.run(partialProgram(s.lanes, gpu.storageOf(s.x)), [s.x, partial], reductionSizesOf(chunks, s.pixels, s.channels, s.lanes), reductionWorkgroups(chunks, s.samples, s.channels, s.lanes));
  const result = gpu.allocate([s.samples, statisticCount, statisticsOf(s)]);
  const vectors = s.channels / statisticsLanes(s);
  gpu.run(mergeProgram(s), [partial, result], [s.pixels, chunks.chunk, chunks.chunks, vectors, { float: s.epsilon }], [
    statisticsOf(s) / statisticsLanes(s),
    s.samples,
    1,
  ]);
  gpu.release(partial);
  return result;
}

/** A mean of `count` values and the sum of squares about it. */
const momentsCode = (lanes: Lanes): string => `
struct State { mean: ${typeOf(lanes)}, squares: ${typeOf(lanes)}, count: f32 }
fn merge(a: State, b: State) -> State {
  if (b.count == 0.0) { return a; }
  if (a.count == 0.0) { return b; }
  let count = a.count + b.count;
  let apart = b.mean - a.mean;
  let share = b.count / count;
  return State(a.mean + apart * share, a.squares + b.squares + apart * apart * (a.count * share), count);
}`;

const partialProgram = (lanes: Lanes, storage: TensorStorage): Program => ({
  key: `normalize moments ${lanes} ${storage}`,
  storages: [storage, 'float32'],
  code: () =>
    channelReductionCode(`
${buffer(0, 'x', lanes, 'read', storage)}
${buffer(1, 'partial', lanes, 'read_write')}
${uniforms(2, reductionSizes)}
${conversions(storage)}
${momentsCode(lanes)}
fn take(state: ptr<function, State>, index: i32, sample: i32, channel: i32) {
  let value = ${load('x', 'index', storage)};
  (*state).count += 1.0;
  let apart = value - (*state).mean;
  (*state).mean += apart * (1.0 / (*state).count);
  (*state).squares += apart * (value - (*state).mean);
}
fn write(part: i32, channel: i32, state: State) {
  partial[part * 2 * sizes.vectors + channel] = state.mean;
  partial[(part * 2 + 1) * sizes.vectors + channel] = state.squares;
}`),
});

const mergers = 64;

/** A workgroup per statistic: of one vector of channels over all chunks, or of all channels too for a layer. */
const mergeProgram = (s: Setting): Program => ({
  key: `normalize statistics ${s.over} ${statisticsLanes(s)}`,
  code: () => mergeCode(s),
});

function mergeCode(s: Setting): string {
  const lanes = statisticsLanes(s);
  const type = typeOf(lanes);
  const layer = s.over === 'layer';
  const results = layer ? '1' : 'sizes.vectors';
  // Items of a layer are all channels of all chunks; of an instance, the chunks of its channel.
  const place = layer
    ? 'let chunk = item / sizes.vectors; let channel = item % sizes.vectors;'
    : 'let chunk = item; let channel = i32(group.x);';
  return `
${buffer(0, 'partial', lanes)}
${buffer(1, 'statistics', lanes, 'read_write')}
${uniforms(2, ['pixels', 'chunk', 'chunks', 'vectors', 'epsilon: f32'])}
${momentsCode(lanes)}
var<workgroup> states: array<State, ${mergers}>;

@compute @workgroup_size(${mergers})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let sample = i32(group.y);
  var state = State();
  for (var item = i32(lane); item < sizes.chunks${layer ? ' * sizes.vectors' : ''}; item += ${mergers}) {
    ${place}
    let at = ((sample * sizes.chunks + chunk) * 2) * sizes.vectors + channel;
    let count = min(sizes.chunk, sizes.pixels - chunk * sizes.chunk);
    state = merge(state, State(partial[at], partial[at + sizes.vectors], f32(count)));
  }
  states[lane] = state;
  for (var half = ${mergers / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { states[lane] = merge(states[lane], states[lane + half]); }
  }
  if (lane != 0u) { return; }
  let total = states[0];
  let at = sample * ${statisticCount} * ${results} + i32(group.x);
  let variance = total.squares / ${layer ? '(total.count - 1.0)' : 'total.count'};
  statistics[at] = total.mean;
  statistics[at + ${statisticRows.inverse} * ${results}] = ${type}(1.0) / ${layer ? `(sqrt(variance) + sizes.epsilon)` : `sqrt(variance + sizes.epsilon)`};
  statistics[at + ${statisticRows.deviation} * ${results}] = sqrt(variance);
}`;
}
