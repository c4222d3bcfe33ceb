/**
 * Runs munit's own programs within TensorFlow.js's WebGPU backend: in its command stream, on its tensors' buffers, from its cache of
 * pipelines. `runWebGPUProgram` could not serve: it writes one output, and adds a screenful of declarations to each program.
 */
import { env } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { type Gpu, type GpuTensor, type Program, sizeOf, type Uniform, type Workgroups } from '../../wgsl/types.js';

/** What is private to TensorFlow.js's backend in its typings. Frozen upstream; the device's tests run all of it. */
interface Internals {
  readonly pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
  readonly commandQueueOwnedIds: WeakSet<object>;
  readonly commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  makeUniforms(members: { type: string; data: number[] }[]): GPUBufferBinding;
}

/** Cleaner than a pass per program: TensorFlow.js hands its work over in batches of this many. */
const batchSize = (): number => env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE');

export function createGpu(backend: WebGPUBackend): Gpu {
  const inner = backend as unknown as Internals;
  const bufferOf = ({ dataId }: GpuTensor): GPUBuffer => {
    backend.uploadToGPU(dataId);
    return backend.tensorMap.get(dataId).resource as GPUBuffer;
  };
  const allocate = (shape: readonly number[]): GpuTensor => {
    const { dataId } = backend.makeTensorInfo([...shape], 'float32');
    return { dataId, shape: [...shape], dtype: 'float32' };
  };
  const share = (tensor: GpuTensor, shape: readonly number[] = tensor.shape): GpuTensor => {
    backend.incRef(tensor.dataId);
    return { ...tensor, shape: [...shape] };
  };

  return {
    allocate,
    share,
    release: ({ dataId }) => void backend.disposeData(dataId),
    takeOver(tensor) {
      if (backend.refCount(tensor.dataId) === 1) return share(tensor);
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
      const buffers = tensors.map(bufferOf);
      const pipeline = pipelineOf(backend.device, inner, program);
      // While programs are only built (`warmUp`), nothing runs.
      if (env().getBool('WEBGPU_ENGINE_COMPILE_ONLY')) return;
      if (pipeline instanceof Promise) throw new Error('A program is still being built: await warmUp() before other work.');
      const resources = [...buffers.map((buffer) => ({ buffer })), ...(uniforms.length === 0 ? [] : [inner.makeUniforms(uniforms.map(member))])];
      const entries = resources.map((resource, binding) => ({ binding, resource }));
      const bindGroup = backend.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
      dispatch(backend, inner, pipeline, bindGroup, workgroups);
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
