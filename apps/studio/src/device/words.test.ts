import type { DeviceReport } from '@munit/core';
import { expect, it } from 'vitest';
import { allowsWebAssembly, reasons, threadsLine } from './words.js';

const report = (taken: DeviceReport['taken'], rejected: DeviceReport['rejected']): DeviceReport => ({ taken, description: '', details: {}, rejected });

it('says why there is no GPU, and leaves out what no browser has', () => {
  const rejected = [
    { name: 'cuda' as const, reason: 'there is none in a browser', remedy: '' },
    { name: 'webgpu' as const, reason: 'this browser has no WebGPU', remedy: 'Use Node.' },
  ];
  expect(reasons(report('simd', rejected))).toEqual([{ text: 'No GPU:', reason: 'this browser has no WebGPU.' }]);
  expect(reasons(report('webgpu', []))).toEqual([{ text: 'The fastest there is here.' }]);
  expect(reasons(report('simd', []))).toEqual([{ text: 'Chosen by you.' }]);
  expect(threadsLine(4, true)).toBe('4 threads');
  expect(threadsLine(1, false)).toBe('1 thread: more need a server that isolates the page (COOP and COEP)');
  expect(threadsLine(1, true, 8)).toBe('1 thread: more need a content security policy whose worker-src allows blob:');
  expect(allowsWebAssembly()).toBe(true);
  expect(reasons(report('cpu', [{ name: 'simd' as const, reason: 'its backend did not load', remedy: '' }]))).toEqual([{ text: 'No WebAssembly:', reason: 'its backend did not load.' }]);
});
