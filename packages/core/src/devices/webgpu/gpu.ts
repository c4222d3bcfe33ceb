/**
 * Runs munit's own programs within TensorFlow.js's WebGPU backend: in its command stream, on its tensors' buffers, from its cache of
 * pipelines. `runWebGPUProgram` could not serve: it writes one output, and adds a screenful of declarations to each program.
 */
import { env } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { CapturingBackend } from './capture/backend.js';
import { type Gpu, type GpuTensor, type Program, sizeOf, type TensorStorage, type Uniform, type Workgroups } from '../../wgsl/types.js';
import { flatWorkgroups } from '../../wgsl/wgsl.js';
import { widenProgram } from './widen.js';

/** What is private to TensorFlow.js's backend in its typings. Frozen upstream; the device's tests run all of it. */
interface Internals {
  readonly pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
  readonly commandQueueOwnedIds: WeakSet<object>;
  readonly commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  readonly uniformPendingDisposal: GPUBuffer[];
  makeUniforms(members: { type: string; data: number[] }[]): GPUBufferBinding;
}

/** Cleaner than a pass per program: TensorFlow.js hands its work over in batches of this many. */
const batchSize = (): number => env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE');

/** The GPU as kernels of ours see it, and as the rest of the backend does, which knows float32 only. */
export interface OwnGpu extends Gpu {
  /** Makes sure that a tensor's values lie there as float32. */
  widen(dataId: object): void;
  /** Of a tensor stored as halves, its values as float32, in a buffer of the pool that the caller gives back; undefined of others. */
  wideCopy(dataId: object): GPUBuffer | undefined;
}

/** A tensor's buffer, as TensorFlow.js makes it. */
const newBuffer = (backend: WebGPUBackend, bytes: number): GPUBuffer =>
  backend.bufferManager.acquireBuffer(bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);

