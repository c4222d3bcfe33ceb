import { describeOp, type OpCase } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Scalar, Tensor, Tensor2D } from '../../tfjs.js';
import { add, clamp, sliceFeatures, concatBatch, mul, tileBatch, reciprocal, reshape, scale, sliceBatch, sub, weightedSum } from './elementwise.js';
import {
  addReference,
  clampReference,
  sliceFeaturesReference,
  concatBatchReference,
  mulReference,
  tileBatchReference,
  reciprocalReference,
  reshapeReference,
  sliceBatchReference,
  scaleReference,
  subReference,
  weightedSumReference,
} from './reference.js';

const pairs: readonly OpCase<undefined>[] = [
  { name: 'scalars', inputs: { a: [], b: [] }, options: undefined, tiny: true },
  { name: 'images', inputs: { a: [2, 3, 5, 3], b: [2, 3, 5, 3] }, options: undefined, tiny: true },
];

for (const [name, op, reference] of [
  ['add', add, { forward: addReference.forward, backward: (_a, _b, dy) => addReference.backward(dy) }],
  ['sub', sub, { forward: subReference.forward, backward: (_a, _b, dy) => subReference.backward(dy) }],
  ['mul', mul, mulReference],
] satisfies readonly (readonly [string, (a: Tensor, b: Tensor) => Tensor, typeof mulReference])[]) {
  await describeOp<Tensor, undefined>(environment, {
    name,
    tolerance: 'elementwise',
    reference: {
      forward: (inputs) => reference.forward(need(inputs, 'a'), need(inputs, 'b')),
      backward: (inputs, _, dy) => ({ ...reference.backward(need(inputs, 'a'), need(inputs, 'b'), dy) }),
    },
    implementations: [{ name, run: (inputs) => op(need(inputs, 'a'), need(inputs, 'b')) }],
    cases: pairs,
  });
}

await describeOp<Tensor, number>(environment, {
  name: 'scale',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs, factor) => scaleReference.forward(need(inputs, 'x'), factor),
    backward: (_, factor, dy) => ({ x: scaleReference.backward(factor, dy) }),
  },
  implementations: [{ name: 'scale', run: (inputs, factor) => scale(need(inputs, 'x'), factor) }],
  cases: [
    { name: 'by −2.5', inputs: { x: [3, 5] }, options: -2.5, tiny: true },
    { name: 'by 0', inputs: { x: [2] }, options: 0 },
  ],
});

await describeOp<Tensor, undefined>(environment, {
  name: 'reciprocal',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs) => reciprocalReference.forward(need(inputs, 'x')),
    backward: (inputs, _, dy) => ({ x: reciprocalReference.backward(need(inputs, 'x'), dy) }),
  },
  implementations: [{ name: 'reciprocal', run: (inputs) => reciprocal(need(inputs, 'x') as Scalar) }],
  cases: [
    { name: 'a scalar', inputs: { x: { shape: [], data: Float64Array.of(0.75) } }, options: undefined, tiny: true },
    { name: 'a negative one', inputs: { x: { shape: [], data: Float64Array.of(-3) } }, options: undefined },
  ],
});

await describeOp<Tensor, readonly [low: number, high: number]>(environment, {
  name: 'clamp',
  tolerance: 'exact',
  reference: {
    forward: (inputs, [low, high]) => clampReference.forward(need(inputs, 'x'), low, high),
    backward: (inputs, [low, high], dy) => ({ x: clampReference.backward(need(inputs, 'x'), low, high, dy) }),
  },
  implementations: [{ name: 'clamp', run: (inputs, [low, high]) => clamp(need(inputs, 'x'), low, high) }],
  cases: [
    { name: 'images', inputs: { x: [2, 3, 5, 3] }, options: [-0.5, 0.25], tiny: true },
    { name: 'far values', inputs: { x: { shape: [6], data: Float64Array.of(-1e6, -1.5, -0.5, 0.75, 1.25, 1e6) } }, options: [-1, 1] },
  ],
});

await describeOp<Tensor, readonly number[]>(environment, {
  name: 'reshape',
  tolerance: 'exact',
  reference: {
    forward: (inputs, shape) => reshapeReference.forward(need(inputs, 'x'), shape),
    backward: (inputs, _, dy) => ({ x: reshapeReference.backward(need(inputs, 'x'), dy) }),
  },
  implementations: [{ name: 'reshape', run: (inputs, shape) => reshape(need(inputs, 'x'), shape) }],
  cases: [
    { name: 'to a matrix', inputs: { x: [2, 3, 5] }, options: [6, 5], tiny: true },
    { name: 'to itself', inputs: { x: [4] }, options: [4] },
    { name: 'to a scalar', inputs: { x: [1, 1] }, options: [] },
  ],
});

