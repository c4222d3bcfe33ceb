/** TensorFlow.js's WebGPU backend with what it lacks: loss, errors, readback without a lasting copy, a pool that can be emptied. */
import { env, type KernelBackend, tidy, util } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { CapturingBackend } from './capture/backend.js';
import type { BufferPool } from './capture/buffers.js';
import type { ErrorWatch } from './errors.js';
import { createGpu, type OwnGpu } from './gpu.js';
import { registerKernels } from './registerKernels.js';
import { type Loss, lossIsReported } from './loss.js';
import { firefoxPoll } from './firefoxPoll.js';
import type { Tuner } from './tuning/tuner.js';

class OwnedBackend extends CapturingBackend {
  readonly #loss: Loss;
  readonly #errors: ErrorWatch;
  /** For kernels of ours. */
  readonly gpu: OwnGpu;

  constructor(device: GPUDevice, info: GPUAdapterInfo, loss: Loss, errors: ErrorWatch, tuner: Tuner) {
    super(device, info);
    this.#loss = loss;
    this.#errors = errors;
    this.gpu = createGpu(this, tuner.tile);
  }

  override runWebGPUProgram(...call: Parameters<WebGPUBackend['runWebGPUProgram']>): ReturnType<WebGPUBackend['runWebGPUProgram']> {
    this.#loss.check();
    return super.runWebGPUProgram(...call);
  }

  override uploadToGPU(dataId: object): void {
    this.#loss.check();
    this.atHome(dataId, () => this.gpu.widen(dataId));
    super.uploadToGPU(dataId);
  }

  /** TensorFlow.js's own keeps a copy of all it reads beside the tensor, for as long as the tensor lives. */
  override async read(dataId: object): ReturnType<WebGPUBackend['read']> {
    this.#loss.check();
    this.refuseWhileCapturing('read');
    const data = this.tensorMap.get(dataId);
    if (data.values !== null && data.values !== undefined) return data.values;
    if (data.dtype === 'complex64') return super.read(dataId);
    const copy = this.gpu.wideCopy(dataId);
    let bytes: ArrayBuffer;
    try {
      bytes = await firefoxPoll(this.queue, this.getBufferData(copy ?? (data.resource as GPUBuffer)));
    } catch (error) {
      await lossIsReported(this.#loss);
      this.#loss.check();
      this.#errors.check();
      throw error;
    } finally {
      if (copy !== undefined) this.bufferManager.releaseBuffer(copy);
    }
    this.#errors.check();
    return util.convertBackendValuesAndArrayBuffer(bytes, data.dtype);
  }

  override readSync(dataId: object): ReturnType<WebGPUBackend['readSync']> {
    this.#loss.check();
    this.refuseWhileCapturing('read');
    this.gpu.widen(dataId);
    return super.readSync(dataId);
  }

  async synchronize(): Promise<void> {
    this.refuseWhileCapturing('awaited');
    this.flush();
    await firefoxPoll(this.queue, this.queue.onSubmittedWorkDone());
    this.#loss.check();
    this.#errors.check();
  }

  /**
   * Builds the pipelines of `work` at once and in parallel, without running it. Those that are being built are in a table of their own until
   * they are there: other work meanwhile finds none that cannot run, and builds what it needs. (TensorFlow.js's own way to await them writes
   * into places that other work may have moved.)
   */
  async compile(work: () => void): Promise<void> {
    const inner = this as unknown as { pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>> };
    const { pipelineCache: built } = inner;
    const building = Object.create(built) as typeof built;
    inner.pipelineCache = building;
    env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
    try {
      tidy(work);
    } finally {
      env().set('WEBGPU_ENGINE_COMPILE_ONLY', false);
      inner.pipelineCache = built;
      // Awaited below, unless `work` has failed: then nobody asks for them.
      for (const pipeline of Object.values(building)) if (pipeline instanceof Promise) pipeline.catch(() => undefined);
    }
    const finish = async ([key, pipeline]: readonly [string, GPUComputePipeline | Promise<GPUComputePipeline>]): Promise<void> => {
      const there = await pipeline;
      built[key] ??= there;
    };
    await Promise.all(Object.entries(building).map(finish));
  }

  /** Lets programs go that `compile` has built. */
  forget(keys: readonly string[]): void {
    const { pipelineCache } = this as unknown as { readonly pipelineCache: Record<string, unknown> };
    for (const key of keys) delete pipelineCache[key];
  }

  /** Destroys the buffers that lie ready for reuse: TensorFlow.js keeps every size it ever saw. */
  trim(): number {
    this.refuseWhileCapturing('trimmed');
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

/** The backend on a device of ours; `gpu` is the entry point that the device came from. */
export function createBackend(device: GPUDevice, info: GPUAdapterInfo, gpu: GPU, loss: Loss, errors: ErrorWatch, tuner: Tuner): OwnedBackend & KernelBackend {
  // Small tensors would be computed in JavaScript, outside what the kernels are tested for.
  env().set('WEBGPU_CPU_FORWARD', false);
  registerKernels();
  return withNavigatorGpu(gpu, () => new OwnedBackend(device, info, loss, errors, tuner));
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
