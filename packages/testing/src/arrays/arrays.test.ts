import { expect, test } from 'vitest';
import { hwioToOihw, nchwToNhwc, nhwcToNchw, oihwToHwio, transpose2d } from './layout.js';
import { ndArray, unravel } from './ndArray.js';
import { randomArray } from './random.js';

test('layouts: each value lands where its coordinates say', () => {
  const [n, c, h, w] = [2, 3, 4, 5];
  const nchw = ndArray([n, c, h, w], Float32Array.from({ length: n * c * h * w }, (_, i) => i));
  const nhwc = nchwToNhwc(nchw);
  expect(nhwc.shape).toEqual([n, h, w, c]);
  nhwc.data.forEach((value, i) => {
    const [b, y, x, channel] = unravel(i, nhwc.shape) as [number, number, number, number];
    expect(value).toBe(((b * c + channel) * h + y) * w + x);
  });
  expect(nhwcToNchw(nhwc)).toEqual(nchw);
  expect(hwioToOihw(oihwToHwio(nchw))).toEqual(nchw);
  expect([...transpose2d(ndArray([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6))).data]).toEqual([1, 4, 2, 5, 3, 6]);
});

test('a shape that its data does not fill, and an invalid order of axes, are refused', () => {
  expect(() => ndArray([2, 2], new Float32Array(3))).toThrow('The shape [2, 2] holds 4 values, but got 3.');
  expect(() => nchwToNhwc(ndArray([4], new Float32Array(4)))).toThrow('is not a permutation of the 1 axes of [4]');
});

test('random arrays are seeded, normal, and exact in float32', () => {
  const a = randomArray([40_000], { seed: 3, scale: 2, shift: 1 });
  expect(randomArray([40_000], { seed: 3, scale: 2, shift: 1 })).toEqual(a);
  expect(randomArray([2], { seed: 4 }).data[0]).not.toBe(randomArray([2], { seed: 5 }).data[0]);
  const mean = a.data.reduce((sum, value) => sum + value, 0) / a.data.length;
  const variance = a.data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / a.data.length;
  // Three standard errors.
  expect(Math.abs(mean - 1)).toBeLessThan(3 * (2 / Math.sqrt(40_000)));
  expect(Math.abs(variance - 4)).toBeLessThan(3 * 4 * Math.sqrt(2 / 40_000));
  expect(a.data).toEqual(Float64Array.from(Float32Array.from(a.data)));
});
