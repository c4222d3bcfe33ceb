/**
 * The gradients, from two sums per channel of each sample, A = Σ dz and B = Σ dz x̂, where dz is dy before the activation:
 * dshift = A, dscale = B, and dx = inv (g − c₀) − x̂ c₁ with g = dz · scale. What c₀ and c₁ are:
 *
 * - instance: c₀ = mean(g), c₁ = inv · mean(g x̂), over the pixels of a channel;
 * - layer: c₀ = mean(g), c₁ = Σ(g x̂) / ((n − 1) std), over all values of a sample; 0 on a constant map.
 *
 * The activation's argument is computed again from x, as y may hold a residual.
 */
import { channelReductionCode, type Chunks, chunksOf, reductionSizes, reductionSizesOf, reductionWorkgroups, sumsCode } from '../../../wgsl/channelReduction.js';
import { type Gpu, type GpuTensor, type Program, sizeOf } from '../../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, typeOf, uniforms } from '../../../wgsl/wgsl.js';
import { activationKind, derivativeCode } from '../../activation/webgpu.js';
import type { NormalizeNeeds } from '../types.js';
import { affineCode, affineTensors, type Setting, settingKey, settingSizes, settingSizesOf, statisticCode, statisticsLanes, statisticsOf } from './setting.js';
import { statisticCount, statisticRows } from './statistics.js';

/** The gradients that are needed, in the order x, scale, shift. */
export function gradients(gpu: Gpu, s: Setting, dy: GpuTensor, statistics: GpuTensor, needs: NormalizeNeeds): GpuTensor[] {
  const chunks = chunksOf(s.pixels, s.channels, s.lanes);
  const partial = gpu.allocate([s.samples, chunks.chunks, 2, s.channels]);
  gpu.run(
    sumsProgram(s),
    [s.x, dy, statistics, partial, ...affineTensors(s)],
    [...reductionSizesOf(chunks, s.pixels, s.channels, s.lanes), ...settingSizesOf(s).slice(shared)],
    reductionWorkgroups(chunks, s.samples, s.channels, s.lanes),
  );
  const found: GpuTensor[] = [];
  if (needs.x) found.push(inputGradient(gpu, s, dy, statistics, partial, chunks));
  if (needs.scale) found.push(affineGradient(gpu, s, partial, chunks, s.scale, 1));
  if (needs.shift) found.push(affineGradient(gpu, s, partial, chunks, s.shift, 0));
  gpu.release(partial);
  return found;
}

/** `fn backAt(index, sample, channel) -> Back`: x̂ and dz of one vector. */
const backCode = (s: Setting): string => `
${statisticCode(s, 'statistics', statisticCount)}
${derivativeCode(activationKind(s.activation), s.lanes)}
struct Back { normalized: ${typeOf(s.lanes)}, dz: ${typeOf(s.lanes)} }
fn backAt(index: i32, sample: i32, channel: i32) -> Back {
  let normalized = (x[index] - statisticsAt(${statisticRows.mean}, sample, channel)) * statisticsAt(${statisticRows.inverse}, sample, channel);
  return Back(normalized, activationGradient(dy[index], activate(affine(normalized, sample, channel))));
}`;

/** How many of the setting's uniforms the reduction has too. */
const shared = 2;

/** The partial sums A and B of every chunk of pixels. */
const sumsProgram = (s: Setting): Program => ({
  key: `normalize sums ${settingKey(s)}`,
  code: () =>
    channelReductionCode(`
${buffer(0, 'x', s.lanes)}
${buffer(1, 'dy', s.lanes)}
${buffer(2, 'statistics', statisticsLanes(s))}
${buffer(3, 'partial', s.lanes, 'read_write')}
${affineCode(s, 4)}
${uniforms(4 + affineTensors(s).length, [...reductionSizes, ...settingSizes.slice(shared)])}
${backCode(s)}
${sumsCode(['plain', 'along'], s.lanes)}
fn take(state: ptr<function, State>, index: i32, sample: i32, channel: i32) {
  let back = backAt(index, sample, channel);
  (*state).plain += back.dz;
  (*state).along += back.dz * back.normalized;
}`),
});

/** Row 0 or 1 of the sums, added up over chunks, and over samples if the parameter is one for all: [C] or [N, C]. */
function affineGradient(gpu: Gpu, s: Setting, partial: GpuTensor, { chunks }: Chunks, like: GpuTensor | undefined, row: 0 | 1): GpuTensor {
  const gradient = gpu.allocate(like?.shape ?? [s.channels]);
  const count = sizeOf(gradient.shape) / s.lanes;
  const code = (): string => `
${buffer(0, 'partial', s.lanes)}
${buffer(1, 'gradient', s.lanes, 'read_write')}
${uniforms(2, ['count', 'parts', 'row', 'vectors'])}
${flatMain(
  'sizes.count',
  `var total = ${typeOf(s.lanes)}();
  let first = (index / sizes.vectors) * sizes.parts;
  for (var part = 0; part < sizes.parts; part++) { total += partial[((first + part) * 2 + sizes.row) * sizes.vectors + index % sizes.vectors]; }
  gradient[index] = total;`,
)}`;
  const parts = (s.samples * chunks * s.channels) / sizeOf(gradient.shape);
  gpu.run({ key: `normalize affine gradient ${s.lanes}`, code }, [partial, gradient], [count, parts, row, s.channels / s.lanes], flatWorkgroups(count));
  return gradient;
}

