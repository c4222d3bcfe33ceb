/** munit's own kernels for the WebGPU backend: registered once, used by the ops wherever that backend is in use. */
import { getKernel, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { webgpuKernels } from '../../ops/webgpuKernels.js';
import type { Attributes, Gpu, GpuTensor, KernelInputs } from '../../wgsl/types.js';

/** A backend on which they can run. */
export interface GpuBackend {
  readonly gpu: Gpu;
}

export function registerKernels(): void {
  for (const { name, run } of webgpuKernels) {
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
