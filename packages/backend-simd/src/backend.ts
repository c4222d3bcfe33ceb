/** The TensorFlow.js backend: tensors live in wasm memory, kernels run there. */
import {
  type BackendTimingInfo, type BackendValues, buffer, type DataType, engine, kernel_impls, KernelBackend, type Rank, type Tensor,
  type Tensor2D, type TensorBuffer, type TensorInfo, util,
} from '@tensorflow/tfjs-core';
import { SimdError } from './errors.js';
import { createFilterCache, type FilterCache } from './filterCache.js';
import type { SimdExports } from './runtime/exports.js';
import type { Runtime } from './runtime/runtime.js';
import { TensorNotes, TensorStorage } from './storage.js';
import { bytesPerElement, WasmBuffer } from './wasmBuffer.js';

type DataId = TensorInfo['dataId'];

/** Most memory for transformed filters, as a share of all. */
const FILTER_SHARE = 1 / 8;
/** Scratch for the many small requests of a kernel: tables and packed filters come from here without the allocator. */
const ARENA_BYTES = 2 ** 18;
const LINE = 64;

export class SimdBackend extends KernelBackend {
  readonly runtime: Runtime;
  readonly wasm: SimdExports;
  readonly data: TensorStorage;
  readonly filters: FilterCache;
  /** As the CPU backend's, whose kernels read it: rows and columns of a block of a matrix product. */
  readonly blockSize = 48;
  /** Name of the kernel that runs, for error messages. */
  running = 'a tensor';
  #scratch: number[] = [];
  readonly #arena: number;
  #arenaUsed = 0;
  #disposed = false;
  /** Buffers that CPU kernels have copies of, and how many of those kernels run, one within the other. */
  readonly #copies = new Set<WasmBuffer>();
  #cpuKernels = 0;

  constructor(runtime: Runtime) {
    super();
    this.runtime = runtime;
    this.wasm = runtime.wasm;
    this.data = new TensorStorage(this, engine());
    const { state } = engine();
    if (!(state.tensorInfo instanceof TensorNotes)) state.tensorInfo = new TensorNotes(state.tensorInfo);
    this.filters = createFilterCache(runtime.heap, runtime.maxMemoryBytes * FILTER_SHARE);
    runtime.scratch.allocate = (bytes) => this.scratch(bytes);
    this.#arena = this.#allocate(ARENA_BYTES);
  }

