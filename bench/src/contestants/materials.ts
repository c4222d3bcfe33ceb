/** Writes an item's files in a process of its own, so that no contestant's memory holds the drawing of weights. */
import { makeMaterials } from '../materials/make.js';
import { serve } from '../process/serve.js';

await serve(async () => ({
  version: '',
  load: async (item, folder, threads) => {
    await makeMaterials(item, folder, { threads, onnx: process.argv.includes('--onnx') });
    return { run: async () => undefined, check: async () => ({}) };
  },
}));
