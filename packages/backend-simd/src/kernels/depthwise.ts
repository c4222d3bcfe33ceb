/** Depthwise convolutions of TensorFlow.js. */
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { DepthwiseGeometry } from '../runtime/geometry.js';
import { type Epilogue, NO_EPILOGUE } from './conv.js';
import { type Call, type Kernel, kernel } from './define.js';
import { type FusedAttrs, withEpilogue } from './fused.js';

type Shape4 = [number, number, number, number];

interface DepthwiseAttrs {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dataFormat?: string;
  readonly dilations?: number | [number, number] | null;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Undefined for what the CPU kernel has to take or refuse: another layout, or strides together with dilations. */
function geometryOf(call: Call<DepthwiseAttrs>): DepthwiseGeometry | undefined {
  const { strides, pad, dataFormat = 'NHWC', dimRoundingMode } = call.attrs;
  const dilations = call.attrs.dilations ?? 1;
  if (dataFormat !== 'NHWC' || !backend_util.eitherStridesOrDilationsAreOne(strides, dilations)) return undefined;
  const [x, filter] = [call.input('x').shape as Shape4, call.input('filter').shape as Shape4];
  const info = backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, dimRoundingMode, true);
  return {
    samples: info.batchSize, height: info.inHeight, width: info.inWidth, channels: info.inChannels,
    multiplier: info.outChannels / info.inChannels, kernelHeight: info.filterHeight, kernelWidth: info.filterWidth,
    strideY: info.strideHeight, strideX: info.strideWidth, dilationY: info.dilationHeight, dilationX: info.dilationWidth,
    padTop: info.padInfo.top, padLeft: info.padInfo.left, outHeight: info.outHeight, outWidth: info.outWidth,
  };
}

function depthwise(call: Call<unknown>, g: DepthwiseGeometry, epilogue: Epilogue): TensorInfo {
  const { backend } = call;
  const y = backend.output([g.samples, g.outHeight, g.outWidth, g.channels * g.multiplier]);
  backend.runtime.writeDepthwise(g);
  call.wasm.depthwise(call.address('x'), call.address('filter'), epilogue.bias, backend.pointer(y), epilogue.activation, epilogue.slope);
  return y;
}

export const depthwiseKernels: readonly Kernel[] = [
  kernel<DepthwiseAttrs>('DepthwiseConv2dNative', (call) => {
    const g = geometryOf(call);
    return g && depthwise(call, g, NO_EPILOGUE);
  }),
  kernel<DepthwiseAttrs & FusedAttrs>('FusedDepthwiseConv2D', (call) => {
    const g = geometryOf(call);
    return g && withEpilogue(call, g.channels * g.multiplier, (epilogue) => depthwise(call, g, epilogue));
  }),
];
