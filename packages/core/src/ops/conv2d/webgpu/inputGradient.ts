/**
 * The gradient of a convolution's input as a tiled product: rows are input pixels, columns input channels, k runs over taps and
 * output channels. Where padding or upsampling shows a cell in several places, the gradients of all of them are added up as they are
 * read; so the ring of a mirrored border needs no pass of its own, and after upsampling the product runs over the small image.
 */
import { chooseTile, type Tile, tiledProductCode, tileKey } from '../../../devices/webgpu/programs/tiledProduct.js';
import type { Gpu, GpuTensor, Program } from '../../../devices/webgpu/programs/types.js';
import { buffer, flatMain, flatWorkgroups, lanesFor, uniforms } from '../../../devices/webgpu/programs/wgsl.js';
import { matrixCode } from './forward.js';
import { type Geometry, geometryKey, imageSizes, imageSizesOf } from './geometry.js';

/** dx for dz, the gradient before the activation. */
export function inputGradient(gpu: Gpu, g: Geometry, weights: GpuTensor, dz: GpuTensor): GpuTensor {
  const turned = gpu.allocate([g.kernelHeight, g.kernelWidth, g.outputs, g.channels]);
  gpu.run(turnedWeightsProgram(g), [weights, turned], [], flatWorkgroups(g.kernelHeight * g.kernelWidth * g.outputs * g.channels));
  const dx = gpu.allocate([g.samples, g.height, g.width, g.channels]);
  const step = cellStep(g);
  const cells = g.samples * Math.ceil(g.height / step) * Math.ceil(g.width / step);
  const tile = chooseTile(cells, g.channels, step * step);
  gpu.run(inputGradientProgram(g, tile), [dz, turned, dx], imageSizesOf(g), [
    Math.ceil(cells / tile.m),
    Math.ceil(g.channels / tile.n),
    step * step,
  ]);
  gpu.release(turned);
  return dx;
}

/** [kh, kw, C, O] -> [kh, kw, O, C]. */
const turnedWeightsProgram = ({ kernelHeight, kernelWidth, channels, outputs }: Geometry): Program => ({
  key: `conv2d turned weights ${kernelHeight * kernelWidth} ${channels}-${outputs}`,
  code: () => `
${buffer(0, 'weights', 1)}
${buffer(1, 'turned', 1, 'read_write')}
${flatMain(
  String(kernelHeight * kernelWidth * channels * outputs),
  `let c = index % ${channels};
  let o = (index / ${channels}) % ${outputs};
  let tap = index / ${channels * outputs};
  turned[index] = weights[(tap * ${channels} + c) * ${outputs} + o];`,
)}`,
});

/**
 * A strided convolution's taps meet a cell only at every `stride`-th place. Cells of equal remainder meet the same taps, if mirroring
 * keeps the remainder: so each remainder is a layer of its own with its few taps, and no zeros are multiplied.
 */
function cellStep({ stride, padMode, pad, upsample }: Geometry): number {
  if (upsample === 2) return 1;
  if (padMode === 'zero' || pad === 0) return stride;
  return padMode === 'reflect' && stride === 2 ? 2 : 1;
}

const inputGradientProgram = (g: Geometry, tile: Tile): Program => ({
  key: `conv2d dx ${geometryKey(g)} ${tileKey(tile)}`,
  code: () => tiledProductCode({ tile, along: 'k', declarations: declarations(g) }),
});

function declarations(g: Geometry): string {
  const step = cellStep(g);
  const [rows, columns] = [Math.ceil(g.kernelHeight / step), Math.ceil(g.kernelWidth / step)];
  const depth = rows * columns * g.outputs;
  const [inLanes, outLanes] = [lanesFor(g.outputs), lanesFor(g.channels)];
  return `
${buffer(0, 'dz', inLanes)}
${buffer(1, 'turned', outLanes)}
${buffer(2, 'dx', outLanes, 'read_write')}
${uniforms(3, imageSizes)}
${placesCode(g)}

// A cell of the input, the first tap that meets it, and how often its row and its column are shown.
struct Row { sample: i32, cell: vec2i, tap: vec2i, times: vec2i }
fn firstTap(layer: i32) -> vec2i { return (vec2i(layer / ${step}, layer % ${step}) + ${g.pad}) % ${step}; }
fn rowOf(m: i32, layer: i32) -> Row {
  let across = (sizes.width + ${step - 1}) / ${step};
  let each = ((sizes.height + ${step - 1}) / ${step}) * across;
  let sample = m / each;
  let rest = m - sample * each;
  let cell = vec2i(rest / across, rest % across) * ${step} + vec2i(layer / ${step}, layer % ${step});
  let inside = sample < sizes.samples && cell.x < sizes.height && cell.y < sizes.width;
  let size = vec2i(sizes.height, sizes.width) * ${g.upsample};
  let times = vec2i(timesShown(cell.x * ${g.upsample}, size.x), timesShown(cell.y * ${g.upsample}, size.y));
  return Row(select(-1, sample, inside), cell, firstTap(layer), times);
}
${gatherCode(g, step, columns, depth)}
fn firstK(layer: i32) -> i32 { return 0; }
fn endK(layer: i32) -> i32 { return ${depth}; }
${turnedCode(g, step, columns, depth)}
${storeCode(g.channels)}`;
}

