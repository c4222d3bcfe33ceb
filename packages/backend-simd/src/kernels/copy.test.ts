import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { disposeSimdBackend } from '../register.js';
import { random, useSimd } from '../testing/harness.js';

beforeAll(() => useSimd());
afterAll(disposeSimdBackend);

/** The same code on this backend and on TensorFlow.js's CPU backend. */
async function bothBackends(build: () => tf.Tensor): Promise<void> {
  const results: { values: unknown; shape: number[]; dtype: string }[] = [];
  for (const backend of ['cpu', 'simd']) {
    await tf.setBackend(backend);
    const result = tf.tidy(build);
    results.push({ values: [...result.dataSync()], shape: result.shape, dtype: result.dtype });
    result.dispose();
  }
  expect(results[1]).toEqual(results[0]);
}

const x = (): tf.Tensor4D => tf.tensor4d(random(2 * 3 * 4 * 5, 1), [2, 3, 4, 5]);

const programs: Record<string, () => tf.Tensor> = {
  'slice': () => tf.slice(x(), [1, 0, 2, 1], [1, 2, -1, 3]),
  'slice of int32': () => tf.slice(tf.cast(tf.mul(x(), 10), 'int32'), [0, 1], [2, 1]),
  'pad': () => tf.pad(x(), [[0, 1], [2, 0], [1, 1], [0, 3]], -0.5),
  'concat on the last axis': () => tf.concat([x(), tf.mul(x(), 2), tf.ones([2, 3, 4, 1])], 3),
  'concat on the first axis': () => tf.concat([x(), tf.neg(x())], 0),
  'concat of bool': () => tf.concat([tf.greater(x(), 0), tf.less(x(), 0)], 1),
  'transpose': () => tf.transpose(x(), [3, 0, 2, 1]),
  'transpose of bool': () => tf.transpose(tf.greater(x(), 0), [1, 0, 3, 2]),
  'reverse': () => tf.reverse(x(), [1, 3]),
  'tile': () => tf.tile(tf.squeeze(tf.slice(x(), 0, 1), [0]), [2, 1, 3]),
  'tile of four axes, two of them repeated': () => tf.tile(x(), [3, 1, 2, 1]),
  'resize by whole factors': () => tf.image.resizeNearestNeighbor(x(), [6, 12]),
  'resize by a fraction': () => tf.image.resizeNearestNeighbor(x(), [5, 7]),
  'cast': () => tf.cast(tf.cast(tf.mul(x(), 3), 'int32'), 'bool'),
  'fill and like': () => tf.concat1d([tf.fill([3], 2.5), tf.zerosLike(tf.tensor1d([1, 2])), tf.onesLike(tf.tensor1d([3]))]),
  'stack and expandDims': () => tf.expandDims(tf.stack([x(), x()], 2), 0),
  'matMul': () => tf.cast(tf.matMul(tf.reshape(x(), [6, 20]), tf.reshape(x(), [6, 20]), true, false), 'int32'),
  'comparison, where, gather and arg max (CPU kernels)': () => tf.argMax(tf.gather(tf.where(tf.greater(x(), 0), x(), tf.zeros([2, 3, 4, 5])), tf.tensor1d([1, 0], 'int32')), -1),
  'strings': () => tf.reshape(tf.tensor1d(['a', 'bc']), [2, 1]),
  'oneHot and cumsum (CPU kernels)': () => tf.cumsum(tf.cast(tf.oneHot(tf.tensor1d([2, 0, 1], 'int32'), 4), 'float32'), 1),
};

it.each(Object.entries(programs))('%s equals the CPU backend', async (_, build) => bothBackends(build));

it.each([7, 1, 2])('multiplies matrices of %i rows in every orientation', async (m) => {
  for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true], [true, true]] as const) {
    const a = tf.tensor3d(random(3 * m * 13, 1), transposeA ? [3, 13, m] : [3, m, 13]);
    const b = tf.tensor3d(random(3 * 13 * 9, 2), transposeB ? [3, 9, 13] : [3, 13, 9]);
    const ours = tf.matMul(a, b, transposeA, transposeB);
    const [av, bv] = [await a.array(), await b.array()];
    const truth = Array.from({ length: 3 * m * 9 }, (_, i) => {
      const [n, r, q] = [Math.floor(i / (9 * m)), Math.floor(i / 9) % m, i % 9];
      let sum = 0;
      for (let k = 0; k < 13; k++) sum += (transposeA ? av[n]![k]![r]! : av[n]![r]![k]!) * (transposeB ? bv[n]![q]![k]! : bv[n]![k]![q]!);
      return sum;
    });
    ours.dataSync().forEach((v, i) => expect(v).toBeCloseTo(truth[i]!, 5));
    tf.dispose([a, b, ours]);
  }
});
