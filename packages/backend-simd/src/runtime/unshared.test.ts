import { setBackend } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { disposeSimdBackend, registerSimdBackend } from '../register.js';
import { run } from '../testing/harness.js';

afterEach(async () => {
  vi.unstubAllGlobals();
  await disposeSimdBackend();
});

it('runs on one thread in plain memory where memory cannot be shared', async () => {
  vi.stubGlobal('crossOriginIsolated', false);
  expect((await registerSimdBackend({ threads: 4 })).threads).toBe(1);
  await setBackend('simd');
  const x = { values: new Float32Array(6_000_000).fill(3), shape: [6_000_000] };
  expect(run('Square', { x })[0]!.every((v) => v === 9)).toBe(true);
  // A CPU kernel on memory that has just grown, and so moved.
  expect(run('Floor', { x })[0]!.every((v) => v === 3)).toBe(true);
});
