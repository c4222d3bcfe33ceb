/** The forward convolution as a tiled product: rows are output pixels, columns output channels, k runs over taps and input channels. */
import { dispatchOf, type Product } from '../../../wgsl/tiledProduct/product.js';
import type { RunProduct } from '../../../wgsl/tiledProduct/tiledProduct.js';
import type { Gpu, GpuTensor, TensorStorage } from '../../../wgsl/types.js';
import { buffer, conversions, type Lanes, lanesFor, uniforms } from '../../../wgsl/wgsl.js';
import { activationCode, activationKind, slopeMember, slopeOf } from '../../activation/webgpu.js';
import { type Geometry, geometryKey, hasPhases, borderWidth, sizeNames, sizesOf } from './geometry.js';
import { phaseWeights } from './phaseWeights.js';
import { channelsCode, runCode, runOf, storeFour } from './operands.js';
import { type OutputRegion, regionCode, regionPixels, regionTaps } from './outputRegion.js';

/** How a convolution's tensors are stored. */
interface Stored {
  readonly x: TensorStorage;
  readonly weights: TensorStorage;
  readonly y: TensorStorage;
}

/** y = f(conv(pad(upsample(x)), weights) + bias); see the op. What weights in half precision make is stored so too. */
export function forward(gpu: Gpu, g: Geometry, x: GpuTensor, weights: GpuTensor, bias: GpuTensor | undefined): GpuTensor {
  const y = gpu.allocate([g.samples, g.outHeight, g.outWidth, g.outputs], gpu.storageOf(weights));
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
  const hasBias = bias !== undefined;
  const tensors = [x, weights, ...(hasBias ? [bias] : []), y];
  const over = tapsOf(g, region);
  const stored = { x: gpu.storageOf(x), weights: gpu.storageOf(weights), y: gpu.storageOf(y) };
  const product: Product = {
    key: `conv2d ${region} ${geometryKey(g)} ${activationKind(g.activation)} ${hasBias ? 'bias' : ''} ${stored.x} ${stored.weights} ${stored.y}`,
    m: regionPixels(g, region),
    n: g.outputs,
    k: over.runs * over.length,
    layers: region === 'phases' ? 4 : 1,
    over,
    declarations: () => declarations(g, region, hasBias, stored),
    storages: [stored.x, stored.weights, ...(hasBias ? (['float32'] as const) : []), stored.y],
    bind: () => ({ shapes: tensors.map(({ shape }) => shape), uniforms: [...sizesOf(g), slopeOf(g.activation, g.slope)] }),
  };
  const { program, uniforms, workgroups } = dispatchOf(product, gpu.tile(product));
  gpu.run(program, tensors, uniforms, workgroups);
}

function tapsOf(g: Geometry, region: OutputRegion): RunProduct {
  const [rows, columns] = regionTaps(g, region);
  return { kind: 'runs', runs: rows * columns, length: runOf(g.channels), lengthCode: runCode('sizes.channels'), columns: false };
}

function declarations(g: Geometry, region: OutputRegion, hasBias: boolean, stored: Stored): string {
  const [rows, columns] = regionTaps(g, region);
  const [inLanes, outLanes] = [lanesFor(g.channels), lanesFor(g.outputs)];
  const after = hasBias ? 1 : 0;
  return `
${buffer(0, 'x', inLanes, 'read', stored.x)}
${buffer(1, 'weights', outLanes, 'read', stored.weights)}
${hasBias ? buffer(2, 'bias', outLanes) : ''}
${buffer(2 + after, 'y', outLanes, 'read_write', stored.y)}
${uniforms(3 + after, [...sizeNames, slopeMember])}
${conversions(stored.x, stored.weights, stored.y)}
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
${channelsCode('x', 'sizes.channels', inLanes, stored.x)}
fn loadA(row: Row, place: i32, tap: i32, channel: i32) -> vec4f {
  if (place < 0) { return vec4f(); }
  return xAt(place, channel);
}
${channelsCode('weights', 'sizes.outputs', outLanes, stored.weights)}
fn loadB(matrix: i32, channel: i32, n: i32) -> vec4f {
  if (n >= sizes.outputs || channel >= sizes.channels) { return vec4f(); }
  return weightsAt(matrix * sizes.channels + channel, n);
}
${storeCode(outLanes, hasBias, stored.y)}`;
}

const storeCode = (lanes: Lanes, hasBias: boolean, storage: TensorStorage): string => `fn store(m: i32, n: i32, layer: i32, four: vec4f) {
  let pixel = pixelOf(m, layer);
  if (pixel.sample < 0 || n >= sizes.outputs) { return; }
  let start = ((pixel.sample * sizes.outHeight + pixel.i) * sizes.outWidth + pixel.j) * sizes.outputs + n;
  ${storeFour('y', 'sizes.outputs', lanes, (value, index) => `activate(${value}${hasBias ? ` + bias[${index}]` : ''})`, storage)}
}`;
