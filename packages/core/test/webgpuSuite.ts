/** What the WebGPU device must do, in Node on Dawn and in a browser alike. */
import { engine, type Rank } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterEach, describe, expect, test } from 'vitest';
import { differentiable } from '../src/autodiff/tape.js';
import { grad } from '../src/autodiff/valueAndGrad.js';
import { type Device, openDevice } from '../src/devices/devices.js';
import { readTensor } from '../src/devices/readTensor.js';
import { DeviceError, DeviceLostError } from '../src/errors/index.js';
import { conv2d, mul, normalize } from '../src/index.js';
import * as raw from '../src/ops/shared/raw.js';
import { memory, type Scalar, type Tensor, type Tensor4D, tensor, tidy } from '../src/tfjs.js';

const handles: Device[] = [];
async function open(): Promise<Device> {
  const device = await openDevice('webgpu');
  handles.push(device);
  return device;
}

const backend = (): WebGPUBackend => engine().backend as WebGPUBackend;
const image = (values: readonly number[], height: number, width: number): Tensor4D => tensor<Rank.R4>([...values], [1, height, width, 1]);
/** The largest distance of the two; infinite when one is longer. */
function worst(ours: Float32Array, truth: readonly number[]): number {
  if (ours.length !== truth.length) return Infinity;
  return Math.max(...truth.map((value, i) => Math.abs((ours[i] as number) - value)));
}

/** Σ x, differentiable. */
const sum = (x: Tensor): Scalar =>
  differentiable<Scalar>({
    name: 'sum',
    inputs: [x],
    forward: () => raw.sum(x, x.shape.map((_, i) => i)) as Scalar,
    backward: ({ dy }) => [raw.mul(raw.fill(x.shape, 1), dy)],
  });

const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Sums of 2×2 windows of the 3×3 image above, mirrored by one cell on all sides; added up by hand. */
const windowSums = [12, 12, 16, 16, 12, 12, 16, 16, 24, 24, 28, 28, 24, 24, 28, 28];
const convolve = (x: Tensor): Tensor4D =>
  conv2d(x as Tensor4D, tensor<Rank.R4>([1, 1, 1, 1], [2, 2, 1, 1]), undefined, { pad: { mode: 'reflect', size: 1 } });

