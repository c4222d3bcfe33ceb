import { describeOp } from '@munit/testing/contract';
import { describe, expect, test } from 'vitest';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor1D } from '../../tfjs.js';
import { type Activation, activate, prelu } from './activation.js';
import { activateReference, activation64, preluReference } from './reference.js';

// Far enough out for tanh and selu to saturate; 0 itself is a kink.
const wide = { shape: [2, 9], data: Float64Array.of(-40, -10, -3, -1, -0.125, -1e-6, 1e-6, 0.125, 1, 3, 10, 40, -0.5, 0.5, 2, -2, 6, -6) };
const kink = { shape: [3], data: Float64Array.of(-1, 0, 1) };

const activations = ['relu', 'lrelu', 'tanh', 'selu'] as const satisfies readonly Activation[];

await describeOp<Tensor, Activation>(environment, {
  name: 'activate',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs, activation) => activateReference.forward(need(inputs, 'x'), activation),
    backward: (inputs, activation, dy) => ({ x: activateReference.backward(need(inputs, 'x'), activation, dy) }),
  },
  implementations: [{ name: 'activate', run: (inputs, activation) => activate(need(inputs, 'x'), activation) }],
  cases: activations.flatMap((activation) => [
    { name: `${activation}, one value`, inputs: { x: [1] }, options: activation, tiny: true },
    { name: `${activation}, wide range`, inputs: { x: wide }, options: activation, tiny: true, finiteDifferences: false },
    { name: `${activation}, images`, inputs: { x: [2, 3, 5, 3] }, options: activation },
    { name: `${activation}, the kink itself`, inputs: { x: kink }, options: activation, finiteDifferences: false },
  ]),
});

await describeOp<Tensor, undefined>(environment, {
  name: 'prelu',
  tolerance: 'elementwise',
  reference: {
    forward: (inputs) => preluReference.forward(need(inputs, 'x'), need(inputs, 'slope')),
    backward: (inputs, _, dy) => ({ ...preluReference.backward(need(inputs, 'x'), need(inputs, 'slope'), dy) }),
  },
  implementations: [{ name: 'prelu', run: (inputs) => prelu(need(inputs, 'x'), need(inputs, 'slope') as Tensor1D) }],
  cases: [
    { name: 'one value', inputs: { x: [1, 1], slope: [1] }, options: undefined, tiny: true },
    { name: 'images', inputs: { x: [2, 5, 3, 3], slope: [1] }, options: undefined, tiny: true },
    { name: 'the kink itself', inputs: { x: kink, slope: [1] }, options: undefined, finiteDifferences: false },
  ],
});

describe('the references hold the constants of the papers', () => {
  test('selu keeps a unit normal at mean 0 and variance 1 (Klambauer et al. 2017)', () => {
    // ∫ selu(z) φ(z) dz and ∫ selu(z)² φ(z) dz by the midpoint rule.
    const [from, to, cells] = [-12, 12, 24_000];
    let mean = 0;
    let square = 0;
    for (let i = 0; i < cells; i++) {
      const z = from + ((i + 0.5) * (to - from)) / cells;
      const weight = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * ((to - from) / cells);
      mean += activation64(z, 'selu') * weight;
      square += activation64(z, 'selu') ** 2 * weight;
    }
    expect(mean).toBeCloseTo(0, 6);
    expect(square).toBeCloseTo(1, 6);
  });

  test('the leaky slope is 0.2', () => {
    expect(activation64(-5, 'lrelu')).toBe(-1);
  });
});
