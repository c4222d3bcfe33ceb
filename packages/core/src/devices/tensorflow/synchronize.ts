import type { KernelBackend } from '@tensorflow/tfjs-core';
import { engine } from '@tensorflow/tfjs-core';

/** Waits for the work given so far: a GPU runs it in order, so the value of a last small op is there after all others. */
export async function synchronize(backend: KernelBackend): Promise<void> {
  const one = engine().makeTensor(Float32Array.of(1), [1], 'float32', backend);
  const last = engine().runKernel('Neg', { x: one }, {}) as typeof one;
  await last.data();
  one.dispose();
  last.dispose();
}
