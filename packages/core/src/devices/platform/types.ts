/** What differs between a browser and Node. Chosen by the import condition `browser` of `#platform`, so that neither is in the other's graph. */
import type { KernelBackend } from '@tensorflow/tfjs-core';

export interface Platform {
  environment(name: string): string | undefined;
  /** WebGPU's entry point. @throws Unavailable */
  gpu(dawnOptions: readonly string[]): Promise<WebGpu>;
  readonly tensorflow: TensorFlowLoader;
}

export interface WebGpu {
  readonly gpu: GPU;
  /** Who implements it: a browser, or Dawn. */
  readonly runtime: string;
  /** What to do when it has no adapter. */
  readonly noAdapterRemedy: string;
}

export type TensorFlowPackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/** TensorFlow's C library, bound to Node: one per process. */
export interface TensorFlowLoader {
  /** The one that this process has loaded, if any. */
  loaded(): NativeTensorFlow | undefined;
  /** @throws Unavailable */
  load(packageName: TensorFlowPackage): Promise<NativeTensorFlow>;
}

export interface NativeTensorFlow {
  readonly packageName: TensorFlowPackage;
  readonly backend: KernelBackend;
  /** Whether its context has a GPU; without one it works on the CPU and says nothing. */
  readonly usesGpu: boolean;
  readonly version: string;
}
