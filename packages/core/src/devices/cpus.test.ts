import { engine } from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { ShapeError } from '../errors/index.js';
import { emaUpdate } from '../ops/adam/adam.js';
import { add } from '../ops/elementwise/elementwise.js';
import { memory, type Tensor, tensor } from '../tfjs.js';
import { type DeviceName, listDevices, openDevice } from './devices.js';
import { readTensor } from './readTensor.js';

describe.each(['simd', 'cpu'] as const satisfies readonly DeviceName[])('%s', (name) => {
  test('computes, says what it is, and opens again after it was disposed of', async () => {
    for (let i = 0; i < 2; i += 1) {
      const device = await openDevice(name);
      expect(device.report).toMatchObject({ taken: name, rejected: [] });
      expect(device.report.description).toMatch(/thread|core/);
      expect([...(await readTensor(add(tensor([1, 2]), tensor([3, 4]))))]).toEqual([4, 6]);
      device.dispose();
      // Nothing is left that ops could fall back to unasked.
      expect(Object.keys(engine().registryFactory)).toEqual([]);
    }
  });

  test('leaves tensors behind that can still be disposed of', async () => {
    const device = await openDevice(name);
    const left = add(tensor([1]), tensor([2]));
    device.dispose();
    expect(() => left.dispose()).not.toThrow();
    expect(() => device.memory()).toThrow(`The device '${name}' was disposed of through this handle.`);
  });

  test('hands out values that are the caller’s own', async () => {
    const device = await openDevice(name);
    const x = tensor([1, 2]);
    (await readTensor(x))[0] = 9;
    expect([...(await readTensor(x))]).toEqual([1, 2]);
    x.dispose();
    await expect(readTensor(x)).rejects.toThrow('readTensor: the tensor was disposed of.');
    device.dispose();
  });

  test('runs scopes and warm-ups as plain work, and leaks nothing', async () => {
    const device = await openDevice(name);
    const before = memory().numTensors;
    await device.warmUp(() => void add(tensor([1]), tensor([2])));
    expect(device.memory().tensors).toBe(before);
    expect(await device.scope('sum', () => 3)).toBe(3);
    await expect(device.scope('sum', () => { throw new RangeError('mine'); })).rejects.toThrow(RangeError);
    await device.synchronize();
    expect(device.trim()).toBe(0);
    device.dispose();
  });

  test('does a captured update again at each run, with the contract of devices that do not', async () => {
    const device = await openDevice(name);
    const values = async (tensors: readonly Tensor[]): Promise<number[][]> => Promise.all(tensors.map(async (one) => [...(await one.data())]));
    const state = [tensor([1, 2]), tensor([3, 4])];
    const captured = device.captureUpdate(state, [tensor([0, 0]), tensor([0, 0])], ([e, p], [x, decay]) => {
      const result = add(p as Tensor, x as Tensor);
      return { state: [...emaUpdate([e as Tensor], [p as Tensor], decay as Tensor), p as Tensor], result };
    });
    expect(await values(state)).toEqual([[1, 2], [3, 4]]);
    const { state: next, result } = captured.run(state, [tensor([5, 5]), tensor([0.5, 0.5])]);
    expect(await values([...next, result])).toEqual([[2, 3], [3, 4], [8, 9]]);
    expect(captured.fits(next)).toBe(true);
    expect(() => captured.run([next[0] as Tensor], [tensor([5, 5]), tensor([0.5, 0.5])])).toThrow('The captured update was given another state');
    expect(() => captured.run(next, [tensor([5, 5])])).toThrow(ShapeError);
    captured.dispose();
    expect(() => captured.run(next, [tensor([5, 5]), tensor([0.5, 0.5])])).toThrow('The captured update was disposed of.');
    device.dispose();
  });

  test('does captured work again at each run, with the contract of devices that do not', async () => {
    const device = await openDevice(name);
    const inputs = [tensor([1, 2]), tensor([3, 4])] as const;
    const before = memory().numTensors;
    const [sum, same] = [device.capture(inputs, ([a, b]) => add(a as Tensor, b as Tensor)), device.capture(inputs, ([a]) => a as Tensor)];
    const results = [sum.run(inputs), sum.run([inputs[1], inputs[1]]), same.run(inputs)];
    expect(memory().numTensors).toBe(before + 3);
    expect(await Promise.all(results.map(async (y) => [...(await readTensor(y))]))).toEqual([[4, 6], [6, 8], [1, 2]]);
    for (const y of results) y.dispose();
    expect([...(await readTensor(inputs[0]))]).toEqual([1, 2]);
    expect(sum.bytes).toBe(0);
    expect(() => sum.run([tensor([1]), tensor([2])])).toThrow(ShapeError);
    sum.dispose();
    expect(() => sum.run(inputs)).toThrow('The captured work was disposed of.');
    device.dispose();
    expect(() => same.run(inputs)).toThrow('was disposed of through this handle');
  });
});

test('the plain CPU prints no greeting', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const device = await openDevice('cpu');
  tensor([1]).dispose();
  device.dispose();
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test('simd computes on the number of threads that is asked for', async () => {
  const device = await openDevice('simd', { threads: 1 });
  expect(device.report.details['threads']).toBe(1);
  expect(device.memory().allocatedBytes).toBeGreaterThan(0);
  device.dispose();
});

test('auto passes over nothing but what is absent or software, and says why', async () => {
  const device = await openDevice('auto', { allowSoftware: false });
  const rejected = device.report.rejected.map(({ name }) => name);
  const better = (await listDevices()).filter(({ name, available }) => rejected.includes(name) && available).map(({ name }) => name);
  // Whatever was passed over is absent, or software.
  expect(better.filter((name) => name !== 'webgpu')).toEqual([]);
  expect(device.report.rejected.every(({ reason, remedy }) => reason !== '' && remedy !== '')).toBe(true);
  device.dispose();
});
