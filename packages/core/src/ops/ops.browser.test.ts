/// <reference types="vite/client" />
// The contract of every op in a real browser: the very suites that run in Node, with their tiny cases on WebGPU.
import { expect, test } from 'vitest';

const suites = import.meta.glob('./*/*.test.ts', { eager: true });

test('every op brings its suite', () => {
  expect(Object.keys(suites).length).toBeGreaterThanOrEqual(10);
});
