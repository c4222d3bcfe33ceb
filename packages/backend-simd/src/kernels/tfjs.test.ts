// What TensorFlow.js's layers and graph models call, against its CPU backend, on sizes that reach every part of the kernels.
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { expectClose, random, useSimd } from '../testing/harness.js';

beforeAll(() => useSimd(2));
afterAll(disposeSimdBackend);

let seed = 1;
type OfRank = { 1: tf.Tensor1D; 2: tf.Tensor2D; 3: tf.Tensor3D; 4: tf.Tensor4D };
type OfShape<S extends number[]> = S['length'] extends keyof OfRank ? OfRank[S['length']] : tf.Tensor;
const numbers = <S extends number[]>(...shape: S): OfShape<S> =>
  tf.tensor(random(shape.reduce((p, n) => p * n, 1), seed++), shape) as unknown as OfShape<S>;

/** Runs the same program on both backends, from the same numbers, with nothing left behind. */
async function expectSame(program: () => tf.Tensor | tf.Tensor[]): Promise<void> {
  const results: { values: Float32Array; shape: number[]; dtype: string }[][] = [];
  const first = seed;
  for (const backend of ['cpu', 'simd']) {
    await tf.setBackend(backend);
    seed = first;
    const before = tf.memory();
    results.push(tf.tidy(() => [program()].flat().map((one) => ({ values: one.dataSync<'float32'>().slice(), shape: one.shape, dtype: one.dtype }))));
    expect({ ...tf.memory(), wasmBytes: 0, wasmUsedBytes: 0 }).toEqual({ ...before, wasmBytes: 0, wasmUsedBytes: 0 });
  }
  const [truth, ours] = results;
  ours!.forEach(({ values, shape, dtype }, i) => {
    expect({ shape, dtype }).toEqual({ shape: truth![i]!.shape, dtype: truth![i]!.dtype });
    expectClose(values, truth![i]!.values);
  });
}

const activations = ['linear', 'relu', 'relu6', 'elu', 'prelu', 'leakyrelu', 'sigmoid'] as const;

describe('convolutions with bias and activation', () => {
  it.each(activations)('conv2d, %s', async (activation) => {
    for (const [c, o, kernel, stride] of [[8, 16, 3, 1], [3, 16, 3, 2], [16, 3, 5, 1], [24, 40, 1, 1]] as const) {
      for (const biasShape of [[o], [], undefined]) {
        await expectSame(() => tf.fused.conv2d({
          x: numbers(2, 9, 11, c), filter: tf.mul<tf.Tensor4D>(numbers(kernel, kernel, c, o), 3), strides: stride, pad: 'same', activation, leakyreluAlpha: 0.3,
          ...(biasShape && { bias: numbers(...biasShape) }), ...(activation === 'prelu' && { preluActivationWeights: numbers(1, 1, o) }),
        }));
      }
    }
  });

  it.each(activations)('depthwise, %s', async (activation) => {
    for (const [c, multiplier, kernel, stride, pad] of [[37, 1, 3, 1, 'same'], [16, 1, 5, 2, 'valid'], [6, 2, 3, 1, 'same'], [5, 4, 2, 1, 'valid']] as const) {
      await expectSame(() => tf.fused.depthwiseConv2d({
        x: numbers(2, 9, 11, c), filter: tf.mul<tf.Tensor4D>(numbers(kernel, kernel, c, multiplier), 3), strides: stride, pad, activation, leakyreluAlpha: 0.3,
        bias: numbers(c * multiplier), ...(activation === 'prelu' && { preluActivationWeights: numbers(1, 1, c * multiplier) }),
      }));
    }
  });

  it('depthwise with dilations, unequal strides, and windows that lie wholly in the padding', async () => {
    for (const dilation of [2, 3]) await expectSame(() => tf.depthwiseConv2d(numbers(1, 10, 9, 20), numbers(3, 3, 20, 1), 1, 'same', 'NHWC', dilation));
    await expectSame(() => tf.depthwiseConv2d(numbers(1, 10, 9, 20), numbers(3, 2, 20, 1), [2, 3], 'same'));
    await expectSame(() => tf.depthwiseConv2d(numbers(1, 3, 3, 4), numbers(1, 1, 4, 1), 1, 2));
  });

  it('what goes to the CPU kernel: dilated and channels-first convolutions', async () => {
    await expectSame(() => tf.fused.conv2d({ x: numbers(1, 9, 9, 4), filter: numbers(3, 3, 4, 5), strides: 1, pad: 'same', dilations: 2, activation: 'relu' }));
    await expectSame(() => tf.conv2d(numbers(1, 4, 9, 8), numbers(3, 3, 4, 5), 1, 'valid', 'NCHW'));
  });
});

