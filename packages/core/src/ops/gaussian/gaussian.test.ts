import { describeOp, type OpCase } from '@munit/testing/contract';
import { environment, need } from '../../../test/contract.js';
import type { Tensor } from '../../tfjs.js';
import { gaussianKl, sampleGaussian } from './gaussian.js';
import { gaussianKlReference, sampleGaussianReference } from './reference.js';

const shapes: readonly (readonly [string, readonly number[]])[] = [
  ['one number', [1, 1]],
  ['codes', [3, 8]],
  ['maps', [2, 3, 5, 3]],
];
const cases = (names: readonly string[]): OpCase<undefined>[] =>
  shapes.map(([name, shape]) => ({ name, inputs: Object.fromEntries(names.map((input) => [input, shape])), options: undefined, tiny: true }));

await describeOp<Tensor, undefined>(environment, {
  name: 'sampleGaussian',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs) => sampleGaussianReference.forward(need(inputs, 'mean'), need(inputs, 'logVariance'), need(inputs, 'noise')),
    backward: (inputs, _, dy) => ({ ...sampleGaussianReference.backward(need(inputs, 'logVariance'), need(inputs, 'noise'), dy) }),
  },
  implementations: [{ name: 'sampleGaussian', run: (inputs) => sampleGaussian(need(inputs, 'mean'), need(inputs, 'logVariance'), need(inputs, 'noise')) }],
  cases: cases(['mean', 'logVariance', 'noise']),
});

await describeOp<Tensor, undefined>(environment, {
  name: 'gaussianKl',
  tolerance: 'reduction',
  reference: {
    forward: (inputs) => gaussianKlReference.forward(need(inputs, 'mean'), need(inputs, 'logVariance')),
    backward: (inputs, _, dy) => ({ ...gaussianKlReference.backward(need(inputs, 'mean'), need(inputs, 'logVariance'), dy) }),
  },
  implementations: [{ name: 'gaussianKl', run: (inputs) => gaussianKl(need(inputs, 'mean'), need(inputs, 'logVariance')) }],
  cases: cases(['mean', 'logVariance']),
});
