import { randomArray } from '@munit/testing';
import { describeOp, describeUpdate, type OpCase } from '@munit/testing/contract';
import { defined, environment, need, pick } from '../../../test/contract.js';
import type { Tensor, Tensor1D, Tensor4D } from '../../tfjs.js';
import { batchNormalize, updateRunningStatistics } from './batchNorm.js';
import { type BatchNormInputs, batchNormReference, type BatchNormSettings, runningStatisticsReference } from './reference.js';

type Shape = readonly [number, number, number, number];

/** Variances are positive. */
const variance = (channels: number) => {
  const drawn = randomArray([channels], { seed: 31 + channels });
  return { ...drawn, data: drawn.data.map((value) => Math.fround(0.25 + value * value)) };
};

const inputsOf = (x: Shape, affine: 'both' | 'none' | 'shift') => ({
  x,
  mean: [x[3]],
  variance: variance(x[3]),
  ...(affine === 'both' ? { scale: [x[3]] } : {}),
  ...(affine === 'none' ? {} : { shift: [x[3]] }),
});

const batchNorm = (name: string, x: Shape, settings: Partial<BatchNormSettings> & { readonly affine?: 'both' | 'none' | 'shift' } = {}, tiny = false): OpCase<BatchNormSettings> => {
  const { affine = 'both', activation = 'none', epsilon = 1e-5 } = settings;
  return { name, inputs: inputsOf(x, affine), options: { activation, epsilon }, tiny };
};

const arrays = (inputs: Readonly<Record<string, BatchNormInputs['x']>>): BatchNormInputs => ({
  x: need(inputs, 'x'),
  mean: need(inputs, 'mean'),
  variance: need(inputs, 'variance'),
  scale: inputs['scale'],
  shift: inputs['shift'],
});

await describeOp<Tensor, BatchNormSettings>(environment, {
  name: 'batchNormalize',
  tolerance: 'normalization',
  reference: {
    forward: (inputs, settings) => batchNormReference.forward(arrays(inputs), settings),
    backward: (inputs, settings, dy) => defined({ ...batchNormReference.backward(arrays(inputs), settings, dy) }),
  },
  implementations: [
    {
      name: 'batchNormalize',
      // TensorFlow.js's program on WebGPU takes x · factor + (shift − mean · factor): with an infinite factor, ∞ − ∞.
      nonFinite: 'spreads',
      run: (inputs, settings) =>
        batchNormalize(need(inputs, 'x') as Tensor4D, {
          ...settings,
          mean: need(inputs, 'mean') as Tensor1D,
          variance: need(inputs, 'variance') as Tensor1D,
          scale: pick<Tensor1D>(inputs, 'scale'),
          shift: pick<Tensor1D>(inputs, 'shift'),
        }),
    },
  ],
  cases: [
    batchNorm('one pixel', [1, 1, 1, 1], {}, true),
    batchNorm('batch 2, odd, relu', [2, 3, 5, 3], { activation: 'relu' }, true),
    batchNorm('as many channels as a block, lrelu', [1, 4, 3, 8], { activation: 'lrelu' }),
    batchNorm('tanh', [1, 2, 3, 5], { activation: 'tanh' }),
    batchNorm('without an affine', [2, 2, 3, 3], { affine: 'none' }),
    batchNorm("Inception's: a shift alone, ε 0.001", [1, 3, 3, 4], { affine: 'shift', epsilon: 0.001, activation: 'relu' }),
    batchNorm('larger', [2, 9, 11, 17]),
  ],
});

await describeUpdate<Tensor, number>(environment, {
  name: 'updateRunningStatistics',
  tolerance: 'reduction',
  reference: (inputs, momentum) => ({ ...runningStatisticsReference(arrays(inputs), momentum) }),
  run: (inputs, momentum) => updateRunningStatistics({ mean: need(inputs, 'mean') as Tensor1D, variance: need(inputs, 'variance') as Tensor1D }, need(inputs, 'x') as Tensor4D, momentum),
  consumes: () => [],
  cases: [
    { name: 'two values', inputs: inputsOf([2, 1, 1, 3], 'none'), options: 0.1, tiny: true },
    { name: 'images', inputs: inputsOf([3, 5, 4, 5], 'none'), options: 0.1, tiny: true },
    { name: 'all of the new batch', inputs: inputsOf([1, 7, 9, 4], 'none'), options: 1 },
    { name: 'nothing of it', inputs: inputsOf([1, 3, 3, 2], 'none'), options: 0 },
    {
      // E[x²] − E[x]² would lose every digit.
      name: 'far from zero',
      inputs: { ...inputsOf([2, 4, 4, 2], 'none'), x: randomArray([2, 4, 4, 2], { seed: 8, scale: 0.5, shift: 500 }) },
      options: 1,
    },
  ],
});
