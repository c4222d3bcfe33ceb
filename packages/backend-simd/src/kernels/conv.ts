/** The three passes of a convolution, for whichever kernel describes it. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TransformedFilter } from '../filterCache.js';
import type { Geometry } from '../runtime/geometry.js';
import type { Call } from './define.js';

/** Codes of `assembly/conv/patches.ts`. */
export const PAD_MODE = { zero: 0, reflect: 1, replicate: 2 } as const;

/** Codes of `assembly/conv/dispatch.ts`. */
const PASS = { forward: 0, dataGrad: 1, filterGrad: 2 } as const;

/** Describes the convolution and plans a pass of it. Returns where the transformed filter is or goes, where the pass needs one. */
function plan(call: Call<unknown>, g: Geometry, pass: 'forward' | 'dataGrad', filter: TensorInfo): TransformedFilter {
  call.backend.runtime.writeGeometry(g);
  const bytes = call.wasm.planConvolution(PASS[pass]) >>> 0;
  if (bytes === 0) return { address: 0, ready: false };
  const form = `${g.stride} ${g.upY} ${pass}`;
  return call.backend.filters.take(filter.dataId, form, bytes) ?? { address: call.backend.scratch(bytes), ready: false };
}

/** What follows the convolution: addresses and codes, 0 for none. */
export interface Epilogue {
  readonly bias: number;
  readonly activation: number;
  readonly slope: number;
}

export const NO_EPILOGUE: Epilogue = { bias: 0, activation: 0, slope: 0 };

/** act(conv(x) + bias). */
export function convolve(call: Call<unknown>, g: Geometry, x: TensorInfo, filter: TensorInfo, epilogue: Epilogue = NO_EPILOGUE): TensorInfo {
  const { backend } = call;
  const y = backend.output([g.samples, g.outHeight, g.outWidth, g.outputs]);
  const transformed = plan(call, g, 'forward', filter);
  call.wasm.convolve(
    backend.pointer(x), backend.pointer(filter), epilogue.bias, backend.pointer(y), epilogue.activation, epilogue.slope,
    transformed.address, transformed.ready ? 1 : 0,
  );
  transformed.ready = true;
  return y;
}

/** The gradient by the input; `dy` is an address. */
export function convolveDataGrad(call: Call<unknown>, g: Geometry, filter: TensorInfo, dy: number): TensorInfo {
  const { backend } = call;
  const dx = backend.output([g.samples, g.height, g.width, g.channels]);
  const transformed = plan(call, g, 'dataGrad', filter);
  call.wasm.convolveDataGrad(backend.pointer(dx), backend.pointer(filter), dy, transformed.address, transformed.ready ? 1 : 0);
  transformed.ready = true;
  return dx;
}

/** The gradient by the filter; `x` and `dy` are addresses. */
export function convolveFilterGrad(call: Call<unknown>, g: Geometry, x: number, dy: number): TensorInfo {
  const dw = call.backend.output([g.kernelHeight, g.kernelWidth, g.channels, g.outputs]);
  call.backend.runtime.writeGeometry(g);
  call.wasm.planConvolution(PASS.filterGrad);
  call.wasm.convolveFilterGrad(x, call.backend.pointer(dw), dy);
  return dw;
}