function inputGradient(gpu: Gpu, s: Setting, dy: GpuTensor, statistics: GpuTensor, partial: GpuTensor, { chunks }: Chunks): GpuTensor {
  const coefficients = gpu.allocate([s.samples, 2, statisticsOf(s)]);
  const scale = s.scale === undefined ? [] : [s.scale];
  gpu.run(coefficientsProgram(s), [partial, statistics, coefficients, ...scale], [...settingSizesOf({ ...s, lanes: statisticsLanes(s) }), chunks, s.channels], [
    statisticsOf(s) / statisticsLanes(s),
    s.samples,
    1,
  ]);
  const dx = gpu.allocate(s.x.shape);
  const count = sizeOf(s.x.shape) / s.lanes;
  gpu.run(inputProgram(s), [s.x, dy, statistics, coefficients, dx, ...affineTensors(s)], [...settingSizesOf(s), count], flatWorkgroups(count));
  gpu.release(coefficients);
  return dx;
}

const mergers = 64;

/** c₀ and c₁, [N, 2, 1 or C]: a workgroup per statistic. */
const coefficientsProgram = (s: Setting): Program => ({
  key: `normalize coefficients ${s.over} ${s.scale === undefined ? '' : 'scale'} ${statisticsLanes(s)}`,
  code: () => coefficientsCode(s),
});

function coefficientsCode(s: Setting): string {
  const lanes = statisticsLanes(s);
  const type = typeOf(lanes);
  const layer = s.over === 'layer';
  const results = layer ? '1' : 'sizes.vectors';
  const place = layer
    ? 'let chunk = item / sizes.vectors; let channel = item % sizes.vectors;'
    : 'let chunk = item; let channel = i32(group.x);';
  const scale = s.scale === undefined ? `${type}(1.0)` : 'scale[sample * sizes.affineStep + channel]';
  const second = layer
    ? `select(sums.along / ((f32(sizes.pixels) * f32(sizes.channels) - 1.0) * deviation), 0.0, deviation == 0.0)`
    : `statistics[base + ${statisticRows.inverse} * ${results}] * sums.along / f32(sizes.pixels)`;
  return `
${buffer(0, 'partial', lanes)}
${buffer(1, 'statistics', lanes)}
${buffer(2, 'coefficients', lanes, 'read_write')}
${s.scale === undefined ? '' : buffer(3, 'scale', lanes)}
${uniforms(s.scale === undefined ? 3 : 4, [...settingSizes, 'chunks', 'channels'])}
struct Sums { plain: ${type}, along: ${type} }
var<workgroup> merged: array<Sums, ${mergers}>;

@compute @workgroup_size(${mergers})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let sample = i32(group.y);
  var sums = Sums();
  for (var item = i32(lane); item < sizes.chunks${layer ? ' * sizes.vectors' : ''}; item += ${mergers}) {
    ${place}
    let at = ((sample * sizes.chunks + chunk) * 2) * sizes.vectors + channel;
    let factor = ${scale};
    sums = Sums(sums.plain + factor * partial[at], sums.along + factor * partial[at + sizes.vectors]);
  }
  merged[lane] = sums;
  for (var half = ${mergers / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { merged[lane] = Sums(merged[lane].plain + merged[lane + half].plain, merged[lane].along + merged[lane + half].along); }
  }
  if (lane != 0u) { return; }
  sums = merged[0];
  let base = sample * ${statisticCount} * ${results} + i32(group.x);
  ${layer ? `let deviation = statistics[base + ${statisticRows.deviation}];` : ''}
  let at = sample * 2 * ${results} + i32(group.x);
  coefficients[at] = sums.plain / (f32(sizes.pixels)${layer ? ' * f32(sizes.channels)' : ''});
  coefficients[at + ${results}] = ${second};
}`;
}

const inputProgram = (s: Setting): Program => ({
  key: `normalize dx ${settingKey(s)}`,
  code: () => `
${buffer(0, 'x', s.lanes)}
${buffer(1, 'dy', s.lanes)}
${buffer(2, 'statistics', statisticsLanes(s))}
${buffer(3, 'coefficients', statisticsLanes(s))}
${buffer(4, 'dx', s.lanes, 'read_write')}
${affineCode(s, 5)}
${uniforms(5 + affineTensors(s).length, [...settingSizes, 'count'])}
${backCode(s)}
${statisticCode(s, 'coefficients', 2)}
${flatMain(
  'sizes.count',
  `let channel = index % sizes.vectors;
  let sample = index / (sizes.pixels * sizes.vectors);
  let back = backAt(index, sample, channel);
  let level = back.dz * scaleAt(sample, channel) - coefficientsAt(0, sample, channel);
  dx[index] = statisticsAt(${statisticRows.inverse}, sample, channel) * level - back.normalized * coefficientsAt(1, sample, channel);`,
)}`,
});
