/** PaddedConv2D: upsampling, padding, convolution, bias and activation in one kernel, with its gradient. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { SimdError } from '../errors.js';
import type { Geometry } from '../runtime/geometry.js';
import { ACTIVATION, type Activation } from './activation.js';
import { convolve, convolveDataGrad, convolveFilterGrad, PAD_MODE } from './conv.js';
import { type Call, type Kernel, kernel, sizeOf } from './define.js';

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

function geometryOf(x: TensorInfo, filter: TensorInfo, attrs: PaddedConv2DAttrs): Geometry {
  const [samples = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [kernelHeight = 0, kernelWidth = 0, filterIn = 0, outputs = 0] = filter.shape;
  const { stride, pad, upsample: up, padMode } = attrs;
  if (x.shape.length !== 4 || filter.shape.length !== 4 || filterIn !== channels) {
    throw new SimdError('input', `PaddedConv2D needs x [N, H, W, C] and filter [kh, kw, C, O]; got [${x.shape.join(', ')}] and [${filter.shape.join(', ')}].`);
  }
  if (padMode === 'reflect' && (pad >= height * up || pad >= width * up)) {
    throw new SimdError('input', `Reflect padding by ${pad} needs an image of at least ${pad + 1} pixels a side; got ${height * up} × ${width * up}.`);
  }
  const out = (size: number, k: number): number => Math.floor((size * up + 2 * pad - k) / stride) + 1;
  const [outHeight, outWidth] = [out(height, kernelHeight), out(width, kernelWidth)];
  if (outHeight < 1 || outWidth < 1) {
    throw new SimdError('input', `A ${kernelHeight} × ${kernelWidth} kernel does not fit into ${height * up} × ${width * up} pixels padded by ${pad}.`);
  }
  return {
    samples, height, width, channels, kernelHeight, kernelWidth, outputs, stride, padTop: pad, padLeft: pad, outHeight, outWidth,
    padMode: PAD_MODE[padMode], upY: up, upX: up,
  };
}

const paddedConv2D = kernel<PaddedConv2DAttrs>('PaddedConv2D', (call) => {
  const [x, filter] = [call.input('x'), call.input('filter')];
  const { activation, slope } = call.attrs;
  return convolve(call, geometryOf(x, filter, call.attrs), x, filter, { bias: call.address('bias'), activation: ACTIVATION[activation], slope });
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
  const [x, filter] = [call.input('x'), call.input('filter')];
  const g = geometryOf(x, filter, call.attrs);
  const dz = beforeActivation(call);
  const gradients: TensorInfo[] = [];
  if (call.attrs.needsX) gradients.push(convolveDataGrad(call, g, filter, dz));
  if (call.attrs.needsFilter) gradients.push(convolveFilterGrad(call, g, call.backend.pointer(x), dz));
  if (call.attrs.needsBias) {
    const db = call.backend.output([g.outputs]);
    call.wasm.sumColumns(dz, call.backend.pointer(db), g.samples * g.outHeight * g.outWidth, g.outputs, 1);
    gradients.push(db);
  }
  return gradients;
});

export const paddedConv2DKernels: readonly Kernel[] = [paddedConv2D, paddedConv2DGrad];
