/** munit, on the device that its argument names: simd by default. */
import { type DeviceName, deviceNames, openDevice } from '@munit/core';
import { serve, type Work } from '../process/serve.js';
import { profileKernels } from '../tfjs/kernels.js';
import { inferenceWork } from './inference.js';
import { judgingWork } from './judging.js';
import { trainingWork } from './training.js';

const device: DeviceName = deviceNames.find((name) => name === process.argv[2]) ?? 'simd';

await serve(async () => ({
  version: device,
  load: async (item, folder, threads): Promise<Work> => {
    // A GPU's threads are its own affair.
    await openDevice(device, device === 'simd' || device === 'tensorflow' ? { threads } : {});
    const work = item.kind === 'lpips' ? judgingWork(item, folder) : item.kind === 'train' ? trainingWork(item, folder) : inferenceWork(item, folder);
    return { ...work, profile: (times) => profileKernels(() => work.run(), times) };
  },
}));
