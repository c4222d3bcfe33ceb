/**
 * The gradient of a convolution's weights as a tiled product: rows are taps and input channels, columns output channels, k runs over
 * output pixels. Those are many and the results few, so the pixels are split among workgroups, whose partial sums are added up after.
 * After upsampling, the four phases' gradients are taken at a fraction of the work, and each tap's is the sum of those it is part of.
 */
import { sumPartials } from '../../../wgsl/sumPartials.js';
import { dispatchOf, type Product } from '../../../wgsl/tiledProduct/product.js';
import { stepOfK, type Tile } from '../../../wgsl/tiledProduct/tiles.js';
import type { Gpu, GpuTensor, Program } from '../../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, type Lanes, lanesFor, uniforms } from '../../../wgsl/wgsl.js';
import { type Geometry, geometryKey, hasPhases, phaseAxis, borderWidth, sizeNames, sizesOf } from './geometry.js';
import { isFilter1x1, filter1x1Gradient } from './filter1x1.js';
import { channelsCode, runCode, runOf, storeFour } from './operands.js';
import { type OutputRegion, regionCode, regionPixels, regionTaps } from './outputRegion.js';

/** dW for dz, the gradient before the activation. */
export function weightsGradient(gpu: Gpu, g: Geometry, x: GpuTensor, dz: GpuTensor): GpuTensor {
  const shape = [g.kernelHeight, g.kernelWidth, g.channels, g.outputs];
  if (isFilter1x1(g)) return filter1x1Gradient(gpu, g, x, dz);
  if (!hasPhases(g)) {
    const { partials } = partialGradients(gpu, g, 'all', x, dz);
    const dWeights = sumPartials(gpu, partials, shape);
    gpu.release(partials);
    return dWeights;
  }
  const phases = partialGradients(gpu, g, 'phases', x, dz);
  const border = borderWidth(g) > 0 ? partialGradients(gpu, g, 'border', x, dz) : undefined;
  const dWeights = gpu.allocate(shape);
  const tensors = [phases.partials, ...(border === undefined ? [] : [border.partials]), dWeights];
  const lanes = lanesFor(g.channels * g.outputs);
  const each = (g.channels * g.outputs) / lanes;
  gpu.run(foldProgram(g, lanes), tensors, [phases.splits, border?.splits ?? 0, each], flatWorkgroups(g.kernelHeight * g.kernelWidth * each));
  gpu.release(phases.partials);
  if (border !== undefined) gpu.release(border.partials);
  return dWeights;
}

interface Partial {
  /** [phases · splits, taps · C, O] */
  readonly partials: GpuTensor;
  readonly splits: number;
}

/** Pixels that a workgroup sums at least: fewer make more partial sums than products. */
const leastPixels = 256;
const enoughWorkgroups = 256;
const mostSplits = 64;

function partialGradients(gpu: Gpu, g: Geometry, region: OutputRegion, x: GpuTensor, dz: GpuTensor): Partial {
  const [rows, columns] = regionTaps(g, region);
  const depth = rows * columns * runOf(g.channels);
  const pixels = regionPixels(g, region);
  const phases = region === 'phases' ? 4 : 1;
  const possible = Math.min(mostSplits, Math.ceil(pixels / leastPixels));
  const product: Product = {
    key: `conv2d dW ${region} ${geometryKey(g)}`,
    m: depth,
    n: g.outputs,
    k: pixels,
    layers: phases * possible,
    over: { kind: 'part' },
    declarations: () => declarations(g, region),
    bind(tile) {
      const { chunk, splits } = partsFor(tile);
      const partials = [phases * splits, rows * columns * g.channels, g.outputs];
      return { shapes: [x.shape, dz.shape, partials], uniforms: [...sizesOf(g), pixels, chunk, splits], layers: phases * splits };
    },
  };
  // Larger tiles are fewer, and leave more workgroups to the parts.
  const partsFor = (tile: Tile): { readonly chunk: number; readonly splits: number } => {
    const tiles = Math.ceil(depth / tile.m) * Math.ceil(g.outputs / tile.n);
    const wanted = Math.min(possible, Math.ceil(enoughWorkgroups / (tiles * phases)));
    // Whole steps, so that no pixel is in two parts.
    const chunk = Math.ceil(pixels / wanted / stepOfK) * stepOfK;
    return { chunk, splits: Math.ceil(pixels / chunk) };
  };
  const { program, shapes, uniforms, workgroups } = dispatchOf(product, gpu.tile(product));
  const partials = gpu.allocate(shapes.at(-1) as readonly number[]);
  gpu.run(program, [x, dz, partials], uniforms, workgroups);
  return { partials, splits: workgroups[2] / phases };
}

