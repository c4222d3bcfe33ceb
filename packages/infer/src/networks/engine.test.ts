/** A device that is lost, by a double of a real one: no driver can be reset in a test. */
import { type Device, DeviceError, DeviceLostError, domains, memory, openDevice, OutOfMemoryError, type Params, perDomain, type Tensor, treeLeaves } from '@munit/core';
import { generatorLayer } from '@munit/formats';
import { fromOfficial } from '@munit/layers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelFor, noise, tiny } from '../../test/models.js';
import { webPlatform } from '../images/read.js';
import { createTranslator, Translator } from '../translator/translator.js';
import { Engine } from './engine.js';

/** Devices that report that they can be lost, and are lost on demand. */
class FragileDevices {
  lost = false;
  opened = 0;
  refuse = false;
  /** Captured work that has not been disposed of. */
  captured = 0;
  /** What `capture` says that it takes, and what there is for it. */
  bytes = 1;
  room = 100;

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
        const result = device.scope(what, work);
        return this.captured * this.bytes > this.room ? Promise.reject(new OutOfMemoryError('The GPU is out of memory.')) : result;
      },
      capture: (inputs, work) => {
        const captured = device.capture(inputs, work);
        this.captured += 1;
        const dispose = (): void => {
          this.captured -= 1;
          captured.dispose();
        };
        return { ...captured, bytes: this.bytes, dispose };
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

it('work of equal shapes is captured when it comes again, and given back on recovery and with the translator', async () => {
  const devices = new FragileDevices();
  const translator = await translatorOn(devices);
  const captured = async (...sizes: readonly number[]): Promise<number> => {
    for (const size of sizes) await translator.translate(noise(size, size), { seed: 1 });
    return devices.captured;
  };
  expect(await captured(16, 20, 24, 28)).toBe(0);
  // Its encoder and its decoder; then nothing more.
  expect(await captured(16)).toBe(2);
  expect(await captured(16, 16, 32)).toBe(2);
  // The decoder alone, as the contents are of one image.
  await translator.translate(noise(36, 36), { styles: 3, seed: 1 });
  expect(devices.captured).toBe(3);
  await translator.translate(noise(16, 16), { to: 'a', seed: 1 });
  expect(devices.captured).toBe(3);
  devices.lost = true;
  expect(await captured(16)).toBe(0);
  expect(await captured(16)).toBe(2);
  translator.dispose();
  expect(devices.captured).toBe(0);
});

it('what worked before it was captured works when there is no memory for that, and is not captured again', async () => {
  const before = memory().numTensors;
  const devices = new FragileDevices();
  const translator = await translatorOn(devices);
  const image = noise(16, 16);
  const first = await translator.translate(image, { seed: 1 });
  devices.bytes = devices.room + 1;
  for (let i = 0; i < 3; i++) expect((await translator.translate(image, { seed: 1 })).values).toEqual(first.values);
  expect(devices.captured).toBe(0);
  translator.dispose();
  expect(memory().numTensors).toBe(before);
});

it('other work that finds no memory left finds what captured work gave back the next time', async () => {
  const devices = new FragileDevices();
  const translator = await translatorOn(devices);
  const image = noise(16, 16);
  for (let i = 0; i < 2; i++) await translator.translate(image, { seed: 1 });
  devices.room = 1;
  expect(devices.captured).toBe(2);
  await expect(translator.styleOf(image)).rejects.toThrow(OutOfMemoryError);
  expect(devices.captured).toBe(0);
  expect(await translator.styleOf(image)).toHaveLength(3);
  translator.dispose();
});

it('nothing is captured of parameters that are the caller’s, who may change them', async () => {
  const devices = new FragileDevices();
  const device = await devices.open();
  const layers = perDomain((domain) => generatorLayer(tiny, domain));
  const parameters = perDomain((domain) => fromOfficial(layers[domain], modelFor().networks[domain]) as Params);
  const translator = await createTranslator({ architecture: tiny, parameters }, { device });
  for (let i = 0; i < 3; i++) await translator.translate(noise(16, 16));
  expect(devices.captured).toBe(0);
  translator.dispose();
  for (const domain of domains) for (const leaf of treeLeaves<Tensor>(parameters[domain])) leaf.dispose();
  device.dispose();
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

it('a translator that is disposed of while it recovers leaves no device open', async () => {
  const devices = new FragileDevices();
  let handles = 0;
  const open = async (): Promise<Device> => {
    const device = await devices.open();
    handles += 1;
    return {
      ...device,
      dispose: () => {
        handles -= 1;
        device.dispose();
      },
    };
  };
  const engine = await Engine.open({ architecture: tiny, model: modelFor(), open, ownsDevice: true });
  const recovering = engine.recover();
  engine.dispose();
  await expect(recovering).rejects.toThrow('The translator was disposed of. Load it again.');
  expect(handles).toBe(0);
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

it('halves are refused where the device cannot store them, and nothing is left behind', async () => {
  const before = memory().numTensors;
  await expect(createTranslator(modelFor(), { device: base, storage: 'float16' })).rejects.toThrow(DeviceError);
  await expect(createTranslator(modelFor(), { device: base, storage: 'float16' })).rejects.toThrow(/on WebGPU only.*leave storage out/);
  await expect(createTranslator(modelFor(), { device: base, storage: 'half' as never })).rejects.toThrow("'storage' must be one of float32, float16, but it is 'half'");
  expect(memory().numTensors).toBe(before);
});

it('tiles are measured for images of a size that is given, and for no others', async () => {
  const measured: unknown[] = [];
  const device: Device = { ...base, warmUp: async (work, options) => {
    measured.push(options?.measure);
    await base.warmUp(work);
  } };
  const translator = await createTranslator(modelFor(), { device });
  await translator.warmUp();
  await translator.warmUp({ width: 24, height: 16 });
  expect(measured).toEqual([false, true]);
  translator.dispose();
  // In bands, that size would not be what is measured.
  const limited = await createTranslator(modelFor(), { device, memoryLimit: 4e6 });
  await limited.warmUp({ width: 512, height: 512 });
  expect(measured).toEqual([false, true, false]);
  limited.dispose();
});
