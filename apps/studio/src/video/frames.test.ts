import { expect, it } from 'vitest';
import { toAndFro } from '../views/morph/clock.js';
import { frameOrder, videoSize } from './frames.js';

it('goes there and back, so that the end of the video meets its beginning', () => {
  const order = frameOrder(3, 0.2);
  expect(order).toEqual([0, 0, 1, 1, 2, 2, 2, 1, 1, 0].slice(0, order.length));
  const long = frameOrder(24, 2);
  expect([long.length, long[0], long[59], long.at(-1)]).toEqual([118, 0, 23, 0]);
  expect(Math.max(...long.map((x, i) => Math.abs(x - (long[i - 1] ?? x))))).toBe(1);
});

it('gives encoders even sides, and small images a size to look at', () => {
  expect(videoSize({ width: 64, height: 64 })).toEqual({ width: 256, height: 256 });
  expect(videoSize({ width: 341, height: 257 })).toEqual({ width: 342, height: 258 });
});

it('runs a clock to and fro', () => {
  expect([0, 500, 1000, 1500, 2000, 2500].map((ms) => toAndFro(ms, 1000))).toEqual([0, 0.5, 1, 0.5, 0, 0.5]);
});
