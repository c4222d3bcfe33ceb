import { expect, it } from 'vitest';
import { scaledTo, sidesWith } from './size.js';

it('makes the shorter side what was asked, and a panorama no longer than three of them', () => {
  expect(scaledTo({ width: 4000, height: 3000 }, 256)).toEqual({ width: 341, height: 256 });
  expect(scaledTo({ width: 32, height: 64 }, 128)).toEqual({ width: 128, height: 256 });
  expect(scaledTo({ width: 10_000, height: 100 }, 64)).toEqual({ width: 192, height: 2 });
  expect(scaledTo({ width: 10_000, height: 1 }, 64)).toEqual({ width: 192, height: 1 });
});

it('offers the size of training among the others', () => {
  expect(sidesWith(96).slice(0, 3)).toEqual([64, 96, 128]);
  expect(sidesWith(undefined, 256)).toEqual([64, 128, 256, 384, 512, 768, 1024]);
});
