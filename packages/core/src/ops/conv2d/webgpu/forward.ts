/** The forward convolution as a tiled product: rows are output pixels, columns output channels, k runs over taps and input channels. */
import { chooseTile, type RunProduct, type Tile, productKey, tiledProductCode } from '../../../wgsl/tiledProduct/tiledProduct.js';
import type { Gpu, GpuTensor, Program } from '../../../wgsl/types.js';
import { buffer, type Lanes, lanesFor, uniforms } from '../../../wgsl/wgsl.js';
import { activationCode, activationKind, slopeMember, slopeOf } from '../../activation/webgpu.js';
import { type Geometry, geometryKey, hasPhases, borderWidth, sizeNames, sizesOf } from './geometry.js';
import { phaseWeights } from './phaseWeights.js';
import { channelsCode, runCode, runOf, storeFour } from './operands.js';
import { type OutputRegion, regionCode, regionPixels, regionTaps } from './outputRegion.js';

/** y = f(conv(pad(upsample(x)), weights) + bias); see the op. */
export function forward(gpu: Gpu, g: Geometry, x: GpuTensor, weights: GpuTensor, bias: GpuTensor | undefined): GpuTensor {
  const y = gpu.allocate([g.samples, g.outHeight, g.outWidth, g.outputs]);
  if (!hasPhases(g)) {
    convolve(gpu, g, 'all', x, weights, bias, y);
    return y;
  }
  const summed = phaseWeights(gpu, g, weights);
  convolve(gpu, g, 'phases', x, summed, bias, y);
  gpu.release(summed);
  // Written over what the phases left there.
  if (borderWidth(g) > 0) convolve(gpu, g, 'border', x, weights, bias, y);
  return y;
}

function convolve(gpu: Gpu, g: Geometry, region: OutputRegion, x: GpuTensor, weights: GpuTensor, bias: GpuTensor | undefined, y: GpuTensor): void {
  const pixels = regionPixels(g, region);
  const layers = region === 'phases' ? 4 : 1;
  const tile = chooseTile(pixels, g.outputs, layers);
  const tensors = [x, weights, ...(bias === undefined ? [] : [bias]), y];
  gpu.run(convolutionProgram(g, region, tile, bias !== undefined), tensors, [...sizesOf(g), slopeOf(g.activation, g.slope)], [
    Math.ceil(pixels / tile.m),
    Math.ceil(g.outputs / tile.n),
    layers,
  ]);
}

const convolutionProgram = (g: Geometry, region: OutputRegion, tile: Tile, hasBias: boolean): Program => ({
  key: `conv2d ${region} ${geometryKey(g)} ${activationKind(g.activation)} ${hasBias ? 'bias' : ''} ${productKey(tile, tapsOf(g, region))}`,
  code: () => tiledProductCode({ tile, over: tapsOf(g, region), declarations: declarations(g, region, hasBias) }),
});

function tapsOf(g: Geometry, region: OutputRegion): RunProduct {
  const [rows, columns] = regionTaps(g, region);
  return { kind: 'runs', runs: rows * columns, length: runOf(g.channels), lengthCode: runCode('sizes.channels'), columns: false };
}

function declarations(g: Geometry, region: OutputRegion, hasBias: boolean): string {
  const [rows, columns] = regionTaps(g, region);
  const [inLanes, outLanes] = [lanesFor(g.channels), lanesFor(g.outputs)];
  const after = hasBias ? 1 : 0;
  return `
${buffer(0, 'x', inLanes)}
${buffer(1, 'weights', outLanes)}
${hasBias ? buffer(2, 'bias', outLanes) : ''}
${buffer(2 + after, 'y', outLanes, 'read_write')}
${uniforms(3 + after, [...sizeNames, slopeMember])}
${regionCode(g, region)}
${activationCode(activationKind(g.activation), outLanes)}

struct Row { sample: i32, origin: vec2i }
fn rowOf(m: i32, layer: i32) -> Row {
  let pixel = pixelOf(m, layer);
  return Row(pixel.sample, originOf(pixel, layer));
}
fn placeOf(row: Row, tap: i32) -> i32 {
  if (row.sample < 0) { return -1; }
  return shown(row.sample, row.origin + vec2i(tap / ${columns}, tap % ${columns}));
}
fn matrixOf(tap: i32, layer: i32) -> i32 { return layer * ${rows * columns} + tap; }
${channelsCode('x', 'sizes.channels', inLanes)}
fn loadA(row: Row, place: i32, tap: i32, channel: i32) -> vec4f {
  if (place < 0) { return vec4f(); }
  return xAt(place, channel);
}
${channelsCode('weights', 'sizes.outputs', outLanes)}
fn loadB(matrix: i32, channel: i32, n: i32) -> vec4f {
  if (n >= sizes.outputs || channel >= sizes.channels) { return vec4f(); }
  return weightsAt(matrix * sizes.channels + channel, n);
}
${storeCode(outLanes, hasBias)}`;
}

const storeCode = (lanes: Lanes, hasBias: boolean): string => `fn store(m: i32, n: i32, layer: i32, four: vec4f) {
  let pixel = pixelOf(m, layer);
  if (pixel.sample < 0 || n >= sizes.outputs) { return; }
  let start = ((pixel.sample * sizes.outHeight + pixel.i) * sizes.outWidth + pixel.j) * sizes.outputs + n;
  ${storeFour('y', 'sizes.outputs', lanes, (value, index) => `activate(${value}${hasBias ? ` + bias[${index}]` : ''})`)}
}`;
