/** TensorFlow.js's WebGPU kernels without those that munit adds to them. */
import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

const ours = ['PaddedConv2D', 'PaddedConv2DGrad', 'FusedNormalize', 'FusedNormalizeGrad', 'AvgPool2DValidCount', 'AvgPool2DValidCountGrad', 'AdamUpdate', 'EmaUpdate'];

/** Runs `work` as if munit had no programs of its own: its ops are then composed of TensorFlow.js's kernels. */
export function withoutOurKernels<T>(work: () => T): T {
  const taken: KernelConfig[] = ours.map((name) => getKernel(name, 'webgpu')).filter((kernel) => kernel != null);
  for (const { kernelName } of taken) unregisterKernel(kernelName, 'webgpu');
  try {
    return work();
  } finally {
    for (const kernel of taken) registerKernel(kernel);
  }
}
