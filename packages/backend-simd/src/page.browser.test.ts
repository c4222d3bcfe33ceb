// The backend in Chromium: threads on an isolated page, one thread and no shared memory elsewhere, the same digits on both.
import { engine, setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { disposeSimdBackend, registerSimdBackend } from './register.js';
import { expectClose, random, run } from './testing/harness.js';
import { type ConvCase, convBackward, convForward, outputSize } from './testing/reference.js';

afterEach(async () => {
  vi.unstubAllGlobals();
  await disposeSimdBackend();
});

const cases: readonly ConvCase[] = [
  { n: 1, h: 17, w: 14, c: 32, o: 24, k: 3, stride: 1, pad: 1, padMode: 'reflect', upsample: 1 },
  { n: 2, h: 10, w: 9, c: 16, o: 8, k: 5, stride: 1, pad: 2, padMode: 'reflect', upsample: 2 },
  { n: 1, h: 16, w: 12, c: 3, o: 8, k: 7, stride: 1, pad: 3, padMode: 'reflect', upsample: 1 },
];

function results(g: ConvCase): Float32Array[] {
  const x = { values: random(g.n * g.h * g.w * g.c, 1), shape: [g.n, g.h, g.w, g.c] };
  const filter = { values: random(g.k * g.k * g.c * g.o, 2), shape: [g.k, g.k, g.c, g.o] };
  const dyShape = [g.n, outputSize(g.h, g), outputSize(g.w, g), g.o];
  const dy = { values: random(dyShape.reduce((p, n) => p * n, 1), 3), shape: dyShape };
  const attrs = { stride: g.stride, pad: g.pad, padMode: g.padMode, upsample: g.upsample, activation: 'none', slope: 0 };
  const [y] = run('PaddedConv2D', { x, filter }, attrs);
  const [dx, dw] = run('PaddedConv2DGrad', { x, filter, dy }, { ...attrs, needsX: true, needsFilter: true, needsBias: false });
  const truth = convBackward(g, x.values, filter.values, dy.values);
  expectClose(y!, convForward(g, x.values, filter.values));
  expectClose(dx!, truth.x);
  expectClose(dw!, truth.filter);
  return [y!, dx!, dw!];
}

it('computes with threads on an isolated page, and without on another, to the same bits', async () => {
  expect(crossOriginIsolated).toBe(true);
  expect((await registerSimdBackend({ threads: 2 })).threads).toBe(2);
  await setBackend('simd');
  const threaded = cases.map(results);
  await disposeSimdBackend();

  vi.stubGlobal('crossOriginIsolated', false);
  expect((await registerSimdBackend({ threads: 2 })).threads).toBe(1);
  await setBackend('simd');
  expect(cases.map(results)).toEqual(threaded);
});

it('survives growing memory that is not shared, with a CPU kernel in between', async () => {
  vi.stubGlobal('crossOriginIsolated', false);
  await registerSimdBackend();
  await setBackend('simd');
  const kernel = (name: string, inputs: Record<string, Tensor>, attrs = {}): Tensor => engine().runKernel(name, inputs, attrs) as Tensor;
  const x = kernel('Fill', {}, { shape: [3_000_000], value: 2, dtype: 'float32' });
  const y = kernel('Pow', { a: x, b: kernel('Fill', {}, { shape: [], value: 3, dtype: 'float32' }) });
  expect([...y.dataSync().slice(0, 2), y.dataSync()[2_999_999]]).toEqual([8, 8, 8]);
});
