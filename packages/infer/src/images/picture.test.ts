import { expect, it } from 'vitest';
import { Picture } from './picture.js';

const sizes = { width: 2, height: 1, channels: 3 } as const;

it('has values in [−1, 1]: those of networks without tanh are clamped, others are left alone', () => {
  const inside = Float32Array.of(-1, -0.5, 0, 0.25, 0.5, 1);
  expect(new Picture({ ...sizes, values: inside }).values).toBe(inside);
  const picture = new Picture({ ...sizes, values: Float32Array.of(-3, -1.01, 0, 0.5, 1.25, 40) });
  expect([...picture.values]).toEqual([-1, -1, 0, 0.5, 1, 1]);
  expect([...picture.data]).toEqual([0, 0, 128, 191, 255, 255]);
});
