// On WebGPU, what the tiny cases of the contract do not reach: channels in fours, phases with an inner part, split sums, strides with a rest, large tiles.
import { describeOp, type OpCase } from '@munit/testing/contract';
import { defined, environment, need, pick } from '../../../test/contract.js';
import type { Tensor1D, Tensor4D } from '../../tfjs.js';
import { conv2dBy, type Conv2dOptions } from './conv2d.js';
import { conv2dReference } from './reference.js';
import { isAvailable } from '../shared/implementations.js';
import { fusedConv2d } from './fused.js';

type Shape = readonly [number, number, number, number];

const conv = (name: string, x: Shape, weights: Shape, options: Conv2dOptions): OpCase<Conv2dOptions> => ({
  name,
  inputs: { x, weights, bias: [weights[3]] },
  options,
  tiny: true,
  finiteDifferences: false,
});

const resolved = ({ stride = 1, pad, upsample = 1, activation = 'none' }: Conv2dOptions) =>
  ({ stride, padMode: pad?.mode ?? 'zero', pad: pad?.size ?? 0, upsample, activation }) as const;

await describeOp(
  { ...environment, devices: environment.devices.filter(({ name }) => name.startsWith('webgpu')) },
  {
    name: 'conv2d in tiles',
    tolerance: 'product',
    reference: {
      forward: (inputs, options) => conv2dReference.forward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], resolved(options)),
      backward: (inputs, options, dy) =>
        defined({ ...conv2dReference.backward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], resolved(options), dy) }),
    },
    implementations: [
      {
        name: 'fused',
        run: (inputs, options) =>
          conv2dBy(fusedConv2d, need(inputs, 'x') as Tensor4D, need(inputs, 'weights') as Tensor4D, pick<Tensor1D>(inputs, 'bias'), options),
        isAvailable: () => isAvailable(fusedConv2d),
        nonFinite: 'spreads',
      },
    ],
    cases: [
      conv('3×3 reflect, several tiles, sums split', [1, 17, 18, 20], [3, 3, 20, 20], { pad: { mode: 'reflect', size: 1 }, activation: 'lrelu' }),
      conv('one filter of one tap', [2, 9, 11, 12], [1, 1, 12, 1], { activation: 'lrelu' }),
      conv('one filter of one tap, channels by ones', [1, 5, 3, 7], [1, 1, 7, 1], {}),
      conv('so many outputs that tiles are staged', [1, 1, 1, 8], [1, 1, 8, 8192], {}),
      conv('so many remainders that tiles of the gradient are staged', [1, 13, 12, 24], [12, 12, 24, 8], { stride: 12, pad: { mode: 'reflect', size: 1 } }),
      conv('4×4 stride 2 reflect, batch 2', [2, 10, 9, 4], [4, 4, 4, 8], { stride: 2, pad: { mode: 'reflect', size: 1 } }),
      conv('4×4 stride 2 zero', [1, 7, 8, 3], [4, 4, 3, 8], { stride: 2, pad: { mode: 'zero', size: 1 }, activation: 'relu' }),
      conv('5×5 reflect after doubling, phases and border', [2, 5, 6, 4], [5, 5, 4, 8], { pad: { mode: 'reflect', size: 2 }, upsample: 2 }),
      { ...conv('5×5 zero after doubling, phases', [1, 4, 3, 3], [5, 5, 3, 4], { pad: { mode: 'zero', size: 2 }, upsample: 2 }), finiteDifferences: true },
      conv('stride 3 reflect, with a rest', [1, 9, 8, 4], [3, 3, 4, 2], { stride: 3, pad: { mode: 'reflect', size: 1 } }),
      conv('4×4 stride 2 replicate, odd', [1, 7, 6, 3], [4, 4, 3, 5], { stride: 2, pad: { mode: 'replicate', size: 1 } }),
      conv('5×5 stride 2 zero', [1, 8, 7, 5], [5, 5, 5, 4], { stride: 2, pad: { mode: 'zero', size: 2 }, activation: 'tanh' }),
      conv('doubling and stride', [1, 4, 4, 3], [4, 4, 3, 4], { pad: { mode: 'zero', size: 1 }, upsample: 2, stride: 2 }),
      conv('4×4 replicate after doubling, odd output', [1, 3, 4, 4], [4, 4, 4, 3], { pad: { mode: 'replicate', size: 1 }, upsample: 2, activation: 'lrelu' }),
    ],
  },
);
