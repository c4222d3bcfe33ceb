import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { expectClose, random, run, useSimd } from '../testing/harness.js';
import { type ConvCase, convBackward, convForward, outputSize } from '../testing/reference.js';

const cases: readonly ConvCase[] = [
  { n: 1, h: 16, w: 12, c: 3, o: 8, k: 7, stride: 1, pad: 3, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 9, w: 13, c: 16, o: 3, k: 7, stride: 1, pad: 3, padMode: 'reflect', upsample: 1 },
  { n: 2, h: 8, w: 10, c: 5, o: 7, k: 4, stride: 2, pad: 1, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 7, w: 9, c: 8, o: 16, k: 4, stride: 2, pad: 1, padMode: 'zero', upsample: 1 },
  { n: 2, h: 6, w: 6, c: 8, o: 8, k: 3, stride: 1, pad: 1, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 17, w: 14, c: 32, o: 24, k: 3, stride: 1, pad: 1, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 16, w: 16, c: 48, o: 40, k: 3, stride: 1, pad: 1, padMode: 'zero', upsample: 1 },
  { n: 2, h: 13, w: 15, c: 20, o: 36, k: 3, stride: 1, pad: 1, padMode: 'replicate', upsample: 1 },
  { n: 1, h: 2, w: 2, c: 16, o: 16, k: 3, stride: 1, pad: 1, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 1, w: 1, c: 4, o: 4, k: 3, stride: 1, pad: 1, padMode: 'zero', upsample: 1 },
  { n: 1, h: 5, w: 7, c: 6, o: 5, k: 5, stride: 1, pad: 2, padMode: 'reflect', upsample: 2 },
  { n: 2, h: 8, w: 8, c: 32, o: 16, k: 5, stride: 1, pad: 2, padMode: 'reflect', upsample: 2 },
  { n: 1, h: 12, w: 9, c: 24, o: 12, k: 5, stride: 1, pad: 2, padMode: 'reflect', upsample: 2 },
  { n: 1, h: 2, w: 3, c: 16, o: 8, k: 5, stride: 1, pad: 2, padMode: 'reflect', upsample: 2 },
  { n: 1, h: 6, w: 5, c: 8, o: 8, k: 5, stride: 1, pad: 2, padMode: 'replicate', upsample: 2 },
  { n: 1, h: 6, w: 5, c: 8, o: 8, k: 5, stride: 1, pad: 2, padMode: 'zero', upsample: 2 },
  { n: 2, h: 5, w: 3, c: 32, o: 1, k: 1, stride: 1, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 1, h: 4, w: 4, c: 520, o: 16, k: 1, stride: 1, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 2, h: 21, w: 26, c: 8, o: 12, k: 4, stride: 2, pad: 1, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 32, w: 30, c: 12, o: 20, k: 4, stride: 2, pad: 1, padMode: 'zero', upsample: 1 },
  { n: 1, h: 11, w: 17, c: 12, o: 8, k: 5, stride: 1, pad: 2, padMode: 'replicate', upsample: 2 },
  { n: 2, h: 9, w: 7, c: 8, o: 20, k: 5, stride: 1, pad: 2, padMode: 'zero', upsample: 2 },
  { n: 2, h: 10, w: 6, c: 16, o: 8, k: 5, stride: 1, pad: 2, padMode: 'reflect', upsample: 2 },
  { n: 1, h: 14, w: 15, c: 8, o: 8, k: 3, stride: 1, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 2, h: 19, w: 10, c: 3, o: 20, k: 7, stride: 1, pad: 3, padMode: 'reflect', upsample: 1 },
  { n: 2, h: 18, w: 11, c: 20, o: 3, k: 7, stride: 1, pad: 3, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 34, w: 9, c: 16, o: 1, k: 3, stride: 1, pad: 1, padMode: 'zero', upsample: 1 },
  { n: 2, h: 35, w: 22, c: 3, o: 16, k: 4, stride: 2, pad: 1, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 4, w: 4, c: 24, o: 4, k: 7, stride: 1, pad: 3, padMode: 'replicate', upsample: 1 },
  { n: 1, h: 7, w: 7, c: 1, o: 2, k: 3, stride: 3, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 1, h: 8, w: 8, c: 3, o: 4, k: 1, stride: 2, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 1, h: 11, w: 14, c: 16, o: 24, k: 5, stride: 1, pad: 2, padMode: 'zero', upsample: 1 },
  { n: 2, h: 9, w: 8, c: 20, o: 16, k: 5, stride: 1, pad: 2, padMode: 'reflect', upsample: 1 },
  { n: 1, h: 5, w: 4, c: 16, o: 16, k: 5, stride: 1, pad: 2, padMode: 'replicate', upsample: 1 },
  { n: 2, h: 9, w: 10, c: 24, o: 20, k: 5, stride: 1, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 2, h: 9, w: 7, c: 3, o: 3, k: 1, stride: 1, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 1, h: 70, w: 61, c: 4, o: 2, k: 1, stride: 1, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 1, h: 3, w: 2, c: 1, o: 4, k: 1, stride: 1, pad: 0, padMode: 'zero', upsample: 1 },
  { n: 2, h: 39, w: 35, c: 3, o: 40, k: 11, stride: 4, pad: 2, padMode: 'zero', upsample: 1 },
  { n: 1, h: 3, w: 1, c: 3, o: 16, k: 3, stride: 1, pad: 1, padMode: 'zero', upsample: 1 },
  { n: 1, h: 6, w: 5, c: 3, o: 16, k: 5, stride: 1, pad: 2, padMode: 'replicate', upsample: 2 },
];

