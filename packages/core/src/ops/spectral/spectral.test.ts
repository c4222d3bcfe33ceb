import { randomArray } from '@munit/testing';
import { describeOp, describeUpdate, type OpCase } from '@munit/testing/contract';
import { describe, expect, test } from 'vitest';
import { environment, need } from '../../../test/contract.js';
import type { Tensor, Tensor1D } from '../../tfjs.js';
import { powerIteration, spectralNormalize } from './spectral.js';
import { powerIterationReference, spectralNormalizeReference } from './reference.js';

/** u and v must not be at right angles to the weight: σ would vanish. So they come from the reference's own iterations. */
function stateOf(shape: readonly number[], iterations: number) {
  const weights = randomArray(shape, { seed: shape.length });
  let state = { u: randomArray([shape.at(-1) as number], { seed: 7 }), v: randomArray([1]) };
  for (let i = 0; i < iterations; i++) {
    const next = powerIterationReference(weights, state.u);
    state = { u: { ...next.u, data: next.u.data.map(Math.fround) }, v: { ...next.v, data: next.v.data.map(Math.fround) } };
  }
  return { weights, ...state };
}

function spectralCase(shape: readonly number[], tiny = false): OpCase<undefined> {
  return { name: shape.join('×'), inputs: stateOf(shape, 1), options: undefined, tiny };
}

await describeOp<Tensor, undefined>(environment, {
  name: 'spectralNormalize',
  tolerance: 'product',
  reference: {
    forward: (inputs) => spectralNormalizeReference.forward(need(inputs, 'weights'), need(inputs, 'u'), need(inputs, 'v')),
    backward: (inputs, _, dy) => ({
      weights: spectralNormalizeReference.backward(need(inputs, 'weights'), need(inputs, 'u'), need(inputs, 'v'), dy),
    }),
  },
  implementations: [
    {
      name: 'spectralNormalize',
      run: (inputs) => spectralNormalize(need(inputs, 'weights'), { u: need(inputs, 'u') as Tensor1D, v: need(inputs, 'v') as Tensor1D }),
    },
  ],
  // A single weight becomes ±1 whatever it is: the true gradients vanish.
  cases: [{ ...spectralCase([1, 1, 1, 1], true), scaleFloor: 1 }, spectralCase([3, 3, 3, 5], true), spectralCase([4, 4, 2, 8]), spectralCase([2, 3, 4, 5]), spectralCase([6, 7], true)],
});

const oneStep = ({ weights, u, v }: ReturnType<typeof stateOf>) => ({ weights, u, v });

await describeUpdate<Tensor, undefined>(environment, {
  name: 'powerIteration',
  tolerance: 'product',
  reference: (inputs) => ({ ...powerIterationReference(need(inputs, 'weights'), need(inputs, 'u')) }),
  run: (inputs) => ({
    ...powerIteration(need(inputs, 'weights'), { u: need(inputs, 'u') as Tensor1D, v: need(inputs, 'v') as Tensor1D }),
  }),
  consumes: () => [],
  cases: [
    { name: 'convolution', inputs: oneStep(stateOf([3, 3, 3, 5], 1)), options: undefined, tiny: true },
    { name: 'dense', inputs: oneStep(stateOf([6, 7], 2)), options: undefined, tiny: true },
    { name: 'discriminator', inputs: oneStep(stateOf([4, 4, 8, 16], 3)), options: undefined },
  ],
});

describe('the reference', () => {
  test('finds the largest singular value: many iterations make the norm of W / σ one', () => {
    // Singular values of [[3, 0], [4, 5]] are 3√5 and √5.
    const weights = { shape: [2, 2], data: Float64Array.of(3, 4, 0, 5) };
    let state = { u: { shape: [2], data: Float64Array.of(1, 0) }, v: { shape: [2], data: Float64Array.of(1, 0) } };
    for (let i = 0; i < 60; i++) state = powerIterationReference(weights, state.u) as typeof state;
    const normalized = spectralNormalizeReference.forward(weights, state.u, state.v);
    expect((weights.data[0] as number) / (normalized.data[0] as number)).toBeCloseTo(3 * Math.sqrt(5), 10);
  });
});
