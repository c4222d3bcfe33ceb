/** munit, on the device that its argument names: simd by default. With `--recompute`, training steps recompute activations. */
import { type DeviceName, deviceNames, openDevice } from '@munit/core';
import type { Item, Kind } from '../materials/items.js';
import { serve, type Work } from '../process/serve.js';
import { profileKernels } from '../tfjs/kernels.js';
import { inferenceWork } from './inference.js';
import { featuresWork, judgingWork } from './judging.js';
import { trainingWork } from './training.js';

const recompute = process.argv.includes('--recompute');
const device: DeviceName = deviceNames.find((name) => name === process.argv[2]) ?? 'simd';

const workOf: Readonly<Record<Kind, (item: Item, folder: string) => Work>> = { translate: inferenceWork, decode: inferenceWork, train: (item, folder) => trainingWork(item, folder, recompute), lpips: judgingWork, features: featuresWork };

await serve(async () => ({
  version: device,
  load: async (item, folder, threads): Promise<Work> => {
    // A GPU's threads are its own affair.
    await openDevice(device, device === 'simd' || device === 'tensorflow' ? { threads } : {});
    const work = workOf[item.kind](item, folder);
    return { ...work, profile: (times) => profileKernels(() => work.run(), times) };
  },
}));