const label = (g: ConvCase): string =>
  `${g.k}x${g.k} stride ${g.stride} pad ${g.pad} ${g.padMode}${g.upsample === 2 ? ' up 2' : ''}, [${g.n}, ${g.h}, ${g.w}, ${g.c}] -> ${g.o}`;

const attrsOf = (g: ConvCase): object => ({
  stride: g.stride, pad: g.pad, padMode: g.padMode, upsample: g.upsample, activation: 'none', slope: 0.2,
});

function inputsOf(g: ConvCase): { x: Float32Array; filter: Float32Array; bias: Float32Array; dy: Float32Array } {
  return {
    x: random(g.n * g.h * g.w * g.c, 1), filter: random(g.k * g.k * g.c * g.o, 2), bias: random(g.o, 3),
    dy: random(g.n * outputSize(g.h, g) * outputSize(g.w, g) * g.o, 4),
  };
}

const shapesOf = (g: ConvCase): Record<'x' | 'filter' | 'bias' | 'dy', number[]> => ({
  x: [g.n, g.h, g.w, g.c], filter: [g.k, g.k, g.c, g.o], bias: [g.o], dy: [g.n, outputSize(g.h, g), outputSize(g.w, g), g.o],
});

function forward(g: ConvCase, attrs: object = {}): Float32Array {
  const [values, shapes] = [inputsOf(g), shapesOf(g)];
  const inputs = {
    x: { values: values.x, shape: shapes.x }, filter: { values: values.filter, shape: shapes.filter }, bias: { values: values.bias, shape: shapes.bias },
  };
  return run('PaddedConv2D', inputs, { ...attrsOf(g), ...attrs })[0]!;
}

function backward(g: ConvCase): Float32Array[] {
  const [values, shapes] = [inputsOf(g), shapesOf(g)];
  const inputs = {
    x: { values: values.x, shape: shapes.x }, filter: { values: values.filter, shape: shapes.filter }, dy: { values: values.dy, shape: shapes.dy },
  };
  return run('PaddedConv2DGrad', inputs, { ...attrsOf(g), needsX: true, needsFilter: true, needsBias: true });
}

describe('PaddedConv2D', () => {
  beforeAll(() => useSimd());
  afterAll(disposeSimdBackend);

  it.each(cases.map((g) => [label(g), g] as const))('%s: forward', (_, g) => {
    const { x, filter, bias } = inputsOf(g);
    expectClose(forward(g), convForward(g, x, filter, bias));
  });

  it.each(cases.map((g) => [label(g), g] as const))('%s: gradients', (_, g) => {
    const { x, filter, dy } = inputsOf(g);
    const truth = convBackward(g, x, filter, dy);
    const [dx, dw, db] = backward(g);
    expectClose(dx!, truth.x);
    expectClose(dw!, truth.filter);
    expectClose(db!, truth.bias);
  });

  it('applies activations, and their derivatives from the output', () => {
    const g = cases[4]!;
    const { x, filter, bias, dy } = inputsOf(g);
    const z = convForward(g, x, filter, bias);
    const shapes = shapesOf(g);
    const activations = {
      relu: { f: (v: number) => Math.max(0, v), d: (v: number) => (v > 0 ? 1 : 0) },
      lrelu: { f: (v: number) => (v > 0 ? v : 0.2 * v), d: (v: number) => (v > 0 ? 1 : 0.2) },
      tanh: { f: Math.tanh, d: (v: number) => 1 - Math.tanh(v) ** 2 },
    };
    for (const [activation, { f, d }] of Object.entries(activations)) {
      const y = forward(g, { activation });
      expectClose(y, z.map(f));
      const truth = convBackward(g, x, filter, z.map((v, i) => dy[i]! * d(v)));
      const inputs = {
        x: { values: x, shape: shapes.x }, filter: { values: filter, shape: shapes.filter },
        dy: { values: dy, shape: shapes.dy }, y: { values: y, shape: shapes.dy },
      };
      const [dx, db] = run('PaddedConv2DGrad', inputs, { ...attrsOf(g), activation, needsX: true, needsFilter: false, needsBias: true });
      expectClose(dx!, truth.x);
      expectClose(db!, truth.bias);
    }
  });

  it('keeps NaN through relu', () => {
    const g = cases[8]!;
    const values = inputsOf(g);
    values.x.fill(NaN);
    const shapes = shapesOf(g);
    const inputs = { x: { values: values.x, shape: shapes.x }, filter: { values: values.filter, shape: shapes.filter } };
    const [y] = run('PaddedConv2D', inputs, { ...attrsOf(g), activation: 'relu' });
    expect(y!.every(Number.isNaN)).toBe(true);
  });

  it('leaves nothing behind', () => {
    const before = memory();
    forward(cases[5]!);
    backward(cases[5]!);
    expect({ ...memory(), wasmBytes: 0 }).toEqual({ ...before, wasmBytes: 0 });
  });

  it('says which sizes cannot be', () => {
    const g: ConvCase = { ...cases[4]!, h: 1, w: 1, n: 1 };
    expect(() => forward(g)).toThrow(/Reflect padding by 1 needs an image of at least 2 pixels/);
  });
});

describe('PaddedConv2D, threads and variants', () => {
  it('gives the same bits with one thread and with three', async () => {
    const results: Float32Array[][] = [];
    for (const threads of [1, 3]) {
      await useSimd(threads);
      results.push(cases.flatMap((g) => [forward(g), ...backward(g)]));
      await disposeSimdBackend();
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('runs on baseline SIMD', async () => {
    await useSimd(2, false);
    for (const g of cases.slice(4, 8)) {
      const { x, filter, bias } = inputsOf(g);
      expectClose(forward(g), convForward(g, x, filter, bias));
    }
    await disposeSimdBackend();
  });
});