await describeOp<Tensor, number>(environment, {
  name: 'tileBatch',
  tolerance: 'reduction',
  reference: {
    forward: (inputs, count) => tileBatchReference.forward(need(inputs, 'x'), count),
    backward: (inputs, _, dy) => ({ x: tileBatchReference.backward(need(inputs, 'x'), dy) }),
  },
  implementations: [{ name: 'tileBatch', run: (inputs, count) => tileBatch(need(inputs, 'x'), count) }],
  cases: [
    { name: 'one content, five times', inputs: { x: [1, 3, 2, 3] }, options: 5, tiny: true },
    { name: 'a batch of two, three times', inputs: { x: [2, 5] }, options: 3, tiny: true },
    { name: 'once', inputs: { x: [3, 1] }, options: 1 },
  ],
});

await describeOp<Tensor, { readonly from: number; readonly count: number }>(environment, {
  name: 'sliceFeatures',
  tolerance: 'exact',
  reference: {
    forward: (inputs, { from, count }) => sliceFeaturesReference.forward(need(inputs, 'x'), from, count),
    backward: (inputs, { from, count }, dy) => ({ x: sliceFeaturesReference.backward(need(inputs, 'x'), from, count, dy) }),
  },
  implementations: [{ name: 'sliceFeatures', run: (inputs, { from, count }) => sliceFeatures(need(inputs, 'x') as Tensor2D, from, count) }],
  cases: [
    { name: 'the first', inputs: { x: [1, 4] }, options: { from: 0, count: 1 }, tiny: true },
    { name: 'from the middle', inputs: { x: [3, 7] }, options: { from: 2, count: 3 }, tiny: true },
    { name: 'all', inputs: { x: [2, 5] }, options: { from: 0, count: 5 } },
  ],
});

const partsOf = <V>(inputs: Readonly<Record<string, V>>): V[] => Object.values(inputs);

await describeOp<Tensor, undefined>(environment, {
  name: 'concatBatch',
  tolerance: 'exact',
  reference: {
    forward: (inputs) => concatBatchReference.forward(partsOf(inputs)),
    backward: (inputs, _, dy) => {
      const gradients = concatBatchReference.backward(partsOf(inputs), dy);
      return Object.fromEntries(Object.keys(inputs).map((name, i) => [name, gradients[i] ?? dy]));
    },
  },
  implementations: [{ name: 'concatBatch', run: (inputs) => concatBatch(partsOf(inputs)) }],
  cases: [
    { name: 'two batches of images', inputs: { a: [1, 3, 2, 3], b: [2, 3, 2, 3] }, options: undefined, tiny: true },
    { name: 'three of codes', inputs: { a: [2, 5], b: [1, 5], c: [3, 5] }, options: undefined, tiny: true },
    { name: 'one', inputs: { a: [2, 4] }, options: undefined },
  ],
});

await describeOp<Tensor, { readonly from: number; readonly count: number }>(environment, {
  name: 'sliceBatch',
  tolerance: 'exact',
  reference: {
    forward: (inputs, { from, count }) => sliceBatchReference.forward(need(inputs, 'x'), from, count),
    backward: (inputs, { from }, dy) => ({ x: sliceBatchReference.backward(need(inputs, 'x'), from, dy) }),
  },
  implementations: [{ name: 'sliceBatch', run: (inputs, { from, count }) => sliceBatch(need(inputs, 'x'), from, count) }],
  cases: [
    { name: 'the first', inputs: { x: [3, 2, 2, 3] }, options: { from: 0, count: 1 }, tiny: true },
    { name: 'the last two', inputs: { x: [3, 5] }, options: { from: 1, count: 2 }, tiny: true },
    { name: 'all', inputs: { x: [2, 4] }, options: { from: 0, count: 2 } },
  ],
});

await describeOp<Tensor, readonly number[]>(environment, {
  name: 'weightedSum',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs, weights) => weightedSumReference.forward(partsOf(inputs), weights),
    backward: (inputs, weights, dy) => {
      const gradients = weightedSumReference.backward(weights, dy);
      return Object.fromEntries(Object.keys(inputs).map((name, i) => [name, gradients[i] ?? dy]));
    },
  },
  implementations: [{ name: 'weightedSum', run: (inputs, weights) => weightedSum(partsOf(inputs) as Scalar[], weights) }],
  cases: [
    { name: 'one term', inputs: { a: [] }, options: [2], tiny: true },
    { name: 'three terms, one without weight', inputs: { a: [], b: [], c: [] }, options: [10, 0, -0.5], tiny: true },
  ],
});
