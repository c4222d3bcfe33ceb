/** How long a compute pass takes: by the GPU's own timestamps where it has them, else by the clock. */
import { firefoxPoll } from '../firefoxPoll.js';
import { type Loss, lossIsReported } from '../loss.js';

export interface Timer {
  /** What the pass must begin with. */
  readonly pass: GPUComputePassDescriptor;
  /** How long a pass should take at least, in milliseconds, for its time to mean something. */
  readonly leastPass: number;
  /** Submits the one pass that has been recorded. @returns its milliseconds */
  submit(encoder: GPUCommandEncoder): Promise<number>;
  dispose(): void;
}

/** A buffer that its creator will destroy. */
export type CreateBuffer = (size: number, usage: GPUBufferUsageFlags) => GPUBuffer;

export const createTimer = (device: GPUDevice, loss: Loss, create: CreateBuffer): Timer =>
  device.features.has('timestamp-query') ? timestamps(device, loss, create) : clock(device, loss);

/** Two 64-bit numbers of nanoseconds. */
const bytes = 16;

function timestamps(device: GPUDevice, loss: Loss, create: CreateBuffer): Timer {
  const { queue } = device;
  const querySet = device.createQuerySet({ type: 'timestamp', count: 2 });
  const resolved = create(bytes, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  const readable = create(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
  return {
    pass: { timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } },
    // Browsers round timestamps to 0.1 ms.
    leastPass: 3,
    async submit(encoder) {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readable, 0, bytes);
      queue.submit([encoder.finish()]);
      await heard(loss, firefoxPoll(queue, readable.mapAsync(GPUMapMode.READ)));
      const [start = 0n, end = 0n] = new BigUint64Array(readable.getMappedRange());
      const nanoseconds = Number(end - start);
      readable.unmap();
      return nanoseconds / 1e6;
    },
    dispose: () => querySet.destroy(),
  };
}

function clock({ queue }: GPUDevice, loss: Loss): Timer {
  return {
    pass: {},
    leastPass: 20,
    async submit(encoder) {
      const start = performance.now();
      queue.submit([encoder.finish()]);
      await heard(loss, firefoxPoll(queue, queue.onSubmittedWorkDone()));
      return performance.now() - start;
    },
    dispose: () => undefined,
  };
}

/** What was waited for; a device that is lost meanwhile fails by its own error. */
async function heard<T>(loss: Loss, waiting: Promise<T>): Promise<T> {
  try {
    return await waiting;
  } catch (error) {
    await lossIsReported(loss);
    loss.check();
    throw error;
  }
}
