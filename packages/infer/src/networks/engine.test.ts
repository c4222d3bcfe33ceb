/** A device that is lost, by a double of a real one: no driver can be reset in a test. */
import { type Device, DeviceLostError, memory, openDevice, OutOfMemoryError } from '@munit/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelFor, noise, tiny } from '../../test/models.js';
import { webPlatform } from '../images/read.js';
import { Translator } from '../translator/translator.js';
import { Engine } from './engine.js';

/** Devices that report that they can be lost, and are lost on demand. */
class FragileDevices {
  lost = false;
  opened = 0;
  refuse = false;

  readonly open = async (): Promise<Device> => {
    if (this.refuse) throw new DeviceLostError('There is no device any more.');
    const device = await openDevice('simd', { threads: 1 });
    this.opened += 1;
    this.lost = false;
    const check = (): void => {
      if (this.lost) throw new DeviceLostError('The device was lost.');
    };
    return {
      ...device,
      name: 'webgpu',
      activate: () => {
        check();
        device.activate();
      },
      scope: (what, work) => {
        check();
        return device.scope(what, work);
      },
    };
  };
}

async function translatorOn(devices: FragileDevices): Promise<Translator> {
  const engine = await Engine.open({ architecture: tiny, model: modelFor(), open: devices.open, ownsDevice: true });
  return new Translator({ engine, platform: webPlatform, domains: modelFor().domains, architecture: tiny, about: {}, weightBytes: 0 });
}

let base: Device;
beforeAll(async () => {
  base = await openDevice('simd', { threads: 1 });
});
afterAll(() => base.dispose());

it('a translation survives the loss of its device; encoded contents do not, and say so', async () => {
  const before = memory().numTensors;
  const devices = new FragileDevices();
  const translator = await translatorOn(devices);
  const image = noise(16, 16);
  const first = await translator.translate(image, { seed: 1 });
  const content = await translator.encode(image);
  devices.lost = true;
  expect((await translator.translate(image, { seed: 1 })).values).toEqual(first.values);
  expect(devices.opened).toBe(2);
  await expect(translator.decode(content)).rejects.toThrow(DeviceLostError);
  await expect(translator.decode(content)).rejects.toThrow(/Encode the image again/);
  devices.lost = true;
  await Promise.all([translator.translate(image), translator.translate(image)]);
  expect(devices.opened).toBe(3);
  translator.dispose();
  expect(memory().numTensors).toBe(before);
});

it('a device that does not come back is an error, and may come back later', async () => {
  const devices = new FragileDevices();
  const translator = await translatorOn(devices);
  devices.lost = true;
  devices.refuse = true;
  await expect(translator.translate(noise(16, 16))).rejects.toThrow(/no device any more/);
  await expect(translator.recover()).rejects.toThrow(DeviceLostError);
  // The handle on the lost device is gone and cannot be asked: what the process holds is known all the same.
  const { numTensors, numBytes } = memory();
  expect(await translator.memory()).toEqual({ tensors: numTensors, bytes: numBytes, allocatedBytes: undefined, device: translator.device });
  devices.refuse = false;
  expect((await translator.translate(noise(16, 16))).width).toBe(16);
  expect((await translator.memory()).allocatedBytes).toBeGreaterThan(0);
  translator.dispose();
  await expect(translator.memory()).rejects.toThrow(/disposed/);
});

it('weights are kept only where a device can be lost', async () => {
  const engine = await Engine.open({ architecture: tiny, model: modelFor(), open: () => openDevice('simd'), ownsDevice: true });
  expect(engine.recoverable).toBe(false);
  await expect(engine.recover()).rejects.toThrow(/Load the model again/);
  engine.dispose();
});

it('a backend that has no memory left is a named error', async () => {
  const full: Device = {
    ...base,
    scope: () => Promise.reject(Object.assign(new Error('4 GiB are taken'), { code: 'memory' })),
  };
  const engine = await Engine.open({ architecture: tiny, model: modelFor(), open: () => Promise.resolve(full), ownsDevice: false });
  const translator = new Translator({ engine, platform: webPlatform, domains: modelFor().domains, architecture: tiny, about: {}, weightBytes: 0 });
  await expect(translator.translate(noise(16, 16))).rejects.toThrow(OutOfMemoryError);
  translator.dispose();
});
