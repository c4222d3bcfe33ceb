/**
 * The gradient of a convolution's weights as a tiled product: rows are taps and input channels, columns output channels, k runs over
 * output pixels. Those are many and the results few, so the pixels are split among workgroups, whose partial sums are added up after.
 * After upsampling, the four phases' gradients are taken at a fraction of the work, and each tap's is the sum of those it is part of.
 */
import { sumSlabs } from '../../../devices/webgpu/programs/sumSlabs.js';
import { chooseTile, stepOfK, type Tile, tiledProductCode, tileKey } from '../../../devices/webgpu/programs/tiledProduct/index.js';
import type { Gpu, GpuTensor, Program } from '../../../devices/webgpu/programs/types.js';
import { buffer, flatMain, flatWorkgroups, lanesFor, uniforms } from '../../../devices/webgpu/programs/wgsl.js';
import { type Geometry, geometryKey, hasPhases, imageSizes, imageSizesOf, phaseAxis, ringWidth } from './geometry.js';
import { channelsCode } from './reads.js';
import { type View, viewCode, viewPixels, viewTaps } from './view.js';

/** dW for dz, the gradient before the activation. */
export function weightsGradient(gpu: Gpu, g: Geometry, x: GpuTensor, dz: GpuTensor): GpuTensor {
  const shape = [g.kernelHeight, g.kernelWidth, g.channels, g.outputs];
  if (!hasPhases(g)) {
    const { slabs } = partialGradients(gpu, g, 'all', x, dz);
    const dWeights = sumSlabs(gpu, slabs, shape);
    gpu.release(slabs);
    return dWeights;
  }
  const phases = partialGradients(gpu, g, 'phases', x, dz);
  const ring = ringWidth(g) > 0 ? partialGradients(gpu, g, 'ring', x, dz) : undefined;
  const dWeights = gpu.allocate(shape);
  const tensors = [phases.slabs, ...(ring === undefined ? [] : [ring.slabs]), dWeights];
  const values = (g.kernelHeight * g.kernelWidth * g.channels * g.outputs) / lanesFor(g.channels * g.outputs);
  gpu.run(foldProgram(g), tensors, [phases.splits, ring?.splits ?? 0], flatWorkgroups(values));
  gpu.release(phases.slabs);
  if (ring !== undefined) gpu.release(ring.slabs);
  return dWeights;
}

interface Partial {
  /** [phases · splits, taps · C, O] */
  readonly slabs: GpuTensor;
  readonly splits: number;
}

/** Pixels that a workgroup sums at least: fewer make more partial sums than products. */
const leastPixels = 256;
const enoughWorkgroups = 256;
const mostSplits = 64;

function partialGradients(gpu: Gpu, g: Geometry, view: View, x: GpuTensor, dz: GpuTensor): Partial {
  const [rows, columns] = viewTaps(g, view);
  const depth = rows * columns * g.channels;
  const pixels = viewPixels(g, view);
  const phases = view === 'phases' ? 4 : 1;
  const possible = Math.min(mostSplits, Math.ceil(pixels / leastPixels));
  const tile = chooseTile(depth, g.outputs, phases * possible);
  const tiles = [Math.ceil(depth / tile.m), Math.ceil(g.outputs / tile.n)] as const;
  const wanted = Math.min(possible, Math.ceil(enoughWorkgroups / (tiles[0] * tiles[1] * phases)));
  // Whole steps, so that no pixel is in two parts.
  const chunk = Math.ceil(pixels / wanted / stepOfK) * stepOfK;
  const splits = Math.ceil(pixels / chunk);
  const slabs = gpu.allocate([phases * splits, depth, g.outputs]);
  gpu.run(partialProgram(g, view, tile), [x, dz, slabs], [...imageSizesOf(g), pixels, chunk, splits], [...tiles, phases * splits]);
  return { slabs, splits };
}

export const partialProgram = (g: Geometry, view: View, tile: Tile): Program => ({
  key: `conv2d dW ${view} ${geometryKey(g)} ${tileKey(tile)}`,
  code: () => tiledProductCode({ tile, over: { kind: 'part' }, declarations: declarations(g, view) }),
});

function declarations(g: Geometry, view: View): string {
  const [rows, columns] = viewTaps(g, view);
  const depth = rows * columns * g.channels;
  const outLanes = lanesFor(g.outputs);
  return `
${buffer(0, 'x', lanesFor(g.channels))}
${buffer(1, 'dz', outLanes)}
${buffer(2, 'slabs', outLanes, 'read_write')}
${uniforms(3, [...imageSizes, 'pixels', 'chunk', 'splits'])}
${viewCode(g, view)}
${inputCode(g, columns, depth)}
fn firstK(layer: i32) -> i32 { return (layer % sizes.splits) * sizes.chunk; }
fn endK(layer: i32) -> i32 { return min(sizes.pixels, firstK(layer) + sizes.chunk); }
${outputCode(g, view)}
fn store(m: i32, n: i32, layer: i32, value: vec4f) {
  if (m >= ${depth} || n >= ${g.outputs}) { return; }
  let start = (layer * ${depth} + m) * ${g.outputs} + n;
  ${g.outputs % 4 === 0 ? 'slabs[start / 4] = value;' : `for (var e = 0; e < 4; e++) { if (n + e < ${g.outputs}) { slabs[start + e] = value[e]; } }`}
}`;
}

