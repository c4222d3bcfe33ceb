/** A real GPU device, really lost. */
import { DeviceLostError, memory } from '@munit/core';
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
    expect(largestDifference((await gpu.translate(image, { seed: 1 })).values, expected)).toBeLessThan(1e-4);
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
