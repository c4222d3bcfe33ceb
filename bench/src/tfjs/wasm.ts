import { setBackend } from '@tensorflow/tfjs-core';
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';

/** Makes TensorFlow.js's wasm backend the one in use. In Node it has SIMD and one thread. @returns its version */
export async function useWasm(): Promise<string> {
  if (!(await setBackend('wasm'))) throw new Error("TensorFlow.js's wasm backend did not start.");
  return version_wasm;
}
