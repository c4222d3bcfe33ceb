/** What a kernel of this backend is, and how it becomes one of TensorFlow.js. */
import type { KernelConfig, KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import { SimdError } from '../errors.js';
import type { SimdExports } from '../runtime/exports.js';

export const BACKEND_NAME = 'simd';

export interface Call<Attrs> {
  readonly backend: SimdBackend;
  readonly wasm: SimdExports;
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: Attrs;
  /** An input by name. @throws SimdError when it is absent */
  input(name: string): TensorInfo;
  /** Address of an input, or 0 when it was not given. */
  address(name: string): number;
}

export interface Kernel {
  readonly name: string;
  /** Runs for float32 inputs only; others go to the CPU kernel of the same name. */
  readonly floatOnly: boolean;
  readonly run: (backend: SimdBackend, inputs: NamedTensorInfoMap, attrs: unknown) => TensorInfo | TensorInfo[] | undefined;
}

/**
 * A kernel on float32 inputs (`anyType` for all types). A body that returns undefined declines: the CPU kernel of the
 * same name takes over.
 */
export function kernel<Attrs = object>(
  name: string, body: (call: Call<Attrs>) => TensorInfo | TensorInfo[] | undefined, options: { anyType?: boolean } = {},
): Kernel {
  return {
    name,
    floatOnly: options.anyType !== true,
    run: (backend, inputs, attrs) => body(makeCall(name, backend, inputs, attrs as Attrs)),
  };
}

function makeCall<Attrs>(name: string, backend: SimdBackend, inputs: NamedTensorInfoMap, attrs: Attrs): Call<Attrs> {
  return {
    backend, inputs, attrs,
    wasm: backend.wasm,
    input(key) {
      const info = inputs[key];
      if (info) return info;
      throw new SimdError('input', `${name} needs the input '${key}' and got only [${Object.keys(inputs).join(', ')}].`);
    },
    address(key) {
      const info = inputs[key];
      return info ? backend.pointer(info) : 0;
    },
  };
}

/** `fallback` runs the CPU kernel of this name; undefined where there is none. */
export function toConfig(definition: Kernel, fallback: KernelFunc | undefined): KernelConfig {
  const { name, floatOnly, run } = definition;
  const kernelFunc: KernelFunc = (params) => {
    const backend = params.backend as SimdBackend;
    const inputs = params.inputs;
    if (!floatOnly || allFloat(inputs)) {
      backend.settle();
      const outer = backend.running;
      backend.running = name;
      try {
        const result = run(backend, inputs, params.attrs);
        if (result !== undefined) return result;
      } finally {
        backend.releaseScratch();
        backend.running = outer;
      }
    }
    if (fallback) return fallback(params);
    throw new SimdError('input', `${name} takes float32 tensors and has no fallback for these inputs: ${describe(inputs)}.`);
  };
  return { kernelName: name, backendName: BACKEND_NAME, kernelFunc };
}

function allFloat(inputs: NamedTensorInfoMap): boolean {
  for (const key in inputs) {
    const info = inputs[key];
    if (info && info.dtype !== 'float32') return false;
  }
  return true;
}

function describe(inputs: NamedTensorInfoMap): string {
  return Object.entries(inputs).map(([key, info]) => `${key}: ${info?.dtype} [${info?.shape.join(', ')}]`).join('; ');
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
