/** R1 (Mescheder et al. 2018, equation 9) of a small discriminator: what gradients of gradients are for. */
import { compareArrays, ndArray, randomArray } from '@munit/testing';
import { onEachDevice } from '@munit/testing/contract';
import { describe, expect, test } from 'vitest';
import { adapter, environment } from '../../test/contract.js';
import { conv2d } from '../ops/conv2d/conv2d.js';
import { scale, weightedSum } from '../ops/elementwise/elementwise.js';
import { averagePool2d } from '../ops/pooling/averagePool2d.js';
import { dot, mean } from '../ops/reductions/sums.js';
import { conv2dReference } from '../ops/conv2d/reference.js';
import type { Conv2dSettings } from '../ops/conv2d/types.js';
import { averagePool2dReference } from '../ops/pooling/reference.js';
import type { Array64 } from '../ops/shared/reference.js';
import { memory, type Scalar, type Tensor, type Tensor1D, type Tensor4D } from '../tfjs.js';
import { grad, valueAndGrad } from './valueAndGrad.js';

const gamma = 10;
const batch = 2;
const scales = 2;

/** 4×4 convolutions at stride 2 with leaky ReLU, then 1×1 to a score, as the published discriminator has them. */
const layers = [
  { stride: 2, padMode: 'reflect', pad: 1, upsample: 1, activation: 'lrelu' },
  { stride: 2, padMode: 'reflect', pad: 1, upsample: 1, activation: 'lrelu' },
  { stride: 1, padMode: 'zero', pad: 0, upsample: 1, activation: 'none' },
] as const satisfies readonly Conv2dSettings[];
const shapes = [
  [4, 4, 3, 5],
  [4, 4, 5, 4],
  [1, 1, 4, 1],
] as const;

interface Block<T> {
  readonly weights: T;
  readonly bias: T;
}

const blocks64: readonly Block<Array64>[] = Array.from({ length: scales }, (_, s) =>
  shapes.map((shape, i) => ({ weights: rounded(shape, 10 * s + i, 0.3), bias: rounded([shape[3]], 100 + 10 * s + i, 0.3) })),
).flat();
const images64 = rounded([batch, 13, 10, 3], 1000, 1);

function rounded(shape: readonly number[], seed: number, deviation: number): Array64 {
  const { data } = randomArray(shape, { seed, scale: deviation });
  return { shape, data: data.map(Math.fround) };
}

/** 0.5 γ mean over the batch of ‖∇ₓ Σ D(x)‖², by the float64 references. */
function penalty64(blocks: readonly Block<Array64>[]): number {
  let image = images64;
  const images: Array64[] = [];
  for (let s = 0; s < scales; s++) {
    images.push(image);
    image = averagePool2dReference.forward(image);
  }
  let gradient: Array64 | undefined;
  for (let s = scales - 1; s >= 0; s--) {
    const own = scoreGradient64(images[s] as Array64, blocks.slice(s * layers.length, (s + 1) * layers.length));
    const fromBelow = gradient === undefined ? undefined : averagePool2dReference.backward(images[s] as Array64, gradient);
    gradient = { shape: own.shape, data: own.data.map((value, i) => value + (fromBelow?.data[i] ?? 0)) };
  }
  return ((0.5 * gamma) / batch) * (gradient as Array64).data.reduce((sum, value) => sum + value * value, 0);
}

/** ∇ₓ Σ scores of one scale. */
function scoreGradient64(image: Array64, blocks: readonly Block<Array64>[]): Array64 {
  const inputs = [image];
  layers.forEach((layer, i) => {
    const { weights, bias } = blocks[i] as Block<Array64>;
    inputs.push(conv2dReference.forward(inputs[i] as Array64, weights, bias, layer));
  });
  const scores = inputs[layers.length] as Array64;
  let dy: Array64 = { shape: scores.shape, data: new Float64Array(scores.data.length).fill(1) };
  for (let i = layers.length - 1; i >= 0; i--) {
    const { weights, bias } = blocks[i] as Block<Array64>;
    dy = conv2dReference.backward(inputs[i] as Array64, weights, bias, layers[i] as Conv2dSettings, dy).x;
  }
  return dy;
}

