import { OutOfMemoryError } from '@munit/core';
import { expect, test } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import { estimateMemory } from './estimate.js';
import { planMemory } from './plan.js';

const at = (size: number) => resolveConfig({ crop_image_height: size, crop_image_width: size });

test('what fits is kept', () => {
  const config = at(256);
  expect(planMemory(config, 'simd')).toEqual({ recompute: false, estimate: estimateMemory(config) });
  expect(planMemory(at(512), 'webgpu').recompute).toBe(false);
});

test('what does not fit is computed again, also with the perceptual loss at 512×512', () => {
  expect(planMemory(at(512), 'simd').recompute).toBe(true);
  expect(planMemory(resolveConfig({ crop_image_height: 512, crop_image_width: 512, vgg_w: 1 }), 'simd').recompute).toBe(true);
  expect(planMemory(at(256), 'simd', { memory: 1.5 * 2 ** 30 }).recompute).toBe(true);
  expect(planMemory(at(512), 'cpu', { machineBytes: 3 * 2 ** 30 }).recompute).toBe(true);
});

test('what does not fit that way either is refused, with what it needs and what there is', () => {
  expect(() => planMemory(at(1024), 'simd')).toThrow(OutOfMemoryError);
  expect(() => planMemory(at(1024), 'simd')).toThrow(/needs at least \d\.\d GiB, but the device 'simd' has 4\.0 GiB/);
  expect(() => planMemory(at(256), 'simd', { memory: 2 ** 29 })).toThrow(/but 0\.5 GiB are allowed/);
});
