import type { DeviceReport } from '@munit/core';
import { expect, it } from 'vitest';
import { reasons, threadsLine } from './words.js';

const report = (taken: DeviceReport['taken'], rejected: DeviceReport['rejected']): DeviceReport => ({ taken, description: '', details: {}, rejected });

it('says why there is no GPU, and leaves out what no browser has', () => {
  const rejected = [
    { name: 'cuda' as const, reason: 'there is none in a browser', remedy: '' },
    { name: 'webgpu' as const, reason: 'this browser has no WebGPU', remedy: 'Use Node.' },
  ];
  expect(reasons(report('simd', rejected))).toEqual(['No GPU: this browser has no WebGPU.']);
  expect(reasons(report('webgpu', []))).toEqual(['The fastest there is here.']);
  expect(reasons(report('simd', []))).toEqual(['Chosen by you.']);
  expect(threadsLine(4, true)).toBe('4 threads');
});