  /** A new tensor's place; its contents are arbitrary. */
  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    const dataId = {};
    const info: TensorInfo = { dataId, shape: [...shape], dtype };
    this.#store(dataId, info.shape, dtype, 1);
    return info;
  }

  /** Another tensor on the same data. */
  alias(info: TensorInfo, shape: readonly number[] = info.shape): TensorInfo {
    this.incRef(info.dataId);
    return { dataId: info.dataId, shape: [...shape], dtype: info.dtype };
  }

  /** Address of a tensor's data. */
  pointer(info: TensorInfo): number {
    return this.data.get(info.dataId).pointer;
  }

  /** Memory that lasts until the running kernel returns. */
  scratch(bytes: number): number {
    const end = this.#arenaUsed + Math.ceil(bytes / LINE) * LINE;
    if (end <= ARENA_BYTES) {
      const at = this.#arena + this.#arenaUsed;
      this.#arenaUsed = end;
      return at;
    }
    const address = this.#allocate(bytes);
    this.#scratch.push(address);
    return address;
  }

  /** Runs a CPU kernel, after which what it wrote is in the memory. */
  runOnCpu<T>(kernel: () => T): T {
    this.#cpuKernels += 1;
    try {
      return kernel();
    } finally {
      this.#cpuKernels -= 1;
      this.settle();
    }
  }

  /** Before the memory is read: what CPU kernels have written to copies. */
  settle(): void {
    if (this.#copies.size === 0) return;
    for (const held of this.#copies) {
      held.writeBack();
      // A kernel that still runs may write more.
      if (this.#cpuKernels === 0) held.dropCopy();
    }
  }

  releaseScratch(): void {
    this.#arenaUsed = 0;
    for (const address of this.#scratch) this.runtime.heap.free(address);
    this.#scratch.length = 0;
    this.filters.release();
  }

  #allocate(bytes: number): number {
    let address = this.runtime.heap.allocate(bytes);
    if (address !== undefined) return address;
    this.filters.clear();
    address = this.runtime.heap.allocate(bytes);
    if (address !== undefined) return address;
    const mib = (n: number): string => `${(n / 2 ** 20).toFixed(1)} MiB`;
    throw new SimdError(
      'memory',
      `${this.running} needs ${mib(bytes)} more, but ${mib(this.runtime.heap.used)} of at most ${mib(this.runtime.maxMemoryBytes)} are in use. `
        + 'Use a smaller image, batch or width, or dispose of tensors that are no longer needed.',
    );
  }

  #store(dataId: DataId, shape: readonly number[], dtype: DataType, refCount: number): WasmBuffer {
    const length = shape.reduce((product, size) => product * size, 1);
    const hasBuffer = dtype !== 'string' && dtype !== 'complex64';
    const pointer = hasBuffer ? this.#allocate(Math.max(1, length) * bytesPerElement(dtype)) : 0;
    const held = new WasmBuffer(this.runtime, this.#copies, dtype, length, pointer);
    held.refCount = refCount;
    this.data.set(dataId, held);
    return held;
  }

  /** As the CPU backend's: TensorFlow.js's CPU kernels make their results with it. */
  makeTensorInfo(shape: number[], dtype: DataType, values?: BackendValues | string[]): TensorInfo {
    const info = this.output(shape, dtype);
    if (values !== undefined && values !== null) {
      const strings = dtype === 'string' && values.length > 0 && typeof values[0] === 'string';
      this.data.get(info.dataId).values = strings
        ? (values as string[]).map((text) => util.encodeString(text))
        : (values as ArrayLike<number>);
    }
    return info;
  }

  disposeIntermediateTensorInfo(info: TensorInfo): void {
    this.disposeData(info.dataId);
  }

  /** As the CPU backend's. */
  makeOutput<T extends Tensor>(values: BackendValues, shape: number[], dtype: DataType): T {
    return engine().makeTensorFromTensorInfo(this.makeTensorInfo(shape, dtype, values), this) as T;
  }

  /** As the CPU backend's. */
  bufferSync(info: TensorInfo): TensorBuffer<Rank, 'float32'> {
    const read = this.readSync(info.dataId);
    const values = info.dtype === 'string' ? (read as Uint8Array[]).map((bytes) => util.decodeString(bytes)) : read;
    return buffer(info.shape as [], info.dtype as 'float32', values as Float32Array);
  }

  /** As the CPU backend's. */
  where(condition: Tensor): Tensor2D {
    return kernel_impls.whereImpl(condition.shape, this.readSync(condition.dataId) as Uint8Array);
  }

  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues | null, shape: number[], dtype: DataType, refCount: number): void {
    const held = this.#store(dataId, shape, dtype, refCount);
    if (values !== null && values !== undefined) held.values = values as ArrayLike<number>;
  }

  override readSync(dataId: DataId): BackendValues {
    this.settle();
    const held = this.data.get(dataId);
    if (held.strings) return held.strings;
    if (held.complexTensorInfos) {
      const { real, imag } = held.complexTensorInfos;
      const re = this.readSync(real.dataId) as Float32Array;
      const im = this.readSync(imag.dataId) as Float32Array;
      return Float32Array.from({ length: 2 * re.length }, (_, i) => (i % 2 ? im : re)[i >> 1] ?? 0);
    }
    return held.dtype === 'string' ? [] : held.view().slice();
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    // The addresses of a backend that is gone belong to the next one.
    if (this.#disposed || !this.data.has(dataId)) return true;
    const held = this.data.get(dataId);
    held.refCount--;
    if (!force && held.refCount > 0) return false;
    if (held.complexTensorInfos) {
      this.disposeData(held.complexTensorInfos.real.dataId, true);
      this.disposeData(held.complexTensorInfos.imag.dataId, true);
    }
    held.dropCopy();
    this.filters.forget(dataId);
    if (held.pointer !== 0) this.runtime.heap.free(held.pointer);
    this.data.delete(dataId);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.data.get(dataId).refCount++;
  }

  decRef(dataId: DataId): void {
    if (this.data.has(dataId)) this.data.get(dataId).refCount--;
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override memory(): { unreliable: boolean; wasmBytes: number; wasmUsedBytes: number } {
    return { unreliable: false, wasmBytes: this.runtime.buffer().byteLength, wasmUsedBytes: this.runtime.heap.used };
  }

  override async time(run: () => void): Promise<BackendTimingInfo> {
    const start = util.now();
    run();
    return { kernelMs: util.now() - start };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  /** Frees all memory; the workers stay for the next backend on the same runtime (`disposeSimdBackend` ends them). */
  override dispose(): void {
    this.#disposed = true;
    this.runtime.heap.clear();
  }
}