/** `timesShown(at, length)`, in how many places the padded axis shows a cell, and `place(at, length, time)`, where. */
function placesCode({ padMode, pad }: Geometry): string {
  const mode = pad === 0 ? 'zero' : padMode;
  switch (mode) {
    case 'zero':
      return `fn timesShown(at: i32, length: i32) -> i32 { return 1; }
fn place(at: i32, length: i32, time: i32) -> i32 { return at; }`;
    case 'replicate':
      return `fn timesShown(at: i32, length: i32) -> i32 { return 1 + select(0, ${pad}, at == 0) + select(0, ${pad}, at == length - 1); }
fn place(at: i32, length: i32, time: i32) -> i32 { return at + time - select(0, ${pad}, at == 0); }`;
    case 'reflect':
      return `fn before(at: i32) -> bool { return at >= 1 && at <= ${pad}; }
fn after(at: i32, length: i32) -> bool { return at <= length - 2 && at >= length - 1 - ${pad}; }
fn timesShown(at: i32, length: i32) -> i32 { return 1 + select(0, 1, before(at)) + select(0, 1, after(at, length)); }
fn place(at: i32, length: i32, time: i32) -> i32 {
  if (time == 0) { return at; }
  return select(2 * (length - 1) - at, -at, time == 1 && before(at));
}`;
    default:
      return mode satisfies never;
  }
}

/** `fn loadA`: four values of dz, [tap row][tap column][output channel], each summed over the places where the cell is shown. */
function gatherCode(g: Geometry, step: number, columns: number, depth: number): string {
  const { stride, upsample: up, kernelHeight, kernelWidth, outputs } = g;
  const four = outputs % 4 === 0;
  const [type, zero] = four ? ['vec4f', 'vec4f()'] : ['f32', '0.0'];
  const divides = step === stride ? '' : ` || p % ${stride} != 0`;
  const [rowTimes, columnTimes] = up === 1 ? ['row.times.x', 'row.times.y'] : ['timesShown(r, size.x)', 'timesShown(c, size.y)'];
  const beyond = step === 1 ? '' : `if (tap.x >= ${kernelHeight} || tap.y >= ${kernelWidth}) { return ${zero}; }`;
  const value = `dz[(((row.sample * sizes.outHeight + i) * sizes.outWidth + j) * ${outputs} + channel)${four ? ' / 4' : ''}]`;
  // Most cells are shown once.
  const single = `if (row.times.x + row.times.y == 2) {
    let i = outputAt(row.cell.x - tap.x, sizes.outHeight);
    let j = outputAt(row.cell.y - tap.y, sizes.outWidth);
    if (i < 0 || j < 0) { return ${zero}; }
    return ${value};
  }`;
  const one = `fn ${four ? 'loadA' : 'loadOne'}(row: Row, k: i32) -> ${type} {
  if (row.sample < 0 || k >= ${depth}) { return ${zero}; }
  let t = k / ${outputs};
  let channel = k - t * ${outputs};
  let tap = row.tap + vec2i(t / ${columns}, t % ${columns}) * ${step};
  ${beyond}
  ${up === 1 ? single : ''}
  let size = vec2i(sizes.height, sizes.width) * ${up};
  var sum = ${zero};
  for (var r = row.cell.x * ${up}; r < row.cell.x * ${up} + ${up}; r++) { for (var a = 0; a < ${rowTimes}; a++) {
    let i = outputAt(place(r, size.x, a) - tap.x, sizes.outHeight);
    if (i < 0) { continue; }
    for (var c = row.cell.y * ${up}; c < row.cell.y * ${up} + ${up}; c++) { for (var b = 0; b < ${columnTimes}; b++) {
      let j = outputAt(place(c, size.y, b) - tap.y, sizes.outWidth);
      if (j < 0) { continue; }
      sum += ${value};
    } }
  } }
  return sum;
}`;
  return `// The output whose window begins at a place of the unpadded axis, or -1.
fn outputAt(start: i32, length: i32) -> i32 {
  let p = start + ${g.pad};
  if (p < 0${divides}) { return -1; }
  return select(-1, p / ${stride}, p / ${stride} < length);
}
${one}
${four ? '' : fourOnes}`;
}

const fourOnes = `fn loadA(row: Row, k: i32) -> vec4f {
  var four = vec4f();
  for (var e = 0; e < 4; e++) { four[e] = loadOne(row, k + e); }
  return four;
}`;

/** `fn loadB`: four input channels of the weights that belong to k. */
function turnedCode(g: Geometry, step: number, columns: number, depth: number): string {
  const { kernelHeight, kernelWidth, channels, outputs } = g;
  // All taps, in the order in which they lie; the one layer is layer 0.
  if (step === 1) return matrixCode('turned', depth, channels);
  const load =
    channels % 4 === 0
      ? 'return turned[start / 4];'
      : `var four = vec4f();
  for (var e = 0; e < 4; e++) { if (n + e < ${channels}) { four[e] = turned[start + e]; } }
  return four;`;
  return `fn loadB(k: i32, n: i32, layer: i32) -> vec4f {
  if (k >= ${depth} || n >= ${channels}) { return vec4f(); }
  let t = k / ${outputs};
  let tap = firstTap(layer) + vec2i(t / ${columns}, t % ${columns}) * ${step};
  if (tap.x >= ${kernelHeight} || tap.y >= ${kernelWidth}) { return vec4f(); }
  let start = ((tap.x * ${kernelWidth} + tap.y) * ${outputs} + k - t * ${outputs}) * ${channels} + n;
  ${load}
}`;
}

function storeCode(channels: number): string {
  const head = `fn store(m: i32, n: i32, layer: i32, value: vec4f) {
  let row = rowOf(m, layer);
  if (row.sample < 0 || n >= ${channels}) { return; }
  let start = ((row.sample * sizes.height + row.cell.x) * sizes.width + row.cell.y) * ${channels} + n;`;
  if (channels % 4 === 0) return `${head}\n  dx[start / 4] = value;\n}`;
  return `${head}
  for (var e = 0; e < 4; e++) { if (n + e < ${channels}) { dx[start + e] = value[e]; } }
}`;
}
