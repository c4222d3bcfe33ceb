// A device beside a program that uses TensorFlow.js itself.
import '@tensorflow/tfjs-backend-cpu';
import { disposeSimdBackend, registerSimdBackend } from '@munit/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDevice } from './devices.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});
afterEach(disposeSimdBackend);

test('the program gets its own backend back when the last device goes', async () => {
  const x = tf.tensor1d([1, 2]);
  const [first, second] = [await openDevice('simd', { threads: 1 }), await openDevice('simd')];
  expect(tf.getBackend()).toBe('simd');
  first.dispose();
  expect(tf.getBackend()).toBe('simd');
  second.dispose();
  expect(tf.getBackend()).toBe('cpu');
  expect([...tf.add(x, 1).dataSync()]).toEqual([2, 3]);
});

test('the program keeps a backend that it has chosen meanwhile, and gets that one back later', async () => {
  const device = await openDevice('simd', { threads: 1 });
  await tf.setBackend('cpu');
  device.dispose();
  expect(tf.getBackend()).toBe('cpu');

  const again = await openDevice('simd', { threads: 1 });
  await tf.setBackend('cpu');
  again.activate();
  again.dispose();
  expect(tf.getBackend()).toBe('cpu');
});

test('a backend that the program registered itself stays, with its tensors', async () => {
  await registerSimdBackend({ threads: 2 });
  await tf.setBackend('simd');
  const x = tf.tensor1d([1, 2]);
  const device = await openDevice('simd');
  device.dispose();
  expect(tf.getBackend()).toBe('simd');
  expect([...tf.add(x, 1).dataSync()]).toEqual([2, 3]);
  await expect(openDevice('simd', { threads: 1 })).rejects.toThrow(/registered a 'simd' backend with 2 threads/);
});
