/** Convolutions: the fused PaddedConv2D with its gradient, and TensorFlow.js's own three. */
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { SimdError } from '../errors.js';
import type { TransformedFilter } from '../filterCache.js';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';

export const ACTIVATION = { none: 0, relu: 1, lrelu: 2, tanh: 3 } as const;
export type Activation = keyof typeof ACTIVATION;
const PAD_MODE = { zero: 0, reflect: 1, replicate: 2 } as const;

export interface PaddedConv2DAttrs {
  readonly stride: number;
  readonly pad: number;
  readonly padMode: keyof typeof PAD_MODE;
  readonly upsample: 1 | 2;
  readonly activation: Activation;
  readonly slope: number;
}

export interface PaddedConv2DGradAttrs extends PaddedConv2DAttrs {
  readonly needsX: boolean;
  readonly needsFilter: boolean;
  readonly needsBias: boolean;
}

/** Everything about one convolution but its tensors. */
interface Geometry {
  readonly n: number; readonly h: number; readonly w: number; readonly c: number;
  readonly kh: number; readonly kw: number; readonly o: number;
  readonly stride: number; readonly padTop: number; readonly padLeft: number;
  readonly outH: number; readonly outW: number; readonly padMode: number; readonly up: number;
}

function fusedGeometry(x: TensorInfo, filter: TensorInfo, attrs: PaddedConv2DAttrs): Geometry {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const [kh = 0, kw = 0, filterIn = 0, o = 0] = filter.shape;
  const { stride, pad, upsample: up, padMode } = attrs;
  if (x.shape.length !== 4 || filter.shape.length !== 4 || filterIn !== c) {
    throw new SimdError('input', `PaddedConv2D needs x [N, H, W, C] and filter [kh, kw, C, O]; got [${x.shape.join(', ')}] and [${filter.shape.join(', ')}].`);
  }
  if (padMode === 'reflect' && (pad >= h * up || pad >= w * up)) {
    throw new SimdError('input', `Reflect padding by ${pad} needs an image of at least ${pad + 1} pixels a side; got ${h * up} × ${w * up}.`);
  }
  const out = (size: number, k: number): number => Math.floor((size * up + 2 * pad - k) / stride) + 1;
  const [outH, outW] = [out(h, kh), out(w, kw)];
  if (outH < 1 || outW < 1) {
    throw new SimdError('input', `A ${kh} × ${kw} kernel does not fit into ${h * up} × ${w * up} pixels padded by ${pad}.`);
  }
  return { n, h, w, c, kh, kw, o, stride, padTop: pad, padLeft: pad, outH, outW, padMode: PAD_MODE[padMode], up };
}

/** Where the transformed filter is or goes, for convolutions that transform it. */
function transformed(call: Call<unknown>, g: Geometry, filter: TensorInfo, transposed: 0 | 1): TransformedFilter {
  const bytes = call.wasm.transformedFilterBytes(
    g.n, g.h, g.w, g.c, g.kh, g.kw, g.o, g.stride, g.padTop, g.padLeft, g.outH, g.outW, g.up, transposed,
  ) >>> 0;
  if (bytes === 0) return { address: 0, ready: false };
  return call.backend.filters.take(filter.dataId, `${g.stride} ${g.up} ${transposed}`, bytes) ?? { address: call.backend.scratch(bytes), ready: false };
}

function forward(call: Call<unknown>, g: Geometry, bias: number, activation: number, slope: number): TensorInfo {
  const filter = call.input('filter');
  const y = call.backend.output([g.n, g.outH, g.outW, g.o]);
  const u = transformed(call, g, filter, 0);
  call.wasm.convolve(
    call.address('x'), g.n, g.h, g.w, g.c, call.backend.pointer(filter), g.kh, g.kw, g.o, bias, call.backend.pointer(y),
    g.stride, g.padTop, g.padLeft, g.outH, g.outW, g.padMode, g.up, activation, slope, u.address, u.ready ? 1 : 0,
  );
  u.ready = true;
  return y;
}

function dataGrad(call: Call<unknown>, g: Geometry, dy: number): TensorInfo {
  const filter = call.input('filter');
  const dx = call.backend.output([g.n, g.h, g.w, g.c]);
  const u = transformed(call, g, filter, 1);
  call.wasm.convolveDataGrad(
    call.backend.pointer(dx), g.n, g.h, g.w, g.c, call.backend.pointer(filter), g.kh, g.kw, g.o, dy,
    g.stride, g.padTop, g.padLeft, g.outH, g.outW, g.padMode, g.up, u.address, u.ready ? 1 : 0,
  );
  u.ready = true;
  return dx;
}

