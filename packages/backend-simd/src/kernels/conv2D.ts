/** TensorFlow.js's own convolutions. */
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Geometry } from '../runtime/geometry.js';
import { convolve, convolveDataGrad, convolveFilterGrad, PAD_MODE } from './conv.js';
import { type Kernel, kernel } from './define.js';
import { type FusedAttrs, withEpilogue } from './fused.js';

type Shape4 = [number, number, number, number];

interface Conv2DAttrs {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dataFormat: string;
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: Shape4;
  readonly filterShape?: Shape4;
}

/** Geometry of TensorFlow.js's convolution; undefined for what goes to the CPU kernel (NCHW, dilations, unequal strides). */
function geometryOf(attrs: Conv2DAttrs, inputShape: Shape4, filterShape: Shape4): Geometry | undefined {
  if (attrs.dataFormat !== 'NHWC') return undefined;
  const info = backend_util.computeConv2DInfo(inputShape, filterShape, attrs.strides, attrs.dilations ?? 1, attrs.pad, attrs.dimRoundingMode);
  if (info.strideHeight !== info.strideWidth || info.dilationHeight !== 1 || info.dilationWidth !== 1) return undefined;
  return {
    samples: info.batchSize, height: info.inHeight, width: info.inWidth, channels: info.inChannels,
    kernelHeight: info.filterHeight, kernelWidth: info.filterWidth, outputs: info.outChannels,
    stride: info.strideHeight, padTop: info.padInfo.top, padLeft: info.padInfo.left, outHeight: info.outHeight, outWidth: info.outWidth,
    padMode: PAD_MODE.zero, upY: 1, upX: 1,
  };
}

/** TensorFlow.js also takes gradients that are larger than the output, and reads a part of them: the CPU kernel's. */
const hasOutputShape = (g: Geometry, dy: TensorInfo): boolean => util.arraysEqual(dy.shape, [g.samples, g.outHeight, g.outWidth, g.outputs]);

const conv2D = kernel<Conv2DAttrs>('Conv2D', (call) => {
  const [x, filter] = [call.input('x'), call.input('filter')];
  const g = geometryOf(call.attrs, x.shape as Shape4, filter.shape as Shape4);
  return g && convolve(call, g, x, filter);
});

const fusedConv2D = kernel<Conv2DAttrs & FusedAttrs>('FusedConv2D', (call) => {
  const [x, filter] = [call.input('x'), call.input('filter')];
  const g = geometryOf(call.attrs, x.shape as Shape4, filter.shape as Shape4);
  return g && withEpilogue(call, g.outputs, (epilogue) => convolve(call, g, x, filter, epilogue));
});

const conv2DBackpropInput = kernel<Conv2DAttrs>('Conv2DBackpropInput', (call) => {
  const filter = call.input('filter');
  if (!call.attrs.inputShape) return undefined;
  const g = geometryOf(call.attrs, call.attrs.inputShape, filter.shape as Shape4);
  if (g && !hasOutputShape(g, call.input('dy'))) return undefined;
  return g && convolveDataGrad(call, g, filter, call.address('dy'));
});

const conv2DBackpropFilter = kernel<Conv2DAttrs>('Conv2DBackpropFilter', (call) => {
  if (!call.attrs.filterShape) return undefined;
  const g = geometryOf(call.attrs, call.input('x').shape as Shape4, call.attrs.filterShape);
  if (g && !hasOutputShape(g, call.input('dy'))) return undefined;
  return g && convolveFilterGrad(call, g, call.address('x'), call.address('dy'));
});

export const conv2DKernels: readonly Kernel[] = [conv2D, fusedConv2D, conv2DBackpropInput, conv2DBackpropFilter];
