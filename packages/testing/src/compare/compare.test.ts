import { expect, test } from 'vitest';
import { compareArrays } from './compare.js';

const vector = (...values: number[]) => ({ shape: [values.length], data: Float64Array.from(values) });
const tolerance = { atol: 0.01, rtol: 0.1 };

test('the allowance is atol · largest + rtol · |truth|, and the ratio is measured in it', () => {
  const close = compareArrays(vector(10, 1.1), vector(10, 1), tolerance);
  expect(close).toMatchObject({ passed: true });
  expect(close.ratio).toBeCloseTo(0.1 / (0.01 * 10 + 0.1), 12);
  const far = compareArrays(vector(10, 1.5), vector(10, 1), tolerance);
  expect(far).toMatchObject({ passed: false, largestError: 0.5, worst: { index: [1], ours: 1.5, truth: 1 } });
  expect(far.message).toBe('worst at [1]: ours 1.5, truth 1, error 2.50 × the tolerance');
});

test('a floor stands in for a tensor whose truth vanishes', () => {
  expect(compareArrays(vector(0.005), vector(0), tolerance)).toMatchObject({ passed: false, ratio: Infinity });
  expect(compareArrays(vector(0.005), vector(0), { ...tolerance, scaleFloor: 1 }).ratio).toBeCloseTo(0.5, 12);
  expect(compareArrays(vector(0), vector(0), { atol: 0, rtol: 0 })).toMatchObject({ passed: true, ratio: 0 });
});

test('NaN and the infinities are kinds', () => {
  const truth = vector(1, NaN, Infinity, -Infinity);
  expect(compareArrays(vector(1, NaN, Infinity, -Infinity), truth, tolerance)).toMatchObject({ passed: true, ratio: 0 });
  expect(compareArrays(vector(1, 0, Infinity, -Infinity), truth, tolerance).worst).toEqual({ index: [1], ours: 0, truth: NaN });
  expect(compareArrays(vector(1, NaN, -Infinity, -Infinity), truth, tolerance).worst?.index).toEqual([2]);
  expect(compareArrays(vector(NaN, NaN, Infinity, -Infinity), truth, tolerance).message).toBe(
    'worst at [0]: ours NaN, truth 1, error Infinity × the tolerance',
  );
});

test('shapes must be the same', () => {
  expect(compareArrays({ shape: [1, 2], data: Float64Array.of(1, 2) }, vector(1, 2), tolerance)).toMatchObject({
    passed: false,
    message: 'the shape is [1, 2], but must be [2]',
  });
});
