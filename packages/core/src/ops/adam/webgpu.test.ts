// On WebGPU the update overwrites its tensors: never those that somebody else holds too.
import { onEachDevice } from '@munit/testing/contract';
import { expect, test } from 'vitest';
import { environment } from '../../../test/contract.js';
import { readTensor } from '../../devices/readTensor.js';
import { runKernel, tensor } from '../../tfjs.js';
import { adamUpdate, emaUpdate } from './adam.js';

const devices = environment.devices.filter(({ name }) => name.startsWith('webgpu'));

await onEachDevice({ ...environment, devices }, 'updates in place', () => () => {
  test('values that are shared are copied first', async () => {
    const p = tensor([1, 2, 3, 4]);
    const held = runKernel('Identity', { x: p });
    const zeros = tensor([0, 0, 0, 0]);
    const again = runKernel('Identity', { x: zeros });
    const gradient = tensor([1, 1, -1, 2]);
    const settings = { learningRate: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 1e-8, weightDecay: 0, step: 1 };
    const updated = adamUpdate({ params: [p], m: [zeros], v: [again] }, [gradient], settings);
    // The first step is the learning rate along the sign of the gradient.
    expect([...(await readTensor(updated.params[0]!))].map((value) => Number(value.toFixed(5)))).toEqual([0.9, 1.9, 3.1, 3.9]);
    expect([...(await readTensor(updated.m[0]!))]).toEqual([0.5, 0.5, -0.5, 1]);
    expect([...(await readTensor(updated.v[0]!))].map((value) => Number(value.toFixed(5)))).toEqual([0.1, 0.1, 0.1, 0.4]);
    expect([...(await readTensor(held))]).toEqual([1, 2, 3, 4]);

    const [average] = emaUpdate([held], updated.m, 0.5);
    expect([...(await readTensor(average!))]).toEqual([0.75, 1.25, 1.25, 2.5]);
    for (const left of [...updated.params, ...updated.m, ...updated.v, average!, gradient]) left.dispose();
  });

  test('where nobody else holds them, in their own place', () => {
    const e = tensor([1, 2]);
    const p = tensor([3, 4]);
    const { dataId } = e;
    const [average] = emaUpdate([e], [p], 0.5);
    expect(average!.dataId).toBe(dataId);
    for (const left of [average!, p]) left.dispose();
  });
});
