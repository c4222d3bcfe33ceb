/**
 * The gradient of an upsampled input as one tiled product over the small image: rows are its cells, columns input channels, k runs over
 * taps and output channels. A value is the sum over all places of the enlarged and padded image where the cell is shown.
 */
import { dispatchOf, type Product } from '../../../../wgsl/tiledProduct/product.js';
import type { RunProduct } from '../../../../wgsl/tiledProduct/tiledProduct.js';
import type { Gpu, GpuTensor } from '../../../../wgsl/types.js';
import { buffer, lanesFor, uniforms } from '../../../../wgsl/wgsl.js';
import { type Geometry, geometryKey, sizeNames, sizesOf } from '../geometry.js';
import { channelsCode, runCode, runOf } from '../operands.js';
import { mirroredCellsCode } from './mirroredCells.js';
import { storeCode, transposedWeightsCode } from './wgsl.js';

export function gatheredGradient(gpu: Gpu, g: Geometry, weights: GpuTensor, dz: GpuTensor): GpuTensor {
  const dx = gpu.allocate([g.samples, g.height, g.width, g.channels]);
  const tensors = [dz, weights, dx];
  const over = tapsOf(g);
  const product: Product = {
    key: `conv2d dx ${geometryKey(g)}`,
    m: g.samples * g.height * g.width,
    n: g.channels,
    k: over.runs * over.length,
    layers: 1,
    over,
    declarations: () => declarations(g),
    bind: () => ({ shapes: tensors.map(({ shape }) => shape), uniforms: [...sizesOf(g), g.pad] }),
  };
  const { program, uniforms, workgroups } = dispatchOf(product, gpu.tile(product));
  gpu.run(program, tensors, uniforms, workgroups);
  return dx;
}

const tapsOf = (g: Geometry): RunProduct => ({
  kind: 'runs',
  runs: g.kernelHeight * g.kernelWidth,
  length: runOf(g.outputs),
  lengthCode: runCode('sizes.outputs'),
  columns: true,
  costly: true,
});

function declarations(g: Geometry): string {
  const [inLanes, outLanes] = [lanesFor(g.outputs), lanesFor(g.channels)];
  const { stride, upsample: up } = g;
  const eachShown = (axis: 'x' | 'y', length: 'outHeight' | 'outWidth', found: string): string => `
  for (var p = row.cell.${axis} * ${up}; p < row.cell.${axis} * ${up} + ${up}; p++) { for (var a = 0; a < timesShown(p, size.${axis}); a++) {
    let output = outputAt(shownAt(p, size.${axis}, a) - tap.${axis}, sizes.${length});
    if (output < 0) { continue; }
    ${found}
  } }`;
  return `
${buffer(0, 'dz', inLanes)}
${buffer(1, 'weights', inLanes)}
${buffer(2, 'dx', outLanes, 'read_write')}
${uniforms(3, [...sizeNames, 'pad'])}
${mirroredCellsCode(g.padMode)}

struct Row { sample: i32, cell: vec2i }
fn rowOf(m: i32, layer: i32) -> Row {
  let each = sizes.height * sizes.width;
  let sample = m / each;
  let rest = m - sample * each;
  return Row(select(-1, sample, sample < sizes.samples), vec2i(rest / sizes.width, rest % sizes.width));
}
fn placeOf(row: Row, tap: i32) -> i32 { return row.sample; }
fn matrixOf(tap: i32, layer: i32) -> i32 { return tap; }
// The output whose window begins at a place of the unpadded axis, or -1.
fn outputAt(start: i32, length: i32) -> i32 {
  let p = start + sizes.pad;
  if (p < 0${stride === 1 ? '' : ` || p % ${stride} != 0`}) { return -1; }
  return select(-1, p / ${stride}, p / ${stride} < length);
}
${channelsCode('dz', 'sizes.outputs', inLanes)}
fn loadA(row: Row, sample: i32, run: i32, channel: i32) -> vec4f {
  var sum = vec4f();
  if (sample < 0) { return sum; }
  let tap = vec2i(run / ${g.kernelWidth}, run % ${g.kernelWidth});
  let size = vec2i(sizes.height, sizes.width) * ${up};
  ${eachShown('x', 'outHeight', `let i = output;
    ${eachShown('y', 'outWidth', 'sum += dzAt((sample * sizes.outHeight + i) * sizes.outWidth + output, channel);')}`)}
  return sum;
}
${transposedWeightsCode(g)}
${storeCode(g)}`;
}
