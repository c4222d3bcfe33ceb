import { randomArray } from '@munit/testing';
import { describeUpdate } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor1D, Tensor4D } from '../../tfjs.js';
import { unitDistanceReference } from './reference.js';
import { unitDistance } from './unitDistance.js';

/** As after a ReLU: no value is below 0, and the first place has nothing but zeros. */
function maps(shape: readonly number[], seed: number) {
  const { data } = randomArray(shape, { seed });
  return { shape, data: data.map((value, i) => (i < (shape[3] as number) ? 0 : Math.max(0, value))) };
}

function inputsOf(shape: readonly number[]) {
  const weights = randomArray([shape[3] as number], { seed: 3 });
  return { x: maps(shape, 1), y: maps(shape, 2), weights: { ...weights, data: weights.data.map(Math.abs) } };
}

await describeUpdate<Tensor, undefined>(environment, {
  name: 'unitDistance',
  tolerance: 'reduction',
  reference: (inputs) => ({ distance: unitDistanceReference(need(inputs, 'x'), need(inputs, 'y'), need(inputs, 'weights')) }),
  run: (inputs) => ({ distance: unitDistance(need(inputs, 'x') as Tensor4D, need(inputs, 'y') as Tensor4D, need(inputs, 'weights') as Tensor1D) }),
  consumes: () => [],
  cases: [
    { name: 'one channel more than a block', inputs: inputsOf([1, 3, 4, 9]), options: undefined, tiny: true },
    { name: 'a batch, fewer channels than a block', inputs: inputsOf([2, 2, 2, 3]), options: undefined, tiny: true },
    { name: 'channels in fours, more places than a task', inputs: inputsOf([2, 7, 9, 12]), options: undefined },
    { name: 'the third map of AlexNet', inputs: inputsOf([2, 5, 5, 384]), options: undefined },
    { name: 'equal maps', inputs: { ...inputsOf([1, 4, 4, 24]), y: maps([1, 4, 4, 24], 1) }, options: undefined },
  ],
});
