import { describeOp } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor2D } from '../../tfjs.js';
import { kernelMean } from './kernelMean.js';
import { kernelMeanReference } from './reference.js';

await describeOp<Tensor, number>(environment, {
  name: 'kernelMean',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, constant) => kernelMeanReference.forward(need(inputs, 'x'), need(inputs, 'y'), constant),
    backward: (inputs, constant, dy) => ({ ...kernelMeanReference.backward(need(inputs, 'x'), need(inputs, 'y'), constant, dy) }),
  },
  implementations: [{ name: 'kernelMean', run: (inputs, constant) => kernelMean(need(inputs, 'x') as Tensor2D, need(inputs, 'y') as Tensor2D, constant) }],
  cases: [
    // Infinite vectors are infinitely far from each other, and from themselves.
    { name: 'one pair', inputs: { x: [1, 1], y: [1, 1] }, options: 2 },
    { name: 'styles of a batch of 2', inputs: { x: [2, 8], y: [2, 8] }, options: 16, tiny: true },
    { name: 'sets of different sizes', inputs: { x: [3, 5], y: [4, 5] }, options: 1 },
  ],
});
