/** The buffers of one captured work: nobody else gets them, for its bind groups name them for as long as it lives. */

/** TensorFlow.js's pool of free buffers, of which its typings show nothing. */
export interface BufferPool {
  readonly freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

const keyOf = (size: number, usage: GPUBufferUsageFlags): string => `${size}_${usage}`;

/**
 * Takes the place of TensorFlow.js's pool while work is captured. Released buffers are used again within the work: each run goes through
 * the same commands in the same order. Those that are filled from JavaScript are not: no run fills them again.
 */
export class CapturedBuffers {
  readonly #device: GPUDevice;
  /** Where free buffers are taken from before new ones are made, so that work that ran before needs no memory twice. */
  readonly #pool: BufferPool;
  readonly #all = new Set<GPUBuffer>();
  readonly #filled = new Set<GPUBuffer>();
  readonly #free = new Map<string, GPUBuffer[]>();
  /** Released here, but not of here. */
  readonly foreign: GPUBuffer[] = [];

  constructor(device: GPUDevice, pool: BufferPool) {
    this.#device = device;
    this.#pool = pool;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { size } of this.#all) bytes += size;
    return bytes;
  }

  /** As TensorFlow.js's. */
  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false): GPUBuffer {
    const filled = mappedAtCreation || (usage & GPUBufferUsage.UNIFORM) !== 0;
    const free = filled ? undefined : (this.#free.get(keyOf(size, usage))?.pop() ?? this.#take(size, usage));
    const buffer = free ?? this.#device.createBuffer({ size, usage, mappedAtCreation });
    this.#all.add(buffer);
    if (filled) this.#filled.add(buffer);
    return buffer;
  }

  /** As TensorFlow.js's. */
  releaseBuffer(buffer: GPUBuffer): void {
    if (!this.#all.has(buffer)) {
      this.foreign.push(buffer);
      return;
    }
    if (this.#filled.has(buffer)) return;
    const key = keyOf(buffer.size, buffer.usage);
    const free = this.#free.get(key);
    if (free === undefined) this.#free.set(key, [buffer]);
    else free.push(buffer);
  }

  #take(size: number, usage: GPUBufferUsageFlags): GPUBuffer | undefined {
    const buffer = this.#pool.freeBuffers.get(keyOf(size, usage))?.pop();
    if (buffer === undefined) return undefined;
    this.#pool.numFreeBuffers -= 1;
    this.#pool.numBytesAllocated -= size;
    return buffer;
  }

  /** Work that has been handed over is still done with them. */
  destroy(): void {
    for (const buffer of this.#all) buffer.destroy();
    this.#all.clear();
  }
}
