// Tiles are chosen on a device: measured, used, remembered.
import { engine, type Rank } from '@tensorflow/tfjs-core';
import { onEachDevice } from '@munit/testing/contract';
import { afterEach, expect, type Mock, test, vi } from 'vitest';
import { conv2d } from '../../../ops/conv2d/conv2d.js';
import { memory, type Tensor4D, tensor } from '../../../tfjs.js';
import { type Device, type DeviceOptions, openDevice } from '../../devices.js';
import { openDeviceIn } from '../../open.js';
import { platform } from '../../platform/node.js';
import type { TextStore } from '../../platformTypes.js';
import { readTensor } from '../../readTensor.js';
import { SharedDevices } from '../../shared.js';
import { webgpuDriver } from '../driver.js';
import type { StopwatchFor } from './open.js';
import { createStopwatch } from './stopwatch.js';

const handles: Device[] = [];
afterEach(() => {
  for (const device of handles.splice(0)) device.dispose();
});

async function open(stopwatchFor: StopwatchFor, store: TextStore, options: DeviceOptions = { tuneTiles: true }): Promise<Device> {
  const world = { drivers: [webgpuDriver({ ...platform, store }, stopwatchFor)], shared: new SharedDevices(), environment: () => undefined };
  const device = await openDeviceIn(world, 'webgpu', options);
  handles.push(device);
  return device;
}

function memoryStore(texts = new Map<string, string>()) {
  const store: TextStore = { read: async (key) => texts.get(key), write: async (key, text) => void texts.set(key, text) };
  return { texts, store };
}

/** Says that candidates of that name take half the time. */
const favouring = (name: string): StopwatchFor => () => ({
  now: () => 0,
  time: async (dispatches) => dispatches.map(({ program }) => (program.key.endsWith(name) ? 1 : 2)),
});
const never: StopwatchFor = () => ({ now: () => 0, time: () => Promise.reject(new Error('nothing must be measured')) });

