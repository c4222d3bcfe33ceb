/** Translations on a WebGPU device in Node, image after image of one size. */
import { type Device, openDevice } from '@munit/core';
import { onEachDevice } from '@munit/testing/contract';
import { afterAll, expect, it } from 'vitest';
import { modelFor, noise, tinyUnit } from '../test/models.js';
import { createTranslator } from './index.js';

let opened: Device | undefined;
const open = async (): Promise<void> => (opened ??= await openDevice('webgpu')).activate();

await onEachDevice({ devices: [{ name: 'webgpu-node', tinyOnly: true, open }] }, 'translations of one size', () => () => {
  afterAll(() => opened?.dispose());

  it('are bit for bit those of a translator that has just begun, in memory that stays the same', async () => {
    const device = opened as Device;
    const kinds = [{ model: modelFor(), options: [{ seed: 1 }, { seed: 2 }] }, { model: modelFor(tinyUnit), options: [{}, {}] }];
    for (const { model, options } of kinds) {
      const images = [1, 2, 3, 4].map((seed) => noise(13, 18, 3, seed));
      const expected: (readonly number[])[] = [];
      for (const [i, image] of images.entries()) {
        const fresh = await createTranslator(model, { device });
        expected.push([...(await fresh.translate(image, options[i % 2])).values]);
        fresh.dispose();
      }
      expect(new Set(expected.map(String)).size).toBe(4);
      const before = device.memory();
      const translator = await createTranslator(model, { device });
      let calls = 0;
      const counting = device.capture;
      Object.assign(device, { capture: (...given: Parameters<Device['capture']>) => ((calls += 1), counting(...given)) });
      const taken: number[] = [];
      for (let round = 0; round < 2; round++) {
        for (const [i, image] of images.entries()) {
          const { values } = await translator.translate(image, options[i % 2]);
          expect([...values]).toEqual(expected[i]);
          // Other sizes in between.
          if (round === 0) await translator.translate(noise(8 + 4 * i, 20), options[0]);
          taken.push((await translator.memory()).allocatedBytes ?? 0);
        }
      }
      Object.assign(device, { capture: counting });
      // The encoder and the decoder, once.
      expect(calls).toBe(2);
      expect(new Set(taken.slice(4)).size).toBe(1);
      translator.dispose();
      await device.synchronize();
      device.trim();
      expect(device.memory().tensors).toBe(before.tensors);
      expect(device.memory().allocatedBytes).toBeLessThanOrEqual(before.allocatedBytes ?? 0);
    }
  });
});
