import { add, mul, openDevice, tensor, tidy } from '@munit/core';
import { expect, it } from 'vitest';
import { profileKernels } from './kernels.js';

it("counts and times the kernels that munit's ops run, and then leaves them as they were", async () => {
  const device = await openDevice('cpu');
  const [a, b] = [tensor([1, 2]), tensor([3, 4])];
  const work = async (): Promise<void> => {
    tidy(() => add(mul(a, b), add(a, b)));
  };
  const { wall, kernels, shapes } = await profileKernels(work, 3);
  expect(Object.fromEntries(kernels.map(({ name, calls }) => [name, calls]))).toEqual({ Add: 2, Multiply: 1 });
  expect(shapes.map(({ name }) => name).sort()).toEqual(['Add [2]', 'Multiply [2]']);
  expect(kernels.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThanOrEqual(wall);
  await work();
  expect(kernels.reduce((sum, { calls }) => sum + calls, 0)).toBe(3);
  device.dispose();
});
