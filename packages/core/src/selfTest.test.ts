import { engine } from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { openDevice } from './devices/devices.js';
import { memory } from './tfjs.js';
import { selfTest } from './selfTest.js';

test('a device that computes rightly passes, and is timed, and nothing is left behind', async () => {
  const device = await openDevice('simd');
  const before = memory().numTensors;
  const result = await selfTest(device);
  expect(result).toMatchObject({ passed: true });
  expect(result.error).toBeLessThan(1e-5);
  expect(result.firstMs).toBeGreaterThan(0);
  // 3 passes of 64 × 64 × 9 × 64 × 64 multiply-adds.
  expect(result.gflops * result.bestMs * 1e6).toBeCloseTo(3 * 2 * 64 * 64 * 9 * 64 * 64, -3);
  expect(memory().numTensors).toBe(before);
  device.dispose();
});

test('a device that is very slow is timed once', async () => {
  const device = await openDevice('simd');
  let time = 0;
  const now = vi.spyOn(performance, 'now').mockImplementation(() => (time += 5000));
  const read = vi.spyOn(engine().backend, 'read');
  const result = await selfTest(device);
  now.mockRestore();
  expect([result.passed, result.firstMs, result.bestMs, read.mock.calls.length]).toEqual([true, expect.toSatisfy((ms: number) => ms >= 5000), result.firstMs, 2]);
  read.mockRestore();
  device.dispose();
});

test('a device that computes something else fails', async () => {
  const device = await openDevice('simd');
  const read = vi.spyOn(engine().backend, 'read').mockImplementation(() => Promise.resolve(new Float32Array(64 * 64 * 64).fill(9)));
  expect(await selfTest(device)).toMatchObject({ passed: false });
  read.mockImplementation(() => Promise.resolve(new Float32Array(64 * 64 * 64).fill(Number.NaN)));
  expect(await selfTest(device)).toMatchObject({ passed: false, error: Infinity });
  read.mockRestore();
  device.dispose();
});
