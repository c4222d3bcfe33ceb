/**
 * The gradient of the padded image as a tiled product: rows are its cells, columns input channels, k runs over taps and output channels.
 * A strided convolution's taps meet a cell only at every `stride`-th place. Cells of equal remainder meet the same taps: so each
 * remainder is a layer of its own with its few taps, and no zeros are multiplied.
 */
import { dispatchOf, type Product } from '../../../../wgsl/tiledProduct/product.js';
import type { RunProduct } from '../../../../wgsl/tiledProduct/tiledProduct.js';
import type { Gpu, GpuTensor } from '../../../../wgsl/types.js';
import { buffer, lanesFor, uniforms } from '../../../../wgsl/wgsl.js';
import { type Geometry, geometryKey, sizeNames, sizesOf } from '../geometry.js';
import { channelsCode, runCode, runOf } from '../operands.js';
import { storeCode, transposedWeightsCode } from './wgsl.js';

/** Of the image with `margin` cells of its padding on each side: [N, H + 2 margin, W + 2 margin, C]. */
export function paddedGradient(gpu: Gpu, g: Geometry, margin: number, weights: GpuTensor, dz: GpuTensor): GpuTensor {
  const [height, width] = [g.height + 2 * margin, g.width + 2 * margin];
  const padded = gpu.allocate([g.samples, height, width, g.channels]);
  const tensors = [dz, weights, padded];
  const over = tapsOf(g);
  const product: Product = {
    key: `conv2d dx ${geometryKey(g)}`,
    m: g.samples * Math.ceil(height / g.stride) * Math.ceil(width / g.stride),
    n: g.channels,
    k: over.runs * over.length,
    layers: g.stride ** 2,
    over,
    declarations: () => declarations(g, g.pad - margin),
    bind: () => ({ shapes: tensors.map(({ shape }) => shape), uniforms: sizesOf({ ...g, height, width }) }),
  };
  const { program, uniforms, workgroups } = dispatchOf(product, gpu.tile(product));
  gpu.run(program, tensors, uniforms, workgroups);
  return padded;
}

/** The taps that the cells of a layer meet, [rows, columns]; in some layers the last of them are beyond the kernel. */
const layerTaps = ({ kernelHeight, kernelWidth, stride }: Geometry): readonly [rows: number, columns: number] => [
  Math.ceil(kernelHeight / stride),
  Math.ceil(kernelWidth / stride),
];

function tapsOf(g: Geometry): RunProduct {
  const [rows, columns] = layerTaps(g);
  return { kind: 'runs', runs: rows * columns, length: runOf(g.outputs), lengthCode: runCode('sizes.outputs'), columns: true };
}

/** `left` is how much of the padding is left out. */
function declarations(g: Geometry, left: number): string {
  const { stride, outputs, channels } = g;
  const [inLanes, outLanes] = [lanesFor(outputs), lanesFor(channels)];
  const [, columns] = layerTaps(g);
  const remainder = `vec2i(layer / ${stride}, layer % ${stride})`;
  return `
${buffer(0, 'dz', inLanes)}
${buffer(1, 'weights', inLanes)}
${buffer(2, 'dx', outLanes, 'read_write')}
${uniforms(3, sizeNames)}

struct Row { sample: i32, cell: vec2i, layer: i32 }
fn rowOf(m: i32, layer: i32) -> Row {
  let across = (sizes.width + ${stride - 1}) / ${stride};
  let each = ((sizes.height + ${stride - 1}) / ${stride}) * across;
  let sample = m / each;
  let rest = m - sample * each;
  let cell = vec2i(rest / across, rest % across) * ${stride} + ${remainder};
  let inside = sample < sizes.samples && cell.x < sizes.height && cell.y < sizes.width;
  return Row(select(-1, sample, inside), cell, layer);
}
fn tapOf(run: i32, layer: i32) -> vec2i {
  return (${remainder} + ${left}) % ${stride} + vec2i(run / ${columns}, run % ${columns}) * ${stride};
}
fn matrixOf(run: i32, layer: i32) -> i32 {
  let tap = tapOf(run, layer);
  return select(-1, tap.x * ${g.kernelWidth} + tap.y, tap.x < ${g.kernelHeight} && tap.y < ${g.kernelWidth});
}
// The output whose window has the cell at the tap, or -1.
fn placeOf(row: Row, run: i32) -> i32 {
  let start = row.cell + ${left} - tapOf(run, row.layer);
  let output = start / ${stride};
  let inside = row.sample >= 0 && all(start >= vec2i()) && all(output < vec2i(sizes.outHeight, sizes.outWidth));
  return select(-1, (row.sample * sizes.outHeight + output.x) * sizes.outWidth + output.y, inside);
}
${channelsCode('dz', 'sizes.outputs', inLanes)}
fn loadA(row: Row, place: i32, run: i32, channel: i32) -> vec4f {
  if (place < 0) { return vec4f(); }
  return dzAt(place, channel);
}
${transposedWeightsCode(g)}
${storeCode(g)}`;
}