function declarations(g: Geometry, region: OutputRegion): string {
  const [rows, columns] = regionTaps(g, region);
  const [inLanes, outLanes] = [lanesFor(g.channels), lanesFor(g.outputs)];
  return `
${buffer(0, 'x', inLanes)}
${buffer(1, 'dz', outLanes)}
${buffer(2, 'partials', outLanes, 'read_write')}
${uniforms(3, [...sizeNames, 'pixels', 'chunk', 'splits'])}
${regionCode(g, region)}

// Four neighbouring channels of a tap; the tap is -1 outside of the rows.
struct Row { tap: i32, channel: i32, phase: i32 }
fn rowOf(m: i32, layer: i32) -> Row {
  let tap = m / ${runCode('sizes.channels')};
  return Row(select(-1, tap, tap < ${rows * columns}), m % ${runCode('sizes.channels')}, layer / sizes.splits);
}
${channelsCode('x', 'sizes.channels', inLanes)}
fn loadA(row: Row, k: i32) -> vec4f {
  let pixel = pixelOf(k, row.phase);
  if (row.tap < 0 || pixel.sample < 0) { return vec4f(); }
  let seen = shown(pixel.sample, originOf(pixel, row.phase) + vec2i(row.tap / ${columns}, row.tap % ${columns}));
  if (seen < 0) { return vec4f(); }
  return xAt(seen, row.channel);
}
fn firstK(layer: i32) -> i32 { return (layer % sizes.splits) * sizes.chunk; }
fn endK(layer: i32) -> i32 { return min(sizes.pixels, firstK(layer) + sizes.chunk); }
${outputCode(g, region)}
fn store(m: i32, n: i32, layer: i32, four: vec4f) {
  let row = rowOf(m, layer);
  if (row.tap < 0 || row.channel >= sizes.channels || n >= sizes.outputs) { return; }
  let start = ((layer * ${rows * columns} + row.tap) * sizes.channels + row.channel) * sizes.outputs + n;
  ${storeFour('partials', 'sizes.outputs', outLanes, (value) => value)}
}`;
}

/** `fn loadB`: four output channels of dz at one pixel; in the phases none of the border, which has a product of its own. */
function outputCode(g: Geometry, region: OutputRegion): string {
  const border = region === 'phases' ? borderWidth(g) : 0;
  const outside =
    border === 0
      ? ''
      : ` || pixel.i < ${border} || pixel.j < ${border} || pixel.i >= sizes.outHeight - ${border} || pixel.j >= sizes.outWidth - ${border}`;
  return `${channelsCode('dz', 'sizes.outputs', lanesFor(g.outputs))}
fn loadB(k: i32, n: i32, layer: i32) -> vec4f {
  let pixel = pixelOf(k, layer / sizes.splits);
  if (n >= sizes.outputs || pixel.sample < 0${outside}) { return vec4f(); }
  return dzAt((pixel.sample * sizes.outHeight + pixel.i) * sizes.outWidth + pixel.j, n);
}`;
}

/** Sums the partials of the phases that each tap is part of, and those of the border. */
const foldProgram = (g: Geometry, lanes: Lanes): Program => ({
  key: `conv2d dW fold ${geometryKey(g)} ${lanes}`,
  code: () => foldCode(g, lanes),
});

function foldCode(g: Geometry, lanes: Lanes): string {
  const { kernelHeight, kernelWidth, pad } = g;
  const [vertical, horizontal] = [phaseAxis(kernelHeight, pad), phaseAxis(kernelWidth, pad)];
  const hasRing = borderWidth(g) > 0;
  const taps = kernelHeight * kernelWidth;
  return `
${buffer(0, 'phases', lanes)}
${hasRing ? buffer(1, 'border', lanes) : ''}
${buffer(hasRing ? 2 : 1, 'sum', lanes, 'read_write')}
${uniforms(hasRing ? 3 : 2, ['phaseSplits', 'ringSplits', 'each'])}
${flatMain(
  `${taps} * sizes.each`,
  `let tap = index / sizes.each;
  let within = index % sizes.each;
  var total = ${lanes === 4 ? 'vec4f()' : '0.0'};
  for (var phase = 0; phase < 4; phase++) {
    let row = ((phase / 2 + tap / ${kernelWidth} - ${pad}) >> 1u) - select(${vertical.start[0]}, ${vertical.start[1]}, phase / 2 == 1);
    let column = ((phase % 2 + tap % ${kernelWidth} - ${pad}) >> 1u) - select(${horizontal.start[0]}, ${horizontal.start[1]}, phase % 2 == 1);
    for (var s = 0; s < sizes.phaseSplits; s++) {
      total += phases[(((phase * sizes.phaseSplits + s) * ${vertical.taps} + row) * ${horizontal.taps} + column) * sizes.each + within];
    }
  }
  ${hasRing ? `for (var s = 0; s < sizes.ringSplits; s++) { total += border[s * ${taps} * sizes.each + index]; }` : ''}
  sum[index] = total;`,
)}`;
}
