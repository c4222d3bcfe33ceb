import { findBackend, findBackendFactory } from '@tensorflow/tfjs-core';
import { type DeviceDriver, Unavailable } from './driver.js';
import { importUnregistered } from './registration.js';

const tfjsName = 'simd';

/** The end of the last device: its workers and kernels must be gone before the next one opens. */
let closing: Promise<void> = Promise.resolve();

/** Our own backend for CPUs: WebAssembly SIMD, with threads where memory can be shared. */
export const simdDriver: DeviceDriver = {
  name: 'simd',
  async open({ options: { threads, vectors } }) {
    await closing;
    const borrowed = findBackendFactory(tfjsName) !== null;
    const { registerSimdBackend, disposeSimdBackend, SimdError } = await import('@munit/backend-simd');
    try {
      const info = await importUnregistered(() => registerSimdBackend({ threads, vectors }), tfjsName);
      if (borrowed && threads !== undefined && threads !== info.threads) {
        throw new Unavailable(`the program has registered a '${tfjsName}' backend with ${info.threads} threads, but ${threads} were asked for`, 'Leave out `threads`, or open the device first.');
      }
      const backend = findBackend(tfjsName);
      const level = `${info.simd === 'relaxed' ? 'relaxed SIMD' : 'SIMD'}${info.vectors === 256 ? ' of 256 bits' : ''}`;
      return {
        tfjsName,
        backend,
        description: `WebAssembly ${level} on ${info.threads} ${info.threads === 1 ? 'thread' : 'threads'}`,
        details: { threads: info.threads, simd: info.simd, vectors: info.vectors, maxMemoryMiB: Math.floor(info.maxMemoryBytes / 2 ** 20) },
        software: false,
        borrowed,
        allocatedBytes: () => (backend.memory() as { readonly unreliable: boolean; readonly wasmBytes?: number }).wasmBytes ?? 0,
        close: () => {
          closing = disposeSimdBackend();
          return closing;
        },
      };
    } catch (error) {
      if (!(error instanceof SimdError)) throw error;
      throw new Unavailable(`its backend did not load (${error.message})`, 'Use a current browser, or Node 20.19 or later.', error);
    }
  },
};
