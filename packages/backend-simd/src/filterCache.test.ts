import { engine, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFilterCache } from './filterCache.js';
import { disposeSimdBackend } from './register.js';
import { createHeap } from './runtime/heap.js';
import { expectClose, random, useSimd } from './testing/harness.js';
import { convForward } from './testing/reference.js';

beforeAll(() => useSimd());
afterAll(disposeSimdBackend);

it('keeps what fits, drops what was used longest ago, and never what is in use', () => {
  const heap = createHeap(64, 64 + 4096, () => undefined);
  const cache = createFilterCache(heap, 2048);
  const [a, b, c] = [{}, {}, {}];
  const first = cache.take(a, 'x', 1024)!;
  first.ready = true;
  cache.take(b, 'x', 1024);
  expect(cache.take(a, 'x', 1024)).toEqual({ ...first, ready: true });
  cache.take(c, 'x', 1024); // b goes
  expect(heap.used).toBe(2048);
  expect(cache.take(a, 'x', 1024)).toMatchObject({ ready: true });
  cache.clear();
  expect(heap.used).toBe(1024);
  cache.release();
  cache.clear();
  expect(heap.used).toBe(0);
  expect(cache.take(a, 'x', 4096)).toBe(undefined);
});

it('keeps one form of a filter at a time', () => {
  const heap = createHeap(64, 64 + 4096, () => undefined);
  const cache = createFilterCache(heap, 2048);
  const filter = {};
  cache.take(filter, 'forward', 1024)!.ready = true;
  const other = cache.take(filter, 'transposed', 512)!;
  expect(other.ready).toBe(false);
  other.ready = true;
  expect(heap.used).toBe(512);
  expect(cache.take(filter, 'transposed', 512)).toMatchObject({ ready: true });
  expect(cache.take(filter, 'forward', 1024)).toMatchObject({ ready: false });
  expect(heap.used).toBe(1024);
});

it('notices that an update in place has changed a filter', async () => {
  await setBackend('simd');
  const g = { n: 1, h: 16, w: 16, c: 16, o: 16, k: 3, stride: 1, pad: 1, padMode: 'zero', upsample: 1 } as const;
  const attrs = { stride: 1, pad: 1, padMode: 'zero', upsample: 1, activation: 'none', slope: 0 };
  const x = tensor(random(16 * 16 * 16, 1), [1, 16, 16, 16]);
  const before = random(9 * 256, 2);
  const other = random(9 * 256, 3);
  const filter = tensor(before, [3, 3, 16, 16]);
  const p0 = tensor(other, [3, 3, 16, 16]);
  const convolve = (f: Tensor): Float32Array => (engine().runKernel('PaddedConv2D', { x, filter: f }, attrs) as Tensor).dataSync() as Float32Array;
  const truth = (weights: ArrayLike<number>): Float64Array => convForward(g, x.dataSync(), weights);
  expectClose(convolve(filter), truth(before));
  expectClose(convolve(filter), truth(before));
  const [updated] = engine().runKernel('EmaUpdate', { e0: filter, p0 }, { count: 1, decay: 0.5 }) as Tensor[];
  expectClose(convolve(updated!), truth(Float64Array.from(before, (v, i) => 0.5 * v + 0.5 * other[i]!)));
});
