/** A real GPU device, really lost. */
import { DeviceLostError, memory, openDevice } from '@munit/core';
import { packModel } from '@munit/formats';
import { expect, it } from 'vitest';
import { largestDifference, modelFor, noise } from '../test/pageModels.js';
import { createTranslator, loadTranslator } from './index.js';

it('translates on WebGPU as on the CPU, and continues after the device was lost', async () => {
  const devices: GPUDevice[] = [];
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, ...args) {
    const device = await request.apply(this, args);
    devices.push(device);
    return device;
  };
  try {
    const cpu = await createTranslator(modelFor(), { device: 'simd', threads: 1 });
    const image = noise(21, 18);
    const expected = (await cpu.translate(image, { seed: 1 })).values;
    const before = memory().numTensors;
    const kinds: string[] = [];
    const bytes = (await packModel(modelFor())).get('model.safetensors')!;
    const gpu = await loadTranslator(bytes, { device: 'webgpu', onProgress: ({ kind }) => kinds.push(kind) });
    expect(kinds.slice(-3)).toEqual(['upload', 'compile', 'ready']);
    const first = (await gpu.translate(image, { seed: 1 })).values;
    expect(largestDifference(first, expected)).toBeLessThan(1e-4);
    // From the second one on it is captured work.
    for (let i = 0; i < 2; i++) expect((await gpu.translate(image, { seed: 1 })).values).toEqual(first);
    const { limitBytes, fits } = gpu.estimateTranslation(image);
    expect([limitBytes! > 2 ** 26, fits]).toEqual([true, true]);

    const content = await gpu.encode(image);
    devices.at(-1)!.destroy();
    await devices.at(-1)!.lost;
    expect(largestDifference((await gpu.translate(image, { seed: 1 })).values, expected)).toBeLessThan(1e-4);
    expect(devices).toHaveLength(2);
    await expect(gpu.decode(content)).rejects.toThrow(DeviceLostError);
    gpu.dispose();
    expect(memory().numTensors).toBe(before);
    cpu.dispose();
  } finally {
    GPUAdapter.prototype.requestDevice = request;
  }
});

it('stores weights and maps as halves where it is asked to, close to float32 and in fewer bytes', async () => {
  const device = await openDevice('webgpu');
  const image = noise(24, 20);
  const before = memory().numTensors;
  const run = async (storage: 'float32' | 'float16') => {
    const translator = await createTranslator(modelFor(), { device, storage });
    const { allocatedBytes, bytes } = device.memory();
    const translate = async (): Promise<Float32Array[]> => (await translator.translate(image, { styles: 3, seed: 1 })).map(({ values }) => values);
    const made = { pictures: await translate(), again: await translate(), style: await translator.styleOf(image) };
    translator.dispose();
    return { ...made, share: allocatedBytes! / bytes };
  };
  const [whole, halves] = [await run('float32'), await run('float16')];
  const differences = halves.pictures.map((values, i) => largestDifference(values, whole.pictures[i]!));
  // Rounded, and not the same as before.
  expect(Math.min(...differences)).toBeGreaterThan(0);
  expect(Math.max(...differences)).toBeLessThan(5e-3);
  expect(largestDifference(halves.style, whole.style) / Math.max(...whole.style.map(Math.abs))).toBeLessThan(5e-3);
  expect(halves.again).toEqual(halves.pictures);
  // Of the bytes of all weights as float32, which are uploaded when they are first used; as halves, at once.
  expect(whole.share).toBe(0);
  expect(halves.share).toBeGreaterThan(0.4);
  expect(halves.share).toBeLessThan(0.6);
  expect(memory().numTensors).toBe(before);
  device.dispose();
});
