/** Ten times the images take no more memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Device, memory, openDevice, Rng, tensor, type Tensor4D } from '@munit/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadFeatureExtractor } from '../extractors/extractor.js';
import { loadLpips } from '../lpips/load.js';
import { diversityFigures } from '../protocols/diversity.js';
import { frechetMetric } from './metrics.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Held {
  /** The most bytes of tensors at any batch. */
  readonly tensors: number;
  /** The most bytes of arrays that are still reachable at any batch. */
  readonly arrays: number;
}

/** What is held while `work` takes `count` batches of two images. */
async function heldBy(count: number, work: (batches: Iterable<Tensor4D>) => Promise<unknown>): Promise<Held> {
  let [tensors, arrays] = [0, 0];
  function* batches(): Generator<Tensor4D> {
    const rng = new Rng(count);
    for (let i = 0; i < count; i++) {
      // The second one waits for what the first one has found, and is still freeing beside us.
      collect();
      collect();
      arrays = Math.max(arrays, process.memoryUsage().arrayBuffers);
      const batch: Tensor4D = tensor(rng.uniforms(2 * 32 * 32 * 3, -1, 1), [2, 32, 32, 3]);
      tensors = Math.max(tensors, memory().numBytes);
      yield batch;
      batch.dispose();
    }
  }
  await work(batches());
  return { tensors, arrays };
}

/** Of one image, LPIPS with AlexNet at 32×32 computes 0.1 MB of features, and the extractor an image of 0.6 MB at 224×224: 72 kept ones would be 7 or 43 MB. */
const few = 4;
const many = 40;

it.each(['LPIPS', 'FID'] as const)('of %s', async (which) => {
  const [lpips, extractor] = which === 'LPIPS' ? [await loadLpips(), undefined] : [undefined, await loadFeatureExtractor()];
  const one: Tensor4D = tensor(new Rng(1).uniforms(3 * 32 * 32 * 3, -1, 1), [3, 32, 32, 3]);
  const work = async (batches: Iterable<Tensor4D>): Promise<unknown> => (lpips === undefined ? frechetMetric(extractor!).measure({ translations: batches, real: [one] }) : diversityFigures([lpips], batches));
  await heldBy(few, work); // What is made once is there.
  const [short, long] = [await heldBy(few, work), await heldBy(many, work)];
  expect(long.tensors).toBe(short.tensors);
  expect((long.arrays - short.arrays) / 2 ** 20).toBeLessThan(4);
  for (const held of [one, lpips, extractor]) held?.dispose();
}, 240_000);
