/** Pooling. */
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Kernel, kernel } from './define.js';

interface AverageAttrs {
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
}

const outSize = (size: number, attrs: AverageAttrs): number => Math.floor((size + 2 * attrs.pad - attrs.size) / attrs.stride) + 1;

const average = kernel<AverageAttrs>('AvgPool2DValidCount', (call) => {
  const [n = 1, h = 1, w = 1, c = 1] = call.input('x').shape;
  const { size, stride, pad } = call.attrs;
  const [outH, outW] = [outSize(h, call.attrs), outSize(w, call.attrs)];
  const y = call.backend.output([n, outH, outW, c]);
  call.wasm.averagePool(call.address('x'), call.backend.pointer(y), n, h, w, c, outH, outW, size, stride, pad);
  return y;
});

const averageGrad = kernel<AverageAttrs & { inputShape: number[] }>('AvgPool2DValidCountGrad', (call) => {
  const [n = 1, h = 1, w = 1, c = 1] = call.attrs.inputShape;
  const { size, stride, pad } = call.attrs;
  const dx = call.backend.output([n, h, w, c]);
  call.wasm.averagePoolGrad(
    call.address('dy'), call.backend.pointer(dx), n, h, w, c, outSize(h, call.attrs), outSize(w, call.attrs), size, stride, pad,
  );
  return dx;
});

interface PoolAttrs {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(x: TensorInfo, attrs: PoolAttrs): backend_util.Conv2DInfo {
  return backend_util.computePool2DInfo(
    x.shape as [number, number, number, number], attrs.filterSize, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode,
  );
}

type Window = [number, number, number, number, number, number, number, number, number, number, number, number];

const windowOf = (p: backend_util.Conv2DInfo): Window => [
  p.batchSize, p.inHeight, p.inWidth, p.inChannels, p.outHeight, p.outWidth,
  p.filterHeight, p.filterWidth, p.strideHeight, p.strideWidth, p.padInfo.top, p.padInfo.left,
];

const maxPool = kernel<PoolAttrs>('MaxPool', (call) => {
  const info = poolInfo(call.input('x'), call.attrs);
  // TensorFlow.js takes a window of one cell for the identity, whatever the stride, where the shape stays.
  if (info.filterHeight === 1 && info.filterWidth === 1 && util.arraysEqual(info.inShape, info.outShape)) return call.backend.alias(call.input('x'));
  const y = call.backend.output(info.outShape);
  call.wasm.maxPool(call.address('x'), call.backend.pointer(y), ...windowOf(info), 0);
  return y;
});

const maxPoolGrad = kernel<PoolAttrs>('MaxPoolGrad', (call) => {
  const x = call.input('input');
  const dx = call.backend.output(x.shape);
  call.wasm.maxPoolGrad(call.address('input'), call.address('dy'), call.backend.pointer(dx), ...windowOf(poolInfo(x, call.attrs)), 0);
  return dx;
});

/** munit's own max pooling, in which NaN wins as in PyTorch: square windows, `outHeight` × `outWidth` of them, which may reach past the image. */
interface WindowsAttrs {
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

function windowsOf(x: TensorInfo, { size, stride, pad, outHeight, outWidth }: WindowsAttrs): Window {
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  return [n, h, w, c, outHeight, outWidth, size, size, stride, stride, pad, pad];
}

const maxWindows = kernel<WindowsAttrs>('MaxPool2DWindows', (call) => {
  const x = call.input('x');
  const y = call.backend.output([x.shape[0] ?? 1, call.attrs.outHeight, call.attrs.outWidth, x.shape[3] ?? 1]);
  call.wasm.maxPool(call.address('x'), call.backend.pointer(y), ...windowsOf(x, call.attrs), 1);
  return y;
});

const maxWindowsGrad = kernel<WindowsAttrs>('MaxPool2DWindowsGrad', (call) => {
  const x = call.input('x');
  const dx = call.backend.output(x.shape);
  call.wasm.maxPoolGrad(call.address('x'), call.address('dy'), call.backend.pointer(dx), ...windowsOf(x, call.attrs), 1);
  return dx;
});

export const poolKernels: readonly Kernel[] = [average, averageGrad, maxPool, maxPoolGrad, maxWindows, maxWindowsGrad];
