import { expect, it } from 'vitest';
import { formatHash, type LinkState, parseHash } from './hash.js';

const full: LinkState = {
  view: 'morph',
  model: 'https://example.org/models/shoes & more/',
  image: 'file:a+b #1.png',
  to: 'a',
  style: [0.5, -1.25, 0],
  seed: 7,
  side: 256,
  device: 'simd',
  start: [1, 2],
  end: [-1, 0.001],
};

it('brings back what it wrote, whatever names hold', () => {
  expect(parseHash(formatHash(full))).toEqual(full);
  expect(formatHash({ model: 'hf:owner/shoes', style: [1, -2] })).toBe('#model=hf:owner/shoes&style=1,-2');
  expect(formatHash({})).toBe('');
});

it('ignores what is not valid', () => {
  const state = parseHash('#to=c&seed=-1&side=99999&style=1,x&start=&seed2=4&side=');
  expect(Object.values(state).filter((value) => value !== undefined)).toEqual([]);
});
