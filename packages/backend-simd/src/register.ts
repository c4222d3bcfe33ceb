/** Registration with TensorFlow.js. */
import { env, findBackendFactory, getKernelsForBackend, type KernelFunc, registerBackend, registerKernel, removeBackend, unregisterKernel } from '@tensorflow/tfjs-core';
import { SimdBackend } from './backend.js';
import { SimdError } from './errors.js';
import { BACKEND_NAME, toConfig } from './kernels/define.js';
import { kernels } from './kernels/all.js';
import { createRuntime, type Runtime, type RuntimeOptions } from './runtime/runtime.js';

/** Options of `registerSimdBackend`. */
export interface SimdOptions extends RuntimeOptions {
  /** TensorFlow.js picks the backend of highest priority when none is set. Default: 2 (above 'cpu'). */
  readonly priority?: number | undefined;
}

/** Their names, which the compiler holds complete. */
const optionNames: { readonly [K in keyof SimdOptions]-?: true } = { threads: true, relaxed: true, vectors: true, maxMemoryBytes: true, priority: true };

/** A misspelt option would otherwise be ignored. @throws SimdError for anything but an object, and for an option that nothing reads */
function checkOptions(options: SimdOptions): void {
  const known = `Known options: ${Object.keys(optionNames).join(', ')}.`;
  if (typeof options !== 'object' || options === null) throw new SimdError('input', `registerSimdBackend: the options must be an object, but ${String(options)} came. ${known}`);
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(optionNames, key)) throw new SimdError('input', `registerSimdBackend: there is no option '${key}'. ${known}`);
  }
}

/** What was registered. */
export interface SimdInfo {
  /** Threads that compute, the calling one included. */
  readonly threads: number;
  /** Fused multiply-adds (relaxed SIMD), or baseline SIMD. */
  readonly simd: 'relaxed' | 'baseline';
  /** Bits of the vectors: 256 where the runtime pairs 128-bit ones, and a self-test has found that results are equal bit for bit. */
  readonly vectors: 128 | 256;
  /** Most memory that tensors and scratch can take, in bytes. */
  readonly maxMemoryBytes: number;
}

interface Registered {
  readonly info: SimdInfo;
  readonly runtime: Runtime;
}

let registered: Promise<Registered> | undefined;

/**
 * Registers the TensorFlow.js backend 'simd' and all its kernels; `tf.setBackend('simd')` then selects it.
 * While it is registered, another call returns the first call's result, whatever the options.
 * @throws SimdError when the runtime lacks WebAssembly SIMD or memory, or for an option that does not exist
 */
export async function registerSimdBackend(options: SimdOptions = {}): Promise<SimdInfo> {
  checkOptions(options);
  // Somebody may have taken the backend out of TensorFlow.js.
  if (registered && (await registered) && findBackendFactory(BACKEND_NAME) === null) await disposeSimdBackend();
  registered ??= register(options).catch((error: unknown) => {
    registered = undefined;
    throw error;
  });
  return (await registered).info;
}

/**
 * Takes the backend out of TensorFlow.js, stops the workers and frees the memory; every tensor on the backend is gone. (A Node process
 * ends by itself without this: the workers do not hold it.) The backend can be registered again.
 */
export async function disposeSimdBackend(): Promise<void> {
  if (!registered) return;
  const { runtime } = await registered;
  registered = undefined;
  // TensorFlow.js may have been asked to dispose of it already.
  if (findBackendFactory(BACKEND_NAME) !== null) removeBackend(BACKEND_NAME);
  for (const { kernelName } of getKernelsForBackend(BACKEND_NAME)) unregisterKernel(kernelName, BACKEND_NAME);
  await runtime.stop();
}

async function register(options: SimdOptions): Promise<Registered> {
  // Registers the backend 'cpu' as well, whose kernels stand in for those that we do not have.
  await import('@tensorflow/tfjs-backend-cpu');
  const runtime = await createRuntime(options);
  const fallbacks = new Map(getKernelsForBackend('cpu').map(({ kernelName, kernelFunc }) => [kernelName, withLog(kernelName, kernelFunc)]));
  for (const kernel of kernels) {
    registerKernel(toConfig(kernel, fallbacks.get(kernel.name)));
    fallbacks.delete(kernel.name);
  }
  for (const [kernelName, kernelFunc] of fallbacks) registerKernel({ kernelName, kernelFunc, backendName: BACKEND_NAME });
  // TensorFlow.js makes a new backend after `tf.engine().reset()`: on the same memory and workers.
  registerBackend(BACKEND_NAME, () => new SimdBackend(runtime), options.priority ?? 2);
  const info: SimdInfo = { threads: runtime.threads, simd: runtime.relaxed ? 'relaxed' : 'baseline', vectors: runtime.vectors, maxMemoryBytes: runtime.maxMemoryBytes };
  return { info, runtime };
}

/** Says once, in TensorFlow.js's debug mode, that a kernel runs on the slow path. */
function withLog(name: string, run: KernelFunc): KernelFunc {
  let logged = false;
  return (params) => {
    if (!logged && env().getBool('DEBUG')) console.debug(`simd backend: ${name} runs on TensorFlow.js's CPU kernel.`);
    logged = true;
    return (params.backend as SimdBackend).runOnCpu(() => run(params));
  };
}
