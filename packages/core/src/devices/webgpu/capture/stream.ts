/** What TensorFlow.js's backend gathers commands in, as one value that can be exchanged. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** Fields of the backend, most of them private in its typings. Frozen upstream. */
export interface Stream {
  readonly bufferManager: object;
  readonly queue: Pick<GPUQueue, 'submit' | 'writeBuffer'>;
  readonly commandEncoder: GPUCommandEncoder | null;
  readonly computePassEncoder: GPUComputePassEncoder | null;
  readonly dispatchCountInPass: number;
  /** Tensors that commands name which have not been handed over: their buffers are released only then. */
  readonly commandQueueOwnedIds: WeakSet<object>;
  readonly tensorDataPendingDisposal: readonly object[];
  readonly uniformPendingDisposal: readonly GPUBuffer[];
  readonly stagingPendingDisposal: readonly GPUBuffer[];
}

/** One without commands. */
export const emptyStream = (bufferManager: object, queue: Stream['queue']): Stream => ({
  bufferManager,
  queue,
  commandEncoder: null,
  computePassEncoder: null,
  dispatchCountInPass: 0,
  commandQueueOwnedIds: new WeakSet(),
  tensorDataPendingDisposal: [],
  uniformPendingDisposal: [],
  stagingPendingDisposal: [],
});

/** Lets the backend continue in another stream. @returns the one that it was in */
export function exchange(backend: WebGPUBackend, next: Stream): Stream {
  const inner = backend as unknown as Stream;
  const { bufferManager, queue, commandEncoder, computePassEncoder, dispatchCountInPass } = inner;
  const { commandQueueOwnedIds, tensorDataPendingDisposal, uniformPendingDisposal, stagingPendingDisposal } = inner;
  Object.assign(backend, next);
  return { bufferManager, queue, commandEncoder, computePassEncoder, dispatchCountInPass, commandQueueOwnedIds, tensorDataPendingDisposal, uniformPendingDisposal, stagingPendingDisposal };
}