/** The device, but for some members. */
const overriding = (device: GPUDevice, members: Partial<GPUDevice>): GPUDevice =>
  new Proxy(device, {
    get(target, name) {
      if (name in members) return members[name as keyof GPUDevice];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** Takes times for real, by timestamps or as browsers without them do, and keeps account. */
function watched({ timestamps }: { readonly timestamps: boolean }) {
  const destroyed: Mock[] = [];
  const times: number[] = [];
  const stopwatchFor: StopwatchFor = (device, loss, errors) => {
    const createBuffer = (descriptor: GPUBufferDescriptor): GPUBuffer => {
      const buffer = device.createBuffer(descriptor);
      destroyed.push(vi.spyOn(buffer, 'destroy'));
      return buffer;
    };
    const watch = createStopwatch(overriding(device, { createBuffer, ...(timestamps ? {} : { features: new Set() }) }), loss, errors, () => 0);
    return {
      ...watch,
      async time(...given) {
        const found = await watch.time(...given);
        times.push(...(found ?? []));
        return found;
      },
    };
  };
  return { stopwatchFor, destroyed, times };
}

const programs = (): string[] => Object.keys((engine().backend as unknown as { readonly pipelineCache: object }).pipelineCache).filter((key) => key.startsWith('conv2d'));

const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Sums of 2×2 windows of the 3×3 image above, mirrored by one cell on all sides; added up by hand. */
const windowSums = [12, 12, 16, 16, 12, 12, 16, 16, 24, 24, 28, 28, 24, 24, 28, 28];
const convolve = (): Tensor4D =>
  conv2d(tensor<Rank.R4>(nine, [1, 3, 3, 1]), tensor<Rank.R4>([1, 1, 1, 1], [2, 2, 1, 1]), undefined, { pad: { mode: 'reflect', size: 1 } });

async function warmedUp(stopwatchFor: StopwatchFor, store: TextStore, options?: DeviceOptions) {
  const device = await open(stopwatchFor, store, options);
  await device.warmUp(() => void convolve());
  const [result, built] = [await readTensor(convolve()), programs()];
  expect([...result]).toEqual(windowSums);
  // What was built ahead is what runs.
  expect(programs()).toEqual(built);
  return { device, tiles: device.report.details['tiles'], programs: built.map((key) => key.split(' ').slice(-2).join(' ')) };
}

const webgpu = { name: 'webgpu-node', tinyOnly: true, open: async () => (await openDevice('webgpu')).dispose() };
await onEachDevice({ devices: [webgpu] }, 'tiles', () => () => {
  test('are by size on a software adapter, unless asked otherwise', async () => {
    const fails = (): Promise<never> => Promise.reject(new Error('nothing is kept'));
    const device = await open(never, { read: fails, write: fails }, {});
    // A card's are measured.
    if (device.report.details['software'] !== true) return;
    await device.warmUp(() => void convolve());
    expect([device.report.details['tiles'], programs().length]).toEqual(['by size', 1]);
  });

  test('that win are used, and the programs of the others go', async () => {
    const { store } = memoryStore();
    expect(await warmedUp(favouring('64x4/1 direct'), store)).toMatchObject({ tiles: 'measured', programs: ['64x4/1 direct'] });
  });

  test('are remembered by the next device', async () => {
    const { store, texts } = memoryStore();
    const { device } = await warmedUp(favouring('128x4/2 direct'), store);
    device.dispose();
    expect(texts.size).toBe(1);
    expect(await warmedUp(never, store)).toMatchObject({ tiles: 'remembered', programs: ['128x4/2 direct'] });
  });

  test('are measured again where what was kept is damaged', async () => {
    const { store, texts } = memoryStore();
    const { device } = await warmedUp(favouring('128x4/2 direct'), store);
    device.dispose();
    for (const [key, text] of texts) texts.set(key, text.slice(0, -5));
    expect(await warmedUp(favouring('64x4/1 direct'), store)).toMatchObject({ tiles: 'measured', programs: ['64x4/1 direct'] });
    for (const text of texts.values()) expect(JSON.parse(text)).toHaveProperty('tiles');
  });

  test.each([
    ['timestamps', true, 5],
    ['the clock', false, 3],
  ])('are measured by %s, on buffers that do not stay', async (_, timestamps, buffers) => {
    const { stopwatchFor, destroyed, times } = watched({ timestamps });
    const { store, texts } = memoryStore();
    const device = await open(stopwatchFor, store);
    const tensors = memory().numTensors;
    await device.warmUp(() => void convolve());
    expect(memory().numTensors).toBe(tensors);
    // Three candidates and their uniforms; x, weights and y; with timestamps also where those go and where they are read.
    expect(destroyed.length).toBe(3 + buffers);
    for (const destroy of destroyed) expect(destroy).toHaveBeenCalledTimes(1);
    expect(times.length).toBe(3);
    expect(times.every((time) => time > 0 && Number.isFinite(time))).toBe(true);
    expect([device.report.details['tiles'], texts.size, programs().length]).toEqual(['measured', 1, 1]);
    expect([...(await readTensor(convolve()))]).toEqual(windowSums);
  });

  test('stay by size where one of them cannot be built', async () => {
    const failing: StopwatchFor = (device, loss, errors) => {
      let built = 0;
      const weak = overriding(device, {
        createComputePipelineAsync: (descriptor) => (++built === 2 ? Promise.reject(new Error('too many registers')) : device.createComputePipelineAsync(descriptor)),
      });
      return createStopwatch(weak, loss, errors, () => 0);
    };
    const { store, texts } = memoryStore();
    expect(await warmedUp(failing, store)).toMatchObject({ tiles: 'by size', programs: ['128x4/4 direct'] });
    expect(texts.size).toBe(0);
  });

  test('are measured once the time is up too, where measuring had begun', async () => {
    let now = 0;
    const late: StopwatchFor = (device, loss, errors) => createStopwatch(device, loss, errors, () => (now += 1500));
    const { store, texts } = memoryStore();
    expect(await warmedUp(late, store)).toMatchObject({ tiles: 'measured' });
    expect(texts.size).toBe(1);
  });

  test('an option that does not exist is refused by its name', async () => {
    await expect(openDevice('webgpu', { tuneTile: true } as DeviceOptions)).rejects.toThrow("Did you mean 'tuneTiles'?");
  });
});
