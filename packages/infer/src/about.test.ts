import { expect, it } from 'vitest';
import { aboutOf, trainedSizeOf } from './about.js';

it('finds the size of the training images in the configuration that a model carries', () => {
  expect(trainedSizeOf({ training: { config: { crop_image_height: 64, new_size: 72 } } })).toBe(64);
  expect(trainedSizeOf({ training: { config: { new_size: 128 } } })).toBe(128);
  const silent = [{}, { training: null }, { training: 'long' }, { training: { config: { new_size: 'x' } } }, { training: { config: { new_size: -1 } } }];
  expect(silent.map(trainedSizeOf)).toEqual(silent.map(() => undefined));
});

it('keeps what a model says, and only that', () => {
  expect(Object.keys(aboutOf({ license: 'CC0-1.0' }))).toEqual(['license']);
});