export function describeWebGpu(runtime: string): void {
  afterEach(() => {
    for (const device of handles.splice(0)) device.dispose();
  });

  describe(`webgpu (${runtime})`, () => {
    test('says which adapter it took', async () => {
      const { report } = await open();
      expect(report).toMatchObject({ taken: 'webgpu', rejected: [], details: { runtime } });
      expect(report.details['vendor']).not.toBe('');
      // TensorFlow.js's own registration would have left the specification's 128 MiB.
      expect(report.details['maxBindingMiB']).toBeGreaterThan(128);
      expect(engine().backendName).toBe('webgpu');
    });

    test('convolves and goes back through a mirrored border', async () => {
      await open();
      expect(worst(await readTensor(tidy(() => convolve(image(nine, 3, 3)))), windowSums)).toBeLessThan(1e-5);
      // A cell is in one window per axis more for each mirror image of it: 2, 2 + 1 + 1, 2 along each axis.
      const gradient = grad((x) => sum(convolve(x)), image(nine, 3, 3));
      expect(worst(await readTensor(gradient), [4, 8, 4, 8, 16, 8, 4, 8, 4])).toBeLessThan(1e-5);
    });

    test('normalizes and goes back', async () => {
      await open();
      const run = (x: Tensor): Tensor4D =>
        normalize(x as Tensor4D, { over: 'instance', scale: tensor<Rank.R1>([2]), shift: tensor<Rank.R1>([1]) });
      const inverse = 1 / Math.sqrt(1.25 + 1e-5);
      const normalized = [-1.5, -0.5, 0.5, 1.5].map((value) => value * inverse);
      expect(worst(await readTensor(run(image([1, 2, 3, 4], 2, 2))), normalized.map((value) => 2 * value + 1))).toBeLessThan(1e-5);

      // dx = 2 inv (g − mean g − x̂ mean(g x̂)) for the cotangent g.
      const g = [1, 0, -2, 0.5];
      const along = g.reduce((total, value, i) => total + value * (normalized[i] as number), 0) / 4;
      const truth = g.map((value, i) => 2 * inverse * (value + 0.125 - (normalized[i] as number) * along));
      expect(worst(await readTensor(grad((x) => sum(mul(run(x), image(g, 2, 2))), image([1, 2, 3, 4], 2, 2))), truth)).toBeLessThan(1e-5);
    });

    test('computes small tensors on the GPU too, and keeps no copy of what is read', async () => {
      await open();
      const y = raw.add(tensor([1, 2]), tensor([3, 4]));
      const data = backend().tensorMap.get(y.dataId);
      expect(data.values ?? null).toBeNull();
      expect([...(await readTensor(y))]).toEqual([4, 6]);
      expect(data.values ?? null).toBeNull();
    });

    test('gives free buffers back', async () => {
      const device = await open();
      for (const size of [1000, 2000, 3000]) raw.fill([size], 1).dispose();
      const kept = raw.fill([500], 2);
      await device.synchronize();
      const before = device.memory().allocatedBytes ?? 0;
      const freed = device.trim();
      // What was filled above, at least; uniforms come on top.
      expect(freed).toBeGreaterThanOrEqual(4 * 6000);
      expect(device.memory().allocatedBytes).toBe(before - freed);
      expect(device.trim()).toBe(0);
      expect((await readTensor(raw.add(kept, kept)))[499]).toBe(4);
    });

    test('builds programs ahead of their first use', async () => {
      const device = await open();
      const x = image(nine, 3, 3);
      const before = memory().numTensors;
      await device.warmUp(() => void convolve(x));
      expect(memory().numTensors).toBe(before);
      const programs = (): number => Object.keys((backend() as unknown as { pipelineCache: object }).pipelineCache).length;
      const built = programs();
      expect(built).toBeGreaterThan(0);
      expect(worst(await readTensor(convolve(x)), windowSums)).toBeLessThan(1e-5);
      expect(programs()).toBe(built);
    });

    test('builds programs for several at once, and beside other work, without mixing them up', async () => {
      const device = await open();
      const x = image(nine, 3, 3);
      const ones = (size: number): Tensor4D => tensor<Rank.R4>(new Float32Array(size * size).fill(1), [size, size, 1, 1]);
      const sums = async (size: number, stride: number): Promise<number[]> => [...(await readTensor(conv2d(x, ones(size), undefined, { stride })))];
      const one = device.warmUp(() => [1, 2].map((size) => conv2d(x, ones(size), undefined)));
      const other = device.warmUp(() => [2, 3].map((size) => conv2d(x, ones(size), undefined, { stride: 2 })));
      // A program that is being built, and one of TensorFlow.js's that nobody has asked for before.
      const meanwhile = [await sums(2, 1), [...(await readTensor(raw.exp(tensor([0, 0]))))]];
      await expect(
        device.warmUp(() => {
          conv2d(x, ones(3), undefined, { activation: 'tanh' });
          throw new Error('no further');
        }),
      ).rejects.toThrow('no further');
      await Promise.all([one, other]);
      expect(meanwhile).toEqual([[12, 16, 24, 28], [1, 1]]);
      // Sums by hand of windows of the numbers from 1 to 9.
      expect([await sums(1, 1), await sums(2, 1), await sums(2, 2), await sums(3, 2)]).toEqual([nine, [12, 16, 24, 28], [12], [45]]);
      expect([...(await readTensor(raw.exp(tensor([0, 0]))))]).toEqual([1, 1]);
      expect([...(await readTensor(conv2d(x, ones(3), undefined, { activation: 'tanh' })))]).toEqual([1]);
    });

    test('names what it was doing when the GPU refuses a command', async () => {
      const device = await open();
      const refused = device.scope('decode', () => backend().device.createBuffer({ size: 4, usage: 0 }));
      await expect(refused).rejects.toThrow(DeviceError);
      await expect(refused).rejects.toThrow("The GPU refused a command during 'decode'");
      expect(await device.scope('decode', () => 7)).toBe(7);
    });

    test('does not hand out values after a refusal that nobody heard', async () => {
      await open();
      backend().device.createBuffer({ size: 4, usage: 0 });
      const y = raw.add(tensor([1]), tensor([2]));
      await expect(readTensor(y)).rejects.toThrow(DeviceError);
      // Reported once.
      expect([...(await readTensor(y))]).toEqual([3]);
    });

    test('is one device for two owners, until both are gone', async () => {
      const first = await openDevice('webgpu');
      const second = await open();
      const { device } = backend();
      let destroyed = false;
      void device.lost.then(() => (destroyed = true));
      first.dispose();
      expect(backend().device).toBe(device);
      expect(worst(await readTensor(convolve(image(nine, 3, 3))), windowSums)).toBeLessThan(1e-5);
      second.dispose();
      await device.lost;
      expect(destroyed).toBe(true);
      expect(engine().backendName).toBeNull();
    });

    test('tells its holders when it is lost, computes nothing meanwhile, and opens again', async () => {
      const first = await open();
      const x = image(nine, 3, 3);
      const y = convolve(x);
      const reading = readTensor(convolve(x));
      backend().device.destroy();
      await expect(reading).rejects.toThrow(DeviceLostError);

      const lost = await first.lost;
      expect(lost).toBeInstanceOf(DeviceLostError);
      expect(lost.message).toContain("call openDevice('webgpu') again");
      expect(() => convolve(x)).toThrow(DeviceLostError);
      await expect(readTensor(y)).rejects.toThrow(DeviceLostError);
      expect(() => first.activate()).toThrow(DeviceLostError);

      await open();
      expect(worst(await readTensor(convolve(image(nine, 3, 3))), windowSums)).toBeLessThan(1e-5);
      // An old tensor is not taken for one of the new device's.
      expect(() => convolve(x)).toThrow(DeviceLostError);
      first.dispose();
      expect(worst(await readTensor(convolve(image(nine, 3, 3))), windowSums)).toBeLessThan(1e-5);
    });

    test('leaves tensors behind that can still be disposed of', async () => {
      const device = await open();
      const [read, pending] = [raw.fill([2], 1), raw.fill([3], 2)];
      await readTensor(read);
      const more = raw.add(pending, pending);
      device.dispose();
      for (const tensor of [read, pending, more]) expect(() => tensor.dispose()).not.toThrow();
    });

    test('opens many times over', async () => {
      for (let i = 0; i < 3; i += 1) {
        const device = await openDevice('webgpu');
        expect([...(await readTensor(raw.fill([2], i)))]).toEqual([i, i]);
        device.dispose();
      }
    });
  });
}
