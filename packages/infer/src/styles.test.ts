import { expect, it } from 'vitest';
import { interpolateStyles, lerp, sampleStyles, slerp } from './styles.js';

it('slerp goes along the arc: cos and sin of the angle between perpendicular codes', () => {
  for (const t of [0, 0.25, 0.5, 1]) {
    const [x, y, z] = slerp([2, 0, 0], [0, 2, 0], t);
    expect(x).toBeCloseTo(2 * Math.cos((t * Math.PI) / 2), 6);
    expect(y).toBeCloseTo(2 * Math.sin((t * Math.PI) / 2), 6);
    expect(z).toBe(0);
  }
  // 60°: sin 30° / sin 60° = 1/√3 of each in the middle.
  const [x, y] = slerp([1, 0], [0.5, Math.sqrt(3) / 2], 0.5);
  expect(x).toBeCloseTo(1.5 / Math.sqrt(3), 6);
  expect(y).toBeCloseTo(0.5, 6);
});

it('where there is no one arc, slerp is lerp', () => {
  expect([...slerp([1, 1], [2, 2], 0.5)]).toEqual([1.5, 1.5]);
  expect([...slerp([1, 0], [-1, 0], 0.25)]).toEqual([0.5, 0]);
  expect([...slerp([0, 0], [1, 0], 0.25)]).toEqual([0.25, 0]);
  expect([...lerp([0, 4], [2, 0], 0.25)]).toEqual([0.5, 3]);
});

it('an interpolation has its ends exactly, and is even', () => {
  const [a, b] = sampleStyles(8, 2, 1) as [Float32Array, Float32Array];
  const codes = interpolateStyles(a, b, 4, 'lerp');
  expect(codes[0]).toEqual(a);
  expect(codes[3]).toEqual(b);
  expect(codes[1]![0]).toBeCloseTo((2 * a[0]! + b[0]!) / 3, 6);
  expect(interpolateStyles(a, b, 1)).toEqual([a]);
  expect(() => interpolateStyles(a, b, 0)).toThrow(/whole number from 1/);
  expect(() => interpolateStyles(a, b, 3, 'cubic' as never)).toThrow(/no interpolation 'cubic'/);
  expect(() => interpolateStyles(a, [1], 3)).toThrow(/8 and 1 numbers/);
});

it('styles are standard normal, and fewer are the first of more', () => {
  expect(sampleStyles(4, 2, 7)).toEqual(sampleStyles(4, 5, 7).slice(0, 2));
  const all = sampleStyles(100, 100, 3).flatMap((style) => [...style]);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
  expect(Math.abs(mean)).toBeLessThan(0.04);
  expect(Math.abs(variance - 1)).toBeLessThan(0.06);
});
