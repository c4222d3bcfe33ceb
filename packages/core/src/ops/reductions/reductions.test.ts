import { describeOp, type OpCase } from '@munit/testing/contract';
import { describe, expect, test } from 'vitest';
import { environment, need } from '../../../test/contract.js';
import type { Tensor } from '../../tfjs.js';
import { meanHinge, meanSoftplus } from './adversarial.js';
import { meanAbsoluteDifference, meanSquaredDifference, meanSquaredTo } from './distances.js';
import { dot, mean } from './sums.js';
import {
  dotReference,
  meanAbsoluteDifferenceReference,
  meanHingeReference,
  meanReference,
  meanSoftplusReference,
  meanSquaredDifferenceReference,
  meanSquaredToReference,
} from './reference.js';

const pairs: readonly OpCase<undefined>[] = [
  { name: 'one value', inputs: { a: [1], b: [1] }, options: undefined, tiny: true },
  { name: 'images', inputs: { a: [2, 5, 3, 3], b: [2, 5, 3, 3] }, options: undefined, tiny: true },
  { name: 'codes', inputs: { a: [3, 8], b: [3, 8] }, options: undefined },
  { name: 'larger', inputs: { a: [2, 33, 17, 3], b: [2, 33, 17, 3] }, options: undefined },
  {
    name: 'equal in places',
    inputs: { a: { shape: [4], data: Float64Array.of(1, 2, 0, -3) }, b: { shape: [4], data: Float64Array.of(1, -2, 0, -1) } },
    options: undefined,
    finiteDifferences: false,
  },
];

for (const [name, op, reference] of [
  ['meanAbsoluteDifference', meanAbsoluteDifference, meanAbsoluteDifferenceReference],
  ['meanSquaredDifference', meanSquaredDifference, meanSquaredDifferenceReference],
  ['dot', dot, dotReference],
] as const) {
  await describeOp<Tensor, undefined>(environment, {
    name,
    tolerance: 'reduction',
    reference: {
      forward: (inputs) => reference.forward(need(inputs, 'a'), need(inputs, 'b')),
      backward: (inputs, _, dy) => ({ ...reference.backward(need(inputs, 'a'), need(inputs, 'b'), dy) }),
    },
    implementations: [{ name, run: (inputs) => op(need(inputs, 'a'), need(inputs, 'b')) }],
    cases: pairs,
  });
}

const scores = (option: number, tiny = false): OpCase<number>[] => [
  { name: `${option}, one value`, inputs: { x: [1, 1, 1, 1] }, options: option, tiny },
  { name: `${option}, scores`, inputs: { x: [2, 5, 3, 1] }, options: option, tiny },
];

await describeOp<Tensor, undefined>(environment, {
  name: 'mean',
  tolerance: 'reduction',
  reference: {
    forward: (inputs) => meanReference.forward(need(inputs, 'x')),
    backward: (inputs, _, dy) => ({ x: meanReference.backward(need(inputs, 'x'), dy) }),
  },
  implementations: [{ name: 'mean', run: (inputs) => mean(need(inputs, 'x')) }],
  cases: [
    { name: 'a scalar', inputs: { x: [] }, options: undefined },
    { name: 'scores', inputs: { x: [2, 5, 3, 1] }, options: undefined, tiny: true },
    { name: 'larger', inputs: { x: [2, 33, 17, 3] }, options: undefined },
  ],
});

await describeOp<Tensor, number>(environment, {
  name: 'meanSquaredTo',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, target) => meanSquaredToReference.forward(need(inputs, 'x'), target),
    backward: (inputs, target, dy) => ({ x: meanSquaredToReference.backward(need(inputs, 'x'), target, dy) }),
  },
  implementations: [{ name: 'meanSquaredTo', run: (inputs, target) => meanSquaredTo(need(inputs, 'x'), target) }],
  cases: [...scores(0, true), ...scores(1, true), { name: 'larger', inputs: { x: [1, 40, 41, 3] }, options: -0.5 }],
});

const extreme = { shape: [8], data: Float64Array.of(-200, -90, -20, -1e-3, 1e-3, 20, 90, 200) };

for (const [name, op, reference] of [
  ['meanSoftplus', meanSoftplus, meanSoftplusReference],
  ['meanHinge', meanHinge, meanHingeReference],
] as const) {
  await describeOp<Tensor, 1 | -1>(environment, {
    name,
    tolerance: 'reduction',
    reference: {
      forward: (inputs, sign) => reference.forward(need(inputs, 'x'), sign),
      backward: (inputs, sign, dy) => ({ x: reference.backward(need(inputs, 'x'), sign, dy) }),
    },
    implementations: [{ name, run: (inputs, sign) => op(need(inputs, 'x'), sign) }],
    cases: ([1, -1] as const).flatMap((sign) => [
      { name: `sign ${sign}, one value`, inputs: { x: [1, 1, 1, 1] }, options: sign, tiny: true },
      { name: `sign ${sign}, scores`, inputs: { x: [2, 5, 3, 1] }, options: sign, tiny: true },
      { name: `sign ${sign}, where sigmoid and exp overflow`, inputs: { x: extreme }, options: sign, finiteDifferences: false },
      { name: `sign ${sign}, larger`, inputs: { x: [2, 31, 32, 1] }, options: sign },
    ]),
  });
}

describe('the references against closed forms', () => {
  const at = (value: number) => ({ shape: [1], data: Float64Array.of(value) });
  test('softplus is binary cross-entropy on logits', () => {
    for (const x of [-3, 0.5, 2]) {
      const sigmoid = 1 / (1 + Math.exp(-x));
      expect(meanSoftplusReference.forward(at(x), -1).data[0]).toBeCloseTo(-Math.log(sigmoid), 12);
      expect(meanSoftplusReference.forward(at(x), 1).data[0]).toBeCloseTo(-Math.log(1 - sigmoid), 12);
    }
    expect(meanSoftplusReference.forward(at(800), 1).data[0]).toBe(800);
  });

  test('hinge is 0 beyond the margin', () => {
    expect(meanHingeReference.forward(at(-1.5), 1).data[0]).toBe(0);
    expect(meanHingeReference.forward(at(0.25), 1).data[0]).toBe(1.25);
    expect(meanHingeReference.forward(at(0.25), -1).data[0]).toBe(0.75);
  });
});
