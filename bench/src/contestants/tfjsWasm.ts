/** TensorFlow.js on its own wasm backend: our layers, composed of TensorFlow.js kernels. It cannot train. */
import { serve } from '../process/serve.js';
import { useWasm } from '../tfjs/wasm.js';
import { inferenceWork } from './inference.js';

await serve(async () => ({
  version: await useWasm(),
  load: async (item, folder) => inferenceWork(item, folder),
}));
