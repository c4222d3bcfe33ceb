/** munit on its simd device. */
import { openDevice } from '@munit/core';
import { serve, type Work } from '../process/serve.js';
import { profileKernels } from '../tfjs/kernels.js';
import { inferenceWork } from './inference.js';
import { trainingWork } from './training.js';

await serve(async () => ({
  version: 'simd',
  load: async (item, folder, threads): Promise<Work> => {
    await openDevice('simd', { threads });
    const work = item.kind === 'train' ? trainingWork(item, folder) : inferenceWork(item, folder);
    return { ...work, profile: (times) => profileKernels(() => work.run(), times) };
  },
}));