/** Σ D(x) over scales and scores. */
function score(blocks: readonly Block<Tensor>[], images: Tensor4D): Scalar {
  const terms: Scalar[] = [];
  let image = images;
  for (let s = 0; s < scales; s++) {
    const scores = layers.reduce((x, { stride, padMode, pad, activation }, i) => {
      const { weights, bias } = blocks[s * layers.length + i] as Block<Tensor>;
      return conv2d(x, weights as Tensor4D, bias as Tensor1D, { stride, pad: { mode: padMode, size: pad }, activation });
    }, image);
    terms.push(scale(mean(scores), scores.size));
    image = averagePool2d(image);
  }
  return weightedSum(terms, terms.map(() => 1));
}

function penalty(blocks: readonly Block<Tensor>[], images: Tensor4D): Scalar {
  const gradient = grad((x) => score(blocks, x), images);
  return scale(dot(gradient, gradient), (0.5 * gamma) / batch);
}

/** Central differences of the float64 penalty at some places of each tensor. */
const differences = blocks64.flatMap((block, b) =>
  (['weights', 'bias'] as const).map((name) => {
    const { data } = block[name];
    const places = Array.from({ length: Math.min(6, data.length) }, (_, k) => Math.floor((k * data.length) / Math.min(6, data.length)));
    const step = 1e-5;
    const at = (place: number, by: number): number => {
      const moved = { ...block[name], data: data.map((value, i) => (i === place ? value + by : value)) };
      return penalty64(blocks64.with(b, { ...block, [name]: moved }));
    };
    return { b, name, places, values: places.map((place) => (at(place, step) - at(place, -step)) / (2 * step)) };
  }),
);

await onEachDevice(environment, 'R1', () => () => {
  describe('of a discriminator of two scales', () => {
    test('the penalty and its gradients, against float64 and its finite differences', async () => {
      const before = memory().numTensors;
      const images = adapter.create(images64) as Tensor4D;
      const blocks = blocks64.map(({ weights, bias }) => ({ weights: adapter.create(weights), bias: adapter.create(bias) }));
      const { value, grads } = valueAndGrad((blocks: readonly Block<Tensor>[]) => ({ value: penalty(blocks, images), aux: {} }), blocks);
      const penaltyNow = await adapter.read(value);
      expect((penaltyNow.data[0] as number) / penalty64(blocks64)).toBeCloseTo(1, 5);
      const largest = Math.max(...differences.flatMap(({ values }) => values.map(Math.abs)));
      for (const { b, name, places, values } of differences) {
        const found = await adapter.read((grads[b] as Block<Tensor>)[name]);
        const picked = ndArray([places.length], Float32Array.from(places, (place) => found.data[place] as number));
        const truth = { shape: [values.length], data: Float64Array.from(values) };
        const compared = compareArrays(picked, truth, { atol: 2e-5, rtol: 2e-4, scaleFloor: largest / 10 });
        expect(compared.passed, `block ${b}, ${name}: ${compared.message}`).toBe(true);
      }
      for (const tensor of [value, images, ...[...blocks, ...grads].flatMap(({ weights, bias }) => [weights, bias])]) tensor.dispose();
      expect(memory().numTensors).toBe(before);
    });
  });

  test('of a linear score ⟨w, x⟩ it is 0.5 γ ‖w‖², with the gradient γ w, whatever the images', async () => {
    const weights64 = rounded([3, 4, 2, 1], 5, 1);
    const weights = adapter.create(weights64) as Tensor4D;
    const images = adapter.create(rounded([batch, 3, 4, 2], 6, 1)) as Tensor4D;
    const { value, grads } = valueAndGrad(({ weights }) => {
      const scores = (x: Tensor4D): Scalar => scale(mean(conv2d(x, weights, undefined)), batch);
      const gradient = grad(scores, images);
      return { value: scale(dot(gradient, gradient), (0.5 * gamma) / batch), aux: {} };
    }, { weights });
    const norm = weights64.data.reduce((sum, w) => sum + w * w, 0);
    expect(((await adapter.read(value)).data[0] as number) / (0.5 * gamma * norm)).toBeCloseTo(1, 5);
    const found = await adapter.read(grads.weights);
    const truth = { shape: weights64.shape, data: weights64.data.map((w) => gamma * w) };
    const compared = compareArrays(found, truth, { atol: 1e-6, rtol: 1e-5 });
    expect(compared.passed, compared.message).toBe(true);
    for (const tensor of [value, grads.weights, weights, images]) tensor.dispose();
  });
});
