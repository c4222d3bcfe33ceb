import { describeOp } from '@munit/testing/contract';
import { defined, environment, need, pick } from '../../../test/contract.js';
import type { Tensor, Tensor1D, Tensor2D } from '../../tfjs.js';
import type { FusedActivation } from '../activation/activation.js';
import { linear } from './linear.js';
import { linearReference } from './reference.js';

await describeOp<Tensor, FusedActivation>(environment, {
  name: 'linear',
  tolerance: 'product',
  reference: {
    forward: (inputs, activation) => linearReference.forward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], activation),
    backward: (inputs, activation, dy) =>
      defined({ ...linearReference.backward(need(inputs, 'x'), need(inputs, 'weights'), inputs['bias'], activation, dy) }),
  },
  implementations: [
    {
      name: 'linear',
      run: (inputs, activation) => linear(need(inputs, 'x') as Tensor2D, need(inputs, 'weights') as Tensor2D, pick<Tensor1D>(inputs, 'bias'), activation),
    },
  ],
  cases: [
    { name: '1×1', inputs: { x: [1, 1], weights: [1, 1], bias: [1] }, options: 'none', tiny: true },
    { name: 'batch 3, no bias', inputs: { x: [3, 5], weights: [5, 7] }, options: 'none', tiny: true },
    { name: 'relu', inputs: { x: [2, 8], weights: [8, 6], bias: [6] }, options: 'relu', tiny: true },
    { name: 'lrelu', inputs: { x: [2, 3], weights: [3, 9], bias: [9] }, options: 'lrelu' },
    { name: 'tanh', inputs: { x: [4, 3], weights: [3, 5], bias: [5] }, options: 'tanh', tiny: true },
    { name: 'larger', inputs: { x: [5, 67], weights: [67, 41], bias: [41] }, options: 'relu' },
  ],
});
