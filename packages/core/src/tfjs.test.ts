import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, openDevice } from './devices/devices.js';
import { runKernel, runKernelMulti, tensor } from './tfjs.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu');
});
afterAll(() => device.dispose());

describe('runKernel', () => {
  it('gives a tensor that its scope frees, and counts it', () => {
    const before = tf.memory().numTensors;
    const x = tensor([1, 2], [2]);
    tf.tidy(() => {
      expect([...runKernel('Add', { a: x, b: x }).dataSync()]).toEqual([2, 4]);
      expect(tf.memory().numTensors).toBe(before + 2);
    });
    expect(tf.memory().numTensors).toBe(before + 1);
    x.dispose();
  });

  it('leaves out inputs that are undefined', () => {
    const x = tensor([1, 2], [2]);
    const y = runKernel('Identity', { x, other: undefined });
    expect([...y.dataSync()]).toEqual([1, 2]);
    x.dispose();
    y.dispose();
  });

  it('is seen by the profiler and by the gradients of TensorFlow.js', async () => {
    const x = tensor([1, 2], [2]);
    const { kernels } = await tf.profile(() => runKernel('Square', { x }));
    expect(kernels.map(({ name }) => name)).toEqual(['Square']);
    // Recorded by TensorFlow.js's tape, which has a gradient of this kernel only where its ops have been loaded.
    expect(() => tf.grad((v) => runKernel('Square', { x: v }))(x)).toThrow(/gradient/i);
    x.dispose();
  });

  it('says which kernel the backend lacks', () => {
    expect(() => runKernel('NoSuchKernel', {})).toThrow("Kernel 'NoSuchKernel' not registered for backend 'cpu'");
    expect(() => runKernelMulti('NoSuchKernel', {})).toThrow("Kernel 'NoSuchKernel' not registered for backend 'cpu'");
  });
});
