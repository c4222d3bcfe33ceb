/** TensorFlow.js's WebGPU backend with what it lacks: loss, errors, readback without a lasting copy, a pool that can be emptied. */
import { env, type KernelBackend, tidy, util } from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { ErrorWatch } from './errors.js';
import { createGpu } from './gpu.js';
import { registerKernels } from './registerKernels.js';
import type { Loss } from './loss.js';
import { firefoxPoll } from './firefoxPoll.js';
import type { Gpu } from '../../wgsl/types.js';

/** TensorFlow.js's pool of free buffers, of which its typings show nothing. */
interface BufferPool {
  readonly freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

class OwnedBackend extends WebGPUBackend {
  readonly #loss: Loss;
  readonly #errors: ErrorWatch;
  /** For kernels of ours. */
  readonly gpu: Gpu;

  constructor(device: GPUDevice, info: GPUAdapterInfo, loss: Loss, errors: ErrorWatch) {
    super(device, info);
    this.#loss = loss;
    this.#errors = errors;
    this.gpu = createGpu(this);
  }

  override runWebGPUProgram(...call: Parameters<WebGPUBackend['runWebGPUProgram']>): ReturnType<WebGPUBackend['runWebGPUProgram']> {
    this.#loss.check();
    return super.runWebGPUProgram(...call);
  }

  override uploadToGPU(dataId: object): void {
    this.#loss.check();
    super.uploadToGPU(dataId);
  }

  /** TensorFlow.js's own keeps a copy of all it reads beside the tensor, for as long as the tensor lives. */
  override async read(dataId: object): ReturnType<WebGPUBackend['read']> {
    this.#loss.check();
    const data = this.tensorMap.get(dataId);
    if (data.values !== null && data.values !== undefined) return data.values;
    if (data.dtype === 'complex64') return super.read(dataId);
    const buffer = data.resource as GPUBuffer;
    let bytes: ArrayBuffer;
    try {
      bytes = await firefoxPoll(this.queue, this.getBufferData(buffer));
    } catch (error) {
      await lossIsReported(this.#loss);
      this.#loss.check();
      this.#errors.check();
      throw error;
    }
    this.#errors.check();
    return util.convertBackendValuesAndArrayBuffer(bytes, data.dtype);
  }

  override readSync(dataId: object): ReturnType<WebGPUBackend['readSync']> {
    this.#loss.check();
    return super.readSync(dataId);
  }

  /** Hands what has been recorded to the GPU. */
  flush(): void {
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    this.submitQueue();
  }

  async synchronize(): Promise<void> {
    this.flush();
    await firefoxPoll(this.queue, this.queue.onSubmittedWorkDone());
    this.#loss.check();
    this.#errors.check();
  }

  /** Builds the pipelines of `work` at once and in parallel, without running it. */
  async compile(work: () => void): Promise<void> {
    env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
    try {
      tidy(work);
    } finally {
      env().set('WEBGPU_ENGINE_COMPILE_ONLY', false);
    }
    await this.checkCompileCompletionAsync();
  }

  /** Destroys the buffers that lie ready for reuse: TensorFlow.js keeps every size it ever saw. */
  trim(): number {
    // What is recorded but not yet submitted may still name them.
    this.flush();
    const pool = this.bufferManager as unknown as BufferPool;
    let freed = 0;
    for (const [key, buffers] of pool.freeBuffers) {
      for (const buffer of buffers) {
        freed += buffer.size;
        buffer.destroy();
      }
      // The key stays: an empty table means "disposed" to its owner.
      pool.freeBuffers.set(key, []);
    }
    pool.numFreeBuffers = 0;
    pool.numBytesAllocated -= freed;
    return freed;
  }
}

/** A loss may be reported some time after the failures that it causes: seconds, where the GPU process is busy building programs. */
const lossIsReported = (loss: Loss): Promise<unknown> => Promise.race([loss.happened, new Promise((resolve) => setTimeout(resolve, 10_000))]);

/** The backend on a device of ours; `gpu` is the entry point that the device came from. */
export function createBackend(device: GPUDevice, info: GPUAdapterInfo, gpu: GPU, loss: Loss, errors: ErrorWatch): OwnedBackend & KernelBackend {
  // Small tensors would be computed in JavaScript, outside what the kernels are tested for.
  env().set('WEBGPU_CPU_FORWARD', false);
  registerKernels();
  return withNavigatorGpu(gpu, () => new OwnedBackend(device, info, loss, errors));
}

/**
 * TensorFlow.js asks `navigator.gpu` whether there is WebGPU, which Node has not. It is shown only meanwhile:
 * as long as it is reachable from a global, Dawn keeps the process from ending.
 */
function withNavigatorGpu<T>(gpu: GPU, f: () => T): T {
  const target = globalThis as { navigator?: { gpu?: GPU } };
  const before = target.navigator;
  if (before?.gpu !== undefined) return f();
  if (before === undefined) Object.defineProperty(target, 'navigator', { value: { gpu }, configurable: true });
  else Object.defineProperty(before, 'gpu', { value: gpu, configurable: true });
  try {
    return f();
  } finally {
    if (before === undefined) delete target.navigator;
    else delete before.gpu;
  }
}