export function createGpu(backend: CapturingBackend, tile: Gpu['tile']): OwnGpu {
  const inner = backend as unknown as Internals;
  const halves = new WeakSet<object>();
  /** Halves that captured work names in their places. */
  const named = new WeakSet<object>();
  // Halves are read four at a time: seen in another shape, which has no fours, they are widened.
  const storageOf = ({ dataId, shape }: GpuTensor): TensorStorage => (halves.has(dataId) && (shape.at(-1) ?? 1) % 4 === 0 ? 'float16' : 'float32');
  const bufferOf = (tensor: GpuTensor, storage: TensorStorage = 'float32'): GPUBuffer => {
    // Uploading, which comes before each reading in TensorFlow.js too, widens halves.
    if (storage === 'float32') backend.uploadToGPU(tensor.dataId);
    else if (backend.capturing) named.add(tensor.dataId);
    return backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
  };
  const allocate = (shape: readonly number[], storage: TensorStorage = 'float32'): GpuTensor => {
    const { dataId } = backend.makeTensorInfo([...shape], 'float32');
    if (storage === 'float16') {
      backend.tensorMap.get(dataId).resource = newBuffer(backend, 2 * sizeOf(shape));
      halves.add(dataId);
    }
    return { dataId, shape: [...shape], dtype: 'float32' };
  };
  const wideCopy = (dataId: object): GPUBuffer | undefined => {
    if (!halves.has(dataId)) return undefined;
    const half = backend.tensorMap.get(dataId).resource as GPUBuffer;
    const wide = newBuffer(backend, 2 * half.size);
    const fours = half.size / 8;
    if (runOn(widenProgram, [half, wide], [fours], flatWorkgroups(fours))) return wide;
    backend.bufferManager.releaseBuffer(wide);
    return undefined;
  };
  const widen = (dataId: object): void => {
    const wide = wideCopy(dataId);
    if (wide === undefined) return;
    const data = backend.tensorMap.get(dataId);
    const half = data.resource as GPUBuffer;
    halves.delete(dataId);
    data.resource = wide;
    inner.commandQueueOwnedIds.add(dataId);
    // Free for others when what is recorded has been handed over, as a uniform's buffer; never if captured work will read it again.
    if (!named.has(dataId)) inner.uniformPendingDisposal.push(half);
  };
  const share = (tensor: GpuTensor, shape: readonly number[] = tensor.shape): GpuTensor => {
    backend.incRef(tensor.dataId);
    return { ...tensor, shape: [...shape] };
  };

  /** @returns whether it ran: while programs are only built (`warmUp`), nothing does */
  const runOn = (program: Program, buffers: readonly GPUBuffer[], uniforms: readonly Uniform[], workgroups: Workgroups): boolean => {
    const pipeline = pipelineOf(backend.device, inner, program);
    if (env().getBool('WEBGPU_ENGINE_COMPILE_ONLY')) return false;
    if (pipeline instanceof Promise) throw new Error('A program is still being built: await warmUp() before other work.');
    const resources = [...buffers.map((buffer) => ({ buffer })), ...(uniforms.length === 0 ? [] : [inner.makeUniforms(uniforms.map(member))])];
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    const bindGroup = backend.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    dispatch(backend, inner, pipeline, bindGroup, workgroups);
    return true;
  };

  return {
    tile,
    allocate,
    share,
    storageOf,
    widen,
    wideCopy,
    release: ({ dataId }) => void backend.disposeData(dataId),
    takeOver(tensor) {
      if (backend.overwrites(tensor.dataId) || backend.refCount(tensor.dataId) === 1) {
        backend.forgetValues(tensor.dataId);
        return share(tensor);
      }
      const copy = allocate(tensor.shape);
      if (sizeOf(tensor.shape) === 0) return copy;
      const [from, to] = [bufferOf(tensor), bufferOf(copy)];
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      inner.commandEncoder.copyBufferToBuffer(from, 0, to, 0, from.size);
      for (const { dataId } of [tensor, copy]) inner.commandQueueOwnedIds.add(dataId);
      return copy;
    },
    run(program, tensors, uniforms, workgroups) {
      // Halves first: another operand may be the same place, which is then widened.
      const halfBuffers = tensors.map((tensor, i) => (program.storages?.[i] === 'float16' ? bufferOf(tensor, 'float16') : undefined));
      const buffers = tensors.map((tensor, i) => halfBuffers[i] ?? bufferOf(tensor));
      if (!runOn(program, buffers, uniforms, workgroups)) return;
      // A tensor that is disposed of meanwhile keeps its buffer until the work is handed over.
      for (const { dataId } of tensors) inner.commandQueueOwnedIds.add(dataId);
      if (inner.dispatchCountInPass < batchSize()) return;
      backend.endComputePassEncoder();
      backend.submitQueue();
    },
  };
}

const member = (value: Uniform): { type: string; data: number[] } =>
  typeof value === 'number' ? { type: 'int32', data: [value] } : { type: 'float32', data: [value.float] };

function pipelineOf(device: GPUDevice, inner: Internals, { key, code }: Program): GPUComputePipeline | Promise<GPUComputePipeline> {
  const cached = inner.pipelineCache[key];
  if (cached !== undefined) return cached;
  const module = device.createShaderModule({ code: code(), label: key });
  const descriptor: GPUComputePipelineDescriptor = { compute: { module, entryPoint: 'main' }, label: key, layout: 'auto' };
  const built = env().getBool('WEBGPU_ENGINE_COMPILE_ONLY')
    ? device.createComputePipelineAsync(descriptor)
    : device.createComputePipeline(descriptor);
  inner.pipelineCache[key] = built;
  return built;
}

function dispatch(backend: WebGPUBackend, inner: Internals, pipeline: GPUComputePipeline, bindGroup: GPUBindGroup, workgroups: Workgroups): void {
  backend.ensureCommandEncoderReady();
  inner.computePassEncoder ??= inner.commandEncoder.beginComputePass();
  inner.computePassEncoder.setPipeline(pipeline);
  inner.computePassEncoder.setBindGroup(0, bindGroup);
  inner.computePassEncoder.dispatchWorkgroups(...workgroups);
  inner.dispatchCountInPass += 1;
}
