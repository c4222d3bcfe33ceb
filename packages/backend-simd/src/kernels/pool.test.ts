import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { expectClose, random, run, useSimd } from '../testing/harness.js';

beforeAll(() => useSimd());
afterAll(disposeSimdBackend);

const attrs = { size: 3, stride: 2, pad: 1 };

it.each([[2, 8, 6, 5], [1, 7, 9, 4], [1, 1, 1, 3], [1, 16, 16, 1]])('averages valid cells of [%i, %i, %i, %i], forward and back', (n, h, w, c) => {
  const [outH, outW] = [Math.floor((h - 1) / 2) + 1, Math.floor((w - 1) / 2) + 1];
  const x = { values: random(n * h * w * c, 1), shape: [n, h, w, c] };
  const dy = { values: random(n * outH * outW * c, 2), shape: [n, outH, outW, c] };
  const y = new Float64Array(dy.values.length);
  const dx = new Float64Array(x.values.length);
  for (let i = 0; i < y.length; i++) {
    const [image, row, col, channel] = [Math.floor(i / (outH * outW * c)), Math.floor(i / (outW * c)) % outH, Math.floor(i / c) % outW, i % c];
    const cells: number[] = [];
    for (let u = 2 * row - 1; u <= 2 * row + 1; u++) for (let v = 2 * col - 1; v <= 2 * col + 1; v++) {
      if (u >= 0 && u < h && v >= 0 && v < w) cells.push(((image * h + u) * w + v) * c + channel);
    }
    for (const cell of cells) {
      y[i]! += x.values[cell]! / cells.length;
      dx[cell]! += dy.values[i]! / cells.length;
    }
  }
  expectClose(run('AvgPool2DValidCount', { x }, attrs)[0]!, y, 1e-6, 1e-6);
  expectClose(run('AvgPool2DValidCountGrad', { dy }, { ...attrs, inputShape: x.shape })[0]!, dx, 1e-6, 1e-6);
});

it('takes maxima and sends gradients to them, as the CPU backend', async () => {
  const results: Float32Array[] = [];
  for (const backend of ['cpu', 'simd']) {
    await tf.setBackend(backend);
    const x = { values: random(2 * 8 * 6 * 5, 3), shape: [2, 8, 6, 5] };
    const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
    const [y] = run('MaxPool', { x }, pool);
    const dy = { values: random(y!.length, 4), shape: [2, 4, 3, 5] };
    const [dx] = run('MaxPoolGrad', { dy, input: x, output: { values: y!, shape: [2, 4, 3, 5] } }, pool);
    results.push(y!, dx!);
  }
  expect(results.slice(2)).toEqual(results.slice(0, 2));
});
