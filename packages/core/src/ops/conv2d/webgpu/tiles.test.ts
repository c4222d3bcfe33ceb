// Whatever tile measuring may choose, a convolution and its gradients are right.
import { engine } from '@tensorflow/tfjs-core';
import { compareArrays, float32Tolerances, ndArray, type NdArray64, randomArray, toFloat64 } from '@munit/testing';
import { onEachDevice } from '@munit/testing/contract';
import { expect, test } from 'vitest';
import { type Device, openDevice } from '../../../devices/devices.js';
import { readTensor } from '../../../devices/readTensor.js';
import type { GpuBackend } from '../../../devices/webgpu/registerKernels.js';
import { candidateTiles, type ProductSize } from '../../../wgsl/tiledProduct/tiles.js';
import type { Gpu, GpuTensor } from '../../../wgsl/types.js';
import { tensor } from '../../../tfjs.js';
import { conv2dReference } from '../reference.js';
import type { Conv2dSettings } from '../types.js';
import { forward } from './forward.js';
import { geometryOf } from './geometry.js';
import { inputGradient } from './inputGradient/inputGradient.js';
import { weightsGradient } from './weightsGradient.js';

type Shape = readonly [number, number, number, number];

interface Case {
  readonly name: string;
  readonly x: Shape;
  readonly weights: Shape;
  readonly settings: Conv2dSettings;
  /** The size whose candidates are taken, where it is not the product's own. */
  readonly as?: Partial<ProductSize>;
}

const plain: Conv2dSettings = { stride: 1, padMode: 'zero', pad: 0, upsample: 1, activation: 'none' };
const cases: readonly Case[] = [
  { name: 'wide', x: [1, 5, 7, 8], weights: [3, 3, 8, 8], settings: { ...plain, padMode: 'reflect', pad: 1 }, as: { m: 65536, n: 64 } },
  { name: 'narrow, channels by ones, stride 2', x: [2, 7, 6, 6], weights: [4, 4, 6, 3], settings: { ...plain, stride: 2, pad: 1 } },
  { name: 'phases and border', x: [1, 5, 4, 8], weights: [5, 5, 8, 4], settings: { ...plain, padMode: 'reflect', pad: 2, upsample: 2 } },
];

/** The most candidates that a product has. */
const places = [0, 1, 2, 3, 4];

let device: Device;
const webgpu = { name: 'webgpu-node', tinyOnly: true, open: async () => void (device = await openDevice('webgpu')) };
await onEachDevice({ devices: [webgpu] }, 'convolutions in every tile that may be chosen', () => () => {
  test.each(cases.flatMap((one) => places.map((place) => ({ ...one, place }))))('$name, candidate $place', async ({ x, weights, settings, as, place }) => {
    const { gpu: own, device: adapterDevice } = engine().backend as unknown as GpuBackend & { readonly device: GPUDevice };
    const g = geometryOf(x, weights, { ...settings, slope: 0.2 });
    const given = {
      x: toFloat64(randomArray(x, { seed: 1 })),
      weights: toFloat64(randomArray(weights, { seed: 2 })),
      dy: toFloat64(randomArray([g.samples, g.outHeight, g.outWidth, g.outputs], { seed: 3 })),
    };
    const gradients = conv2dReference.backward(given.x, given.weights, undefined, settings, given.dy);
    const truths = [conv2dReference.forward(given.x, given.weights, undefined, settings), gradients.x, gradients.weights] as readonly NdArray64[];
    const tensors = Object.values(given).map(({ shape, data }) => tensor(Float32Array.from(data), [...shape]));
    const [gx, gw, gdy] = tensors.map(({ dataId, shape }): GpuTensor => ({ dataId, shape, dtype: 'float32' })) as [GpuTensor, GpuTensor, GpuTensor];

    const compute = () => {
      const gpu: Gpu = {
        ...own,
        tile(product) {
          const candidates = candidateTiles({ ...product, ...as }, adapterDevice.limits);
          return candidates[place % candidates.length]!;
        },
      };
      return [forward(gpu, g, gx, gw, undefined), inputGradient(gpu, g, gw, gdy), weightsGradient(gpu, g, gx, gdy)].map((result) => engine().makeTensorFromTensorInfo(result));
    };
    // Built side by side.
    await device.warmUp(() => void compute());
    const failures: string[] = [];
    for (const [i, found] of compute().entries()) {
      const ours = ndArray(found.shape, await readTensor(found));
      found.dispose();
      const { passed, message } = compareArrays(ours, truths[i]!, float32Tolerances.product);
      if (!passed) failures.push(`${['y', 'dx', 'dW'][i]}: ${message}`);
    }
    for (const one of tensors) one.dispose();
    expect(failures).toEqual([]);
  });
});