describe('matrix products', () => {
  it.each(activations)('fused, %s', async (activation) => {
    for (const [m, k, n] of [[1, 33, 10], [5, 7, 9], [64, 50, 40]] as const) {
      await expectSame(() => tf.fused.matMul({
        a: numbers(m, k), b: numbers(k, n), bias: numbers(n), activation, leakyreluAlpha: 0.3,
        ...(activation === 'prelu' && { preluActivationWeights: numbers(n) }),
      }));
    }
  });

  it('of integers, of batches that broadcast, and transposed', async () => {
    await expectSame(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), tf.tensor2d([5, 6, 7, 8], [2, 2], 'int32')));
    await expectSame(() => tf.matMul(numbers(3, 4, 5), numbers(1, 5, 6)));
    await expectSame(() => tf.matMul(numbers(2, 1, 5, 4), numbers(2, 1, 6, 5), true, true));
  });

  it('of batches that broadcast on both sides, as NumPy does', () => {
    const [a, b] = [numbers(2, 1, 3, 4), numbers(1, 3, 4, 2)];
    const y = tf.matMul(a, b);
    expect(y.shape).toEqual([2, 3, 3, 2]);
    for (let i = 0; i < 2; i++) for (let j = 0; j < 3; j++) {
      const one = tf.matMul(tf.reshape(tf.slice(a, [i, 0, 0, 0], [1, 1, 3, 4]), [3, 4]), tf.reshape(tf.slice(b, [0, j, 0, 0], [1, 1, 4, 2]), [4, 2]));
      expect([...tf.slice(y, [i, j, 0, 0], [1, 1, 3, 2]).dataSync()]).toEqual([...one.dataSync()]);
    }
  });
});

describe('the rest of a network', () => {
  it('batch normalisation, with and without its parameters', async () => {
    for (const c of [1, 3, 16, 37]) {
      await expectSame(() => tf.batchNorm(numbers(2, 9, 9, c), numbers(c), tf.abs(numbers(c)), numbers(c), numbers(c), 1e-3));
      await expectSame(() => tf.batchNorm(numbers(2, 9, 9, c), numbers(c), tf.abs(numbers(c))));
    }
    await expectSame(() => tf.batchNorm(numbers(2, 3, 3, 4), numbers(2, 3, 3, 4), tf.abs(numbers(2, 3, 3, 4))));
  });

  it('softmax', async () => {
    for (const shape of [[1], [7], [3, 4], [5, 1001], [2, 3, 4, 6], [2, 5000]]) await expectSame(() => tf.softmax(tf.mul(numbers(...shape), 30)));
    await expectSame(() => tf.softmax(tf.tensor2d([1e30, 1, -1e30, -Infinity, 0, 1], [2, 3])));
    await tf.setBackend('simd');
    expect([...tf.softmax(tf.tensor2d([NaN, 1, 2, 3, 4, 0, 0, 0, 0, 0], [2, 5])).dataSync()]).toEqual([...new Array<number>(5).fill(NaN), ...new Array<number>(5).fill(Math.fround(0.2))]);
  });

  it('gather, along any axis, of any type, in batches', async () => {
    const indices = (shape: number[], below: number): tf.Tensor => tf.tensor(Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => (i * 7 + 3) % below), shape, 'int32');
    for (const axis of [0, 1, 2, -1]) await expectSame(() => tf.gather(numbers(4, 5, 6), indices([2, 3], 4), axis));
    for (const dtype of ['int32', 'bool'] as const) await expectSame(() => tf.gather(tf.cast(tf.greater(numbers(9, 3), 0), dtype), indices([5], 9)));
    await expectSame(() => tf.gather(numbers(2, 4, 5, 3), indices([2, 3], 5), 2, 1));
    await expectSame(() => tf.gather(numbers(300, 700), indices([90], 300)));
    expect(() => tf.gather(numbers(3), tf.tensor1d([3], 'int32'))).toThrow('the index value 3 is not in [0, 2]');
  });

  it('elu, near 0 too, relu6 and prelu', async () => {
    await expectSame(() => tf.elu(tf.mul(numbers(1000), 20)));
    await tf.setBackend('simd');
    const small = Float32Array.from({ length: 40 }, (_, i) => -(10 ** (-i / 5)));
    expectClose(tf.elu(tf.tensor1d(small)).dataSync(), Array.from(small, Math.expm1), 0, 5e-7);
    await expectSame(() => tf.relu6(tf.mul(numbers(1000), 20)));
    await expectSame(() => tf.prelu<tf.Tensor>(numbers(2, 3, 4, 5), numbers(4, 1)));
  });

  it('keeps NaN through relu6, elu and a fused activation', () => {
    const x = tf.tensor1d([NaN, -1, 8]);
    expect([...tf.relu6(x).dataSync()]).toEqual([NaN, 0, 6]);
    expect([...tf.elu(x).dataSync()].map(Number.isNaN)).toEqual([true, false, false]);
    const y = tf.fused.conv2d({ x: tf.fill([1, 2, 2, 1], NaN) as tf.Tensor4D, filter: tf.ones([1, 1, 1, 4]), strides: 1, pad: 0, activation: 'relu6' });
    expect([...y.dataSync()].every(Number.isNaN)).toBe(true);
  });
});