function filterGrad(call: Call<unknown>, g: Geometry, x: number, dy: number): TensorInfo {
  const dw = call.backend.output([g.kh, g.kw, g.c, g.o]);
  call.wasm.convolveFilterGrad(
    x, g.n, g.h, g.w, g.c, call.backend.pointer(dw), g.kh, g.kw, g.o, dy,
    g.stride, g.padTop, g.padLeft, g.outH, g.outW, g.padMode, g.up,
  );
  return dw;
}

const paddedConv2D = kernel<PaddedConv2DAttrs>('PaddedConv2D', (call) => {
  const g = fusedGeometry(call.input('x'), call.input('filter'), call.attrs);
  return forward(call, g, call.address('bias'), ACTIVATION[call.attrs.activation], call.attrs.slope);
});

/** dy · act'(y), in scratch memory; dy itself where there is no activation. */
function beforeActivation(call: Call<PaddedConv2DGradAttrs>): number {
  const { activation, slope } = call.attrs;
  const dy = call.input('dy');
  if (activation === 'none') return call.backend.pointer(dy);
  const size = sizeOf(dy.shape);
  const dz = call.backend.scratch(4 * size);
  call.wasm.activationBackward(ACTIVATION[activation], slope, call.backend.pointer(dy), call.backend.pointer(call.input('y')), dz, size);
  return dz;
}

const paddedConv2DGrad = kernel<PaddedConv2DGradAttrs>('PaddedConv2DGrad', (call) => {
  const g = fusedGeometry(call.input('x'), call.input('filter'), call.attrs);
  const dz = beforeActivation(call);
  const gradients: TensorInfo[] = [];
  if (call.attrs.needsX) gradients.push(dataGrad(call, g, dz));
  if (call.attrs.needsFilter) gradients.push(filterGrad(call, g, call.address('x'), dz));
  if (call.attrs.needsBias) {
    const db = call.backend.output([g.o]);
    call.wasm.sumColumns(dz, call.backend.pointer(db), g.n * g.outH * g.outW, g.o, 1);
    gradients.push(db);
  }
  return gradients;
});

type Size = [number, number, number, number];

interface TfConvAttrs {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dataFormat: string;
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: Size;
  readonly filterShape?: Size;
}

/** Geometry of TensorFlow.js's convolution; undefined for what goes to the CPU kernel (NCHW, dilations, unequal strides). */
function tfGeometry(attrs: TfConvAttrs, inputShape: Size, filterShape: Size): Geometry | undefined {
  if (attrs.dataFormat !== 'NHWC') return undefined;
  const info = backend_util.computeConv2DInfo(inputShape, filterShape, attrs.strides, attrs.dilations ?? 1, attrs.pad, attrs.dimRoundingMode);
  if (info.strideHeight !== info.strideWidth || info.dilationHeight !== 1 || info.dilationWidth !== 1) return undefined;
  return {
    n: info.batchSize, h: info.inHeight, w: info.inWidth, c: info.inChannels, kh: info.filterHeight, kw: info.filterWidth, o: info.outChannels,
    stride: info.strideHeight, padTop: info.padInfo.top, padLeft: info.padInfo.left, outH: info.outHeight, outW: info.outWidth,
    padMode: PAD_MODE.zero, up: 1,
  };
}

const conv2D = kernel<TfConvAttrs>('Conv2D', (call) => {
  const g = tfGeometry(call.attrs, call.input('x').shape as Size, call.input('filter').shape as Size);
  return g && forward(call, g, 0, 0, 0);
});

const conv2DBackpropInput = kernel<TfConvAttrs>('Conv2DBackpropInput', (call) => {
  if (!call.attrs.inputShape) return undefined;
  const g = tfGeometry(call.attrs, call.attrs.inputShape, call.input('filter').shape as Size);
  return g && dataGrad(call, g, call.address('dy'));
});

const conv2DBackpropFilter = kernel<TfConvAttrs>('Conv2DBackpropFilter', (call) => {
  if (!call.attrs.filterShape) return undefined;
  const g = tfGeometry(call.attrs, call.input('x').shape as Size, call.attrs.filterShape);
  return g && filterGrad(call, g, call.address('x'), call.address('dy'));
});

export const convKernels: readonly Kernel[] = [paddedConv2D, paddedConv2DGrad, conv2D, conv2DBackpropInput, conv2DBackpropFilter];
