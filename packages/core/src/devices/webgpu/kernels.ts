/** munit's own kernels for the WebGPU backend: registered once, used by the ops wherever that backend is in use. */
import { getKernel, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { adamKernels } from '../../ops/adam/webgpu.js';
import { conv2dKernels } from '../../ops/conv2d/webgpu/kernels.js';
import { normalizeKernels } from '../../ops/normalize/webgpu/kernels.js';
import { poolingKernels } from '../../ops/pooling/webgpu.js';
import type { Attributes, Gpu, GpuKernel, GpuTensor, KernelInputs } from './programs/types.js';

const kernels: readonly GpuKernel[] = [...conv2dKernels, ...normalizeKernels, ...poolingKernels, ...adamKernels];

/** A backend on which they can run. */
export interface GpuBackend {
  readonly gpu: Gpu;
}

export function registerKernels(): void {
  for (const { name, run } of kernels) {
    if (getKernel(name, 'webgpu') != null) continue;
    registerKernel({
      kernelName: name,
      backendName: 'webgpu',
      kernelFunc({ inputs, backend, attrs }): TensorInfo | TensorInfo[] {
        // TensorFlow.js's types know neither the backend's class nor what a kernel's inputs and attributes are.
        const { gpu } = backend as unknown as GpuBackend;
        const outputs = run({ gpu, inputs: inputs as unknown as KernelInputs, attributes: (attrs ?? {}) as unknown as Attributes });
        return outputs.length === 1 ? (outputs[0] as GpuTensor) : [...outputs];
      },
    });
  }
}
