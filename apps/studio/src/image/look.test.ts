import { expect, it } from 'vitest';
import { fits, lookOf } from './look.js';

const image = (...pixels: number[][]): Uint8ClampedArray => Uint8ClampedArray.from(pixels.flat());
const [white, black, red, clear] = [[255, 255, 255, 255], [0, 0, 0, 255], [255, 0, 0, 255], [0, 0, 0, 0]];

it('tells outlines on white from a photograph', () => {
  expect(lookOf(image(white!, white!, black!, clear!))).toEqual({ white: 0.75, colour: 0 });
  expect(lookOf(image(red!, black!))).toEqual({ white: 0, colour: 127.5 });
  const outlines = { leastWhite: 0.5, mostColour: 24 };
  expect([fits({ white: 0.75, colour: 0 }, outlines), fits({ white: 0.2, colour: 10 }, outlines), fits({ white: 0.9, colour: 40 }, outlines), fits({ white: 0, colour: 255 }, {})]).toEqual([true, false, false, true]);
});
