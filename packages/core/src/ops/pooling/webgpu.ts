/** `AvgPool2DValidCount` and its gradient on WebGPU: one invocation per value, which reads the few that it depends on. */
import { type Attributes, type GpuKernel, type GpuTensor, input, shape4, sizeOf, type Shape4 } from '../../wgsl/types.js';
import { buffer, flatMain, flatWorkgroups, type Lanes, lanesFor, typeOf, uniforms } from '../../wgsl/wgsl.js';

interface Window {
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
}

const windowOf = ({ size, stride, pad }: Attributes): Window => ({ size, stride, pad }) as Window;
const outputSize = (length: number, { size, stride, pad }: Window): number => Math.floor((length + 2 * pad - size) / stride) + 1;
const sizeNames = ['count', 'height', 'width', 'outHeight', 'outWidth', 'vectors', 'size', 'stride', 'pad'] as const;

export const poolingKernels: readonly GpuKernel[] = [
  {
    name: 'AvgPool2DValidCount',
    run({ gpu, inputs, attributes }) {
      const x = input(inputs, 'x');
      const [n, h, w, c] = shape4(x);
      const window = windowOf(attributes);
      const [outHeight, outWidth] = [outputSize(h, window), outputSize(w, window)];
      const y = gpu.allocate([n, outHeight, outWidth, c]);
      const lanes = lanesFor(c);
      const count = sizeOf(y.shape) / lanes;
      gpu.run({ key: `average pool ${lanes}`, code: () => forwardCode(lanes) }, [x, y], [count, h, w, outHeight, outWidth, c / lanes, window.size, window.stride, window.pad], flatWorkgroups(count));
      return [y];
    },
  },
  {
    name: 'AvgPool2DValidCountGrad',
    run({ gpu, inputs, attributes }) {
      const dy: GpuTensor = input(inputs, 'dy');
      const [n, h, w, c] = attributes['inputShape'] as Shape4;
      const window = windowOf(attributes);
      const dx = gpu.allocate([n, h, w, c]);
      const lanes = lanesFor(c);
      const count = sizeOf(dx.shape) / lanes;
      gpu.run({ key: `average pool dx ${lanes}`, code: () => backwardCode(lanes) }, [dy, dx], [count, h, w, outputSize(h, window), outputSize(w, window), c / lanes, window.size, window.stride, window.pad], flatWorkgroups(count));
      return [dx];
    },
  },
];

/** `first` and `last` cell of the window around an output that lie inside, along one axis. */
const windowCode = `
fn first(i: i32) -> i32 { return max(sizes.stride * i - sizes.pad, 0); }
fn last(i: i32, length: i32) -> i32 { return min(sizes.stride * i - sizes.pad + sizes.size - 1, length - 1); }
fn cells(i: i32, length: i32) -> i32 { return last(i, length) - first(i) + 1; }`;

const placeCode = (height: string, width: string): string => `let channel = index % sizes.vectors;
  let pixel = index / sizes.vectors;
  let column = pixel % sizes.${width};
  let row = (pixel / sizes.${width}) % sizes.${height};
  let sample = pixel / (sizes.${width} * sizes.${height});`;

const forwardCode = (lanes: Lanes): string => `
${buffer(0, 'x', lanes)}
${buffer(1, 'y', lanes, 'read_write')}
${uniforms(2, sizeNames)}
${windowCode}
${flatMain(
  'sizes.count',
  `${placeCode('outHeight', 'outWidth')}
  var total = ${typeOf(lanes)}();
  for (var r = first(row); r <= last(row, sizes.height); r++) {
    for (var c = first(column); c <= last(column, sizes.width); c++) {
      total += x[((sample * sizes.height + r) * sizes.width + c) * sizes.vectors + channel];
    }
  }
  y[index] = total / f32(cells(row, sizes.height) * cells(column, sizes.width));`,
)}`;

// Cell r lies in the windows of the outputs from ⌈(r + pad − size + 1) / stride⌉ to ⌊(r + pad) / stride⌋.
const backwardCode = (lanes: Lanes): string => `
${buffer(0, 'dy', lanes)}
${buffer(1, 'dx', lanes, 'read_write')}
${uniforms(2, sizeNames)}
${windowCode}
fn firstOutput(cell: i32) -> i32 { return max(cell + sizes.pad - sizes.size + sizes.stride, 0) / sizes.stride; }
fn lastOutput(cell: i32, length: i32) -> i32 { return min((cell + sizes.pad) / sizes.stride, length - 1); }
${flatMain(
  'sizes.count',
  `${placeCode('height', 'width')}
  var total = ${typeOf(lanes)}();
  for (var i = firstOutput(row); i <= lastOutput(row, sizes.outHeight); i++) {
    for (var j = firstOutput(column); j <= lastOutput(column, sizes.outWidth); j++) {
      total += dy[((sample * sizes.outHeight + i) * sizes.outWidth + j) * sizes.vectors + channel] / f32(cells(i, sizes.height) * cells(j, sizes.width));
    }
  }
  dx[index] = total;`,
)}`;
