/** One WebAssembly instance with its memory, allocator and workers. */
import { SimdError } from '../errors.js';
import type { SimdExports } from './exports.js';
import { type DepthwiseGeometry, depthwiseFields, type Geometry, geometryFields, recordWriter } from './geometry.js';
import { createHeap, type Heap } from './heap.js';
import { compileModule } from './module.js';
import { startWorkers, type WorkerPool } from './workers.js';

/** What the instance may use. */
export interface RuntimeOptions {
  /** Threads that compute, the calling one included. Default: the machine's, at most 16; 1 where memory cannot be shared. */
  readonly threads?: number | undefined;
  /** Fused multiply-add: `auto` takes it where the runtime has it. Digits differ slightly between the two. */
  readonly relaxed?: 'auto' | boolean | undefined;
  /**
   * Widest vectors, in bits. By default 256 where the runtime makes such code (Node 24 and later on x64 with AVX2) and a self-test at the start
   * finds that it gives the same results, bit for bit, and is faster; 128 does without both.
   */
  readonly vectors?: 128 | 256 | undefined;
  /** Most memory for tensors and scratch, in bytes. Default and maximum: 4 GiB. */
  readonly maxMemoryBytes?: number | undefined;
}

export interface Runtime {
  readonly wasm: SimdExports;
  readonly heap: Heap;
  readonly threads: number;
  readonly relaxed: boolean;
  readonly vectors: 128 | 256;
  /** Whether other threads see the memory. Where not, growing it detaches views of it. */
  readonly shared: boolean;
  readonly maxMemoryBytes: number;
  /** Where kernels get scratch memory from; the backend sets it. */
  readonly scratch: { allocate: (bytes: number) => number };
  /** Describes the next convolution to the assembly. */
  writeGeometry(geometry: Geometry): void;
  writeDepthwise(geometry: DepthwiseGeometry): void;
  /** The memory's present buffer. */
  buffer(): ArrayBufferLike;
  stop(): Promise<void>;
}

const PAGE = 65536;
/** One page short of 4 GiB, so that no address computation can wrap. */
const MAX_PAGES = 65535;
/** The heap begins behind the words of the thread pool, the records of jobs and AssemblyScript's few statics. */
const HEAP_START = 65536;
/** Kept free at the end: vector loads may read a few numbers past a tensor's last. */
const SLACK = 64;
/** Grow by at least this much, so that few calls grow. */
const GROWTH = 16 * 2 ** 20;

function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return typeof crossOriginIsolated === 'undefined' || crossOriginIsolated;
}

/** A page's main thread may not block; Node's threads and workers may. */
function mayBlock(): boolean {
  return typeof window === 'undefined';
}

function defaultThreads(): number {
  const os = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:os');
  const count = os ? os.availableParallelism() : globalThis.navigator?.hardwareConcurrency;
  return Math.min(16, Math.max(1, count ?? 1));
}

/** Reserves address space for as much as allowed; where the platform refuses, for half of it, and so on. */
function createMemory(maximum: number, shared: boolean): { memory: WebAssembly.Memory; pages: number } {
  for (let pages = maximum; ; pages = Math.floor(pages / 2)) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 2, maximum: pages, shared }), pages };
    } catch (cause) {
      if (pages < 1024) throw new SimdError('memory', 'This runtime gives no 64 MiB of WebAssembly memory.', { cause });
    }
  }
}

/** @throws SimdError when the runtime lacks WebAssembly SIMD or memory. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const shared = canShareMemory();
  const wanted = shared ? Math.max(1, Math.floor(options.threads ?? defaultThreads())) : 1;
  const limit = Math.min(MAX_PAGES, Math.max(16, Math.floor((options.maxMemoryBytes ?? MAX_PAGES * PAGE) / PAGE)));
  const { module, relaxed, vectors } = await compileModule(options.relaxed ?? 'auto', shared, options.vectors ?? 256);
  const { memory, pages } = createMemory(limit, shared);
  const grow = (bytes: number): number | undefined => {
    const now = memory.buffer.byteLength / PAGE;
    const need = Math.ceil(bytes / PAGE);
    for (const more of [Math.max(need, GROWTH / PAGE), need]) {
      if (now + more > pages) continue;
      try {
        memory.grow(more);
        return (now + more) * PAGE - SLACK;
      } catch {
        // Not that much: try the least that will do.
      }
    }
    return undefined;
  };
  const heap = createHeap(HEAP_START, memory.buffer.byteLength - SLACK, grow);
  const scratch: { allocate: (bytes: number) => number } = { allocate: () => 0 };
  const imports = { env: { memory, allocate: (bytes: number) => scratch.allocate(bytes >>> 0) } };
  const instance = await WebAssembly.instantiate(module, imports);
  // The exports' signatures are those of assembly/index.ts; the compiler of that module checked them.
  const wasm = instance.exports as unknown as SimdExports;
  const pool: WorkerPool = wanted > 1 ? await startWorkers(wanted - 1, module, memory) : { count: 0, terminate: () => Promise.resolve() };
  const threads = pool.count + 1;
  wasm.configureThreads(threads, mayBlock() ? 1 : 0);
  wasm.useWideVectors(vectors === 256 ? 1 : 0);
  return {
    wasm, heap, threads, relaxed, vectors, shared, scratch,
    maxMemoryBytes: pages * PAGE,
    writeGeometry: recordWriter(geometryFields, () => memory.buffer, wasm.geometryAddress()),
    writeDepthwise: recordWriter(depthwiseFields, () => memory.buffer, wasm.depthwiseAddress()),
    buffer: () => memory.buffer,
    stop() {
      wasm.stopWorkers();
      return pool.terminate();
    },
  };
}
