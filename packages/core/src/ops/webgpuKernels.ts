/** What the ops run on WebGPU: each op's kernels stand beside it, this list makes them known to the device. */
import type { GpuKernel } from '../wgsl/types.js';
import { adamKernels } from './adam/webgpu.js';
import { conv2dKernels } from './conv2d/webgpu/kernels.js';
import { halfStorageKernels } from './halfStorage/webgpu.js';
import { normalizeKernels } from './normalize/webgpu/kernels.js';
import { poolingKernels } from './pooling/webgpu.js';

export const webgpuKernels: readonly GpuKernel[] = [...conv2dKernels, ...normalizeKernels, ...poolingKernels, ...adamKernels, ...halfStorageKernels];
