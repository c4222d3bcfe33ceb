import { randomArray } from '@munit/testing';
import { describeUpdate, type OpCase } from '@munit/testing/contract';
import { describe, expect, test } from 'vitest';
import { environment, need } from '../../../test/contract.js';
import { type Tensor, tensor } from '../../tfjs.js';
import { adamFactors, type AdamParameters, adamUpdate, emaFactors, emaUpdate } from './adam.js';
import { adamReference, emaReference } from './reference.js';

const shapes = [[3, 3, 3, 5], [5], [], [7, 2]] as const;
const published = { learningRate: 1e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-4 };

/** Several tensors at once, `p0`, `g0`, `m0`, `v0`, `p1`…; v is a mean of squares and so never negative. */
function adamInputs(scale = 1) {
  const entries = shapes.flatMap((shape, i) => {
    const square = randomArray(shape, { seed: 40 + i, scale });
    return [
      [`p${i}`, randomArray(shape, { seed: 10 + i })],
      [`g${i}`, randomArray(shape, { seed: 20 + i, scale })],
      [`m${i}`, randomArray(shape, { seed: 30 + i, scale })],
      [`v${i}`, { ...square, data: square.data.map((value) => Math.fround(value * value)) }],
    ] as const;
  });
  return Object.fromEntries(entries);
}

const zeroMoments = (inputs: ReturnType<typeof adamInputs>) =>
  Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, /^[mv]/.test(name) ? { ...x, data: new Float64Array(x.data.length) } : x]));

const list = <V>(inputs: Readonly<Record<string, V>>, letter: string): V[] => shapes.map((_, i) => need(inputs, `${letter}${i}`));
const named = <V>(letter: string, values: readonly V[]): [string, V][] => values.map((value, i) => [`${letter}${i}`, value]);

const cases: readonly OpCase<AdamParameters & { readonly learningRate: number }>[] = [
  { name: 'the first step', inputs: zeroMoments(adamInputs()), options: { ...published, step: 1 }, tiny: true },
  { name: 'the hundredth step', inputs: adamInputs(), options: { ...published, step: 100 }, tiny: true },
  { name: 'no decay', inputs: adamInputs(), options: { ...published, weightDecay: 0, step: 3 } },
  { name: 'strong decay, large rate', inputs: adamInputs(), options: { ...published, weightDecay: 0.1, learningRate: 0.01, step: 2 } },
  { name: 'a gradient so small that epsilon matters', inputs: zeroMoments(adamInputs(1e-8)), options: { ...published, weightDecay: 0, step: 1 } },
];

type Numbers = AdamParameters & { readonly learningRate: number };

/** Numbers as they are, and in a tensor, as captured work reads them. */
const ways = [
  { way: '', given: (_: () => readonly number[], value: number) => value },
  { way: ', numbers in a tensor', given: (factors: () => readonly number[], _: number) => tensor([...factors()]) },
] as const;
const dispose = (given: number | Tensor): void => void (typeof given === 'number' || given.dispose());

for (const { way, given } of ways) {
  await describeUpdate<Tensor, Numbers>(environment, {
    name: `adamUpdate${way}`,
    tolerance: 'elementwise',
    reference: (inputs, parameters) =>
      Object.fromEntries(
        shapes.flatMap((_, i) => {
          const of = (letter: string) => need(inputs, `${letter}${i}`);
          const { p, m, v } = adamReference(of('p'), of('g'), of('m'), of('v'), parameters);
          return [[`p${i}`, p], [`m${i}`, m], [`v${i}`, v]] as const;
        }),
      ),
    run: (inputs, parameters) => {
      const learningRate = given(() => adamFactors(parameters), parameters.learningRate);
      // A step of its own would be of no effect beside the factors.
      const step = way === '' ? parameters.step : 0;
      const { params, m, v } = adamUpdate({ params: list(inputs, 'p'), m: list(inputs, 'm'), v: list(inputs, 'v') }, list(inputs, 'g'), { ...parameters, learningRate, step });
      dispose(learningRate);
      return Object.fromEntries([...named('p', params), ...named('m', m), ...named('v', v)]);
    },
    consumes: (_, names) => names.filter((name) => !name.startsWith('g')),
    cases,
  });

  await describeUpdate<Tensor, number>(environment, {
    name: `emaUpdate${way}`,
    tolerance: 'elementwise',
    reference: (inputs, decay) =>
      Object.fromEntries(shapes.map((_, i) => [`e${i}`, emaReference(need(inputs, `e${i}`), need(inputs, `p${i}`), decay)])),
    run: (inputs, decay) => {
      const factors = given(() => emaFactors(decay), decay);
      const updated = emaUpdate(list(inputs, 'e'), list(inputs, 'p'), factors);
      dispose(factors);
      return Object.fromEntries(named('e', updated));
    },
    consumes: (_, names) => names.filter((name) => name.startsWith('e')),
    cases: [0.999, 0, 1].map((decay) => ({
      name: `decay ${decay}`,
      inputs: Object.fromEntries(shapes.flatMap((shape, i) => [[`e${i}`, shape], [`p${i}`, shape]])),
      options: decay,
      tiny: true,
    })),
  });
}

describe('the reference', () => {
  const one = (value: number) => ({ shape: [], data: Float64Array.of(value) });
  test('the first step moves by the learning rate, whatever the gradient (Kingma & Ba 2015, section 2.1)', () => {
    for (const gradient of [1e-3, 5, -200]) {
      const { p } = adamReference(one(1), one(gradient), one(0), one(0), { ...published, weightDecay: 0, step: 1 });
      expect(p.data[0]).toBeCloseTo(1 - 1e-4 * Math.sign(gradient), 8);
    }
  });

  test('decay is coupled: it goes through the moments, not past them', () => {
    const { m, v } = adamReference(one(2), one(0.5), one(0), one(0), { ...published, weightDecay: 0.25, step: 1 });
    expect(m.data[0]).toBeCloseTo(0.5 * 1, 12);
    expect(v.data[0]).toBeCloseTo(0.001 * 1, 12);
  });
});