/** `fn loadA`: four rows (neighbouring channels of a tap) at one pixel. */
function inputCode(g: Geometry, columns: number, depth: number): string {
  const { channels } = g;
  const place = (m: string): string => `let tap = ${m} / ${channels};
  let channel = ${m} - tap * ${channels};`;
  const shown = `shown(pixel.sample, originOf(pixel, row.phase) + vec2i(tap / ${columns}, tap % ${columns}))`;
  const head = `struct Row { m: i32, phase: i32 }
fn rowOf(m: i32, layer: i32) -> Row { return Row(select(-1, m, m < ${depth}), layer / sizes.splits); }`;
  if (channels % 4 === 0) {
    return `${head}
fn loadA(row: Row, k: i32) -> vec4f {
  let pixel = pixelOf(k, row.phase);
  if (row.m < 0 || pixel.sample < 0) { return vec4f(); }
  ${place('row.m')}
  let seen = ${shown};
  if (seen < 0) { return vec4f(); }
  return x[(seen * ${channels} + channel) / 4];
}`;
  }
  return `${head}
fn loadA(row: Row, k: i32) -> vec4f {
  let pixel = pixelOf(k, row.phase);
  var four = vec4f();
  if (row.m < 0 || pixel.sample < 0) { return four; }
  for (var e = 0; e < 4; e++) {
    let m = row.m + e;
    if (m >= ${depth}) { break; }
    ${place('m')}
    let seen = ${shown};
    if (seen >= 0) { four[e] = x[seen * ${channels} + channel]; }
  }
  return four;
}`;
}

/** `fn loadB`: four output channels of dz at one pixel; in the phases none of the ring, which has a product of its own. */
function outputCode(g: Geometry, view: View): string {
  const ring = view === 'phases' ? ringWidth(g) : 0;
  const outside =
    ring === 0
      ? ''
      : ` || pixel.i < ${ring} || pixel.j < ${ring} || pixel.i >= sizes.outHeight - ${ring} || pixel.j >= sizes.outWidth - ${ring}`;
  return `${channelsCode('dz', g.outputs)}
fn loadB(k: i32, n: i32, layer: i32) -> vec4f {
  let pixel = pixelOf(k, layer / sizes.splits);
  if (n >= ${g.outputs} || pixel.sample < 0${outside}) { return vec4f(); }
  return dzAt((pixel.sample * sizes.outHeight + pixel.i) * sizes.outWidth + pixel.j, n);
}`;
}

/** Sums the slabs of the phases that each tap is part of, and those of the ring. */
const foldProgram = (g: Geometry): Program => ({
  key: `conv2d dW fold ${geometryKey(g)}`,
  code: () => foldCode(g),
});

function foldCode(g: Geometry): string {
  const { kernelHeight, kernelWidth, pad, channels, outputs } = g;
  const [vertical, horizontal] = [phaseAxis(kernelHeight, pad), phaseAxis(kernelWidth, pad)];
  const lanes = lanesFor(channels * outputs);
  const each = (channels * outputs) / lanes;
  const hasRing = ringWidth(g) > 0;
  const taps = kernelHeight * kernelWidth;
  return `
${buffer(0, 'phases', lanes)}
${hasRing ? buffer(1, 'ring', lanes) : ''}
${buffer(hasRing ? 2 : 1, 'sum', lanes, 'read_write')}
${uniforms(hasRing ? 3 : 2, ['phaseSplits', 'ringSplits'])}
${flatMain(
  String(taps * each),
  `let tap = index / ${each};
  let within = index % ${each};
  var total = ${lanes === 4 ? 'vec4f()' : '0.0'};
  for (var phase = 0; phase < 4; phase++) {
    let row = ((phase / 2 + tap / ${kernelWidth} - ${pad}) >> 1u) - select(${vertical.start[0]}, ${vertical.start[1]}, phase / 2 == 1);
    let column = ((phase % 2 + tap % ${kernelWidth} - ${pad}) >> 1u) - select(${horizontal.start[0]}, ${horizontal.start[1]}, phase % 2 == 1);
    for (var s = 0; s < sizes.phaseSplits; s++) {
      total += phases[(((phase * sizes.phaseSplits + s) * ${vertical.taps} + row) * ${horizontal.taps} + column) * ${each} + within];
    }
  }
  ${hasRing ? `for (var s = 0; s < sizes.ringSplits; s++) { total += ring[s * ${taps * each} + index]; }` : ''}
  sum[index] = total;`,
)}`;
}
