/** What differs between a browser and Node. Chosen by the import condition `browser` of `#platform`, so that neither is in the other's graph. */
import type { KernelBackend } from '@tensorflow/tfjs-core';

export interface Platform {
  environment(name: string): string | undefined;
  /** WebGPU's entry point. @throws Unavailable */
  gpu(dawnOptions: readonly string[]): Promise<WebGpu>;
  readonly tensorflow: TensorFlowLoader;
  /** Where small texts stay from one process or page to the next. */
  readonly store: TextStore;
}

/** Texts by keys. Both calls reject where nothing can be kept. */
export interface TextStore {
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

export interface WebGpu {
  readonly gpu: GPU;
  /** Who implements it: a browser, or Dawn. */
  readonly runtime: string;
  /** Which of them, as it names itself; empty where it does not. */
  readonly version: string;
  /** What to do when it has no adapter. */
  readonly noAdapterRemedy: string;
}

/** TensorFlow's C library, bound to Node: one per process. */
export interface TensorFlowLoader {
  /** The one that this process has loaded, if any. */
  loaded(): NativeTensorFlow | undefined;
  /**
   * Loads it, with as many threads as it likes unless a number is given; `cpu` keeps it off a GPU.
   * @throws Unavailable
   */
  load(where: 'gpu' | 'cpu', threads?: number): Promise<NativeTensorFlow>;
}

export interface NativeTensorFlow {
  readonly backend: KernelBackend;
  /** What was loaded: a package, or the folder of an addon. */
  readonly source: string;
  readonly version: string;
  /** Whether its context has a GPU; without one it works on the CPU and says nothing. */
  readonly usesGpu: boolean;
  /** Whether it could use one if it found it. */
  readonly builtForGpu: boolean;
  /** What to do for a GPU that it did not find. */
  readonly gpuRemedy: string;
  readonly threads: number;
}

/** TensorFlow's binding as `scripts/tensorflow.mjs` builds it into a folder: what that folder's `addon.json` says. */
export interface Addon {
  readonly folder: string;
  /** TensorFlow's version. */
  readonly tensorflow: string;
  /** Whether that TensorFlow has kernels for a GPU. */
  readonly gpu: boolean;
}
