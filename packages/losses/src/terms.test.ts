import { ArgumentError, memory, openDevice, ShapeError, type Tensor, tensor, type Tensor4D, valueAndGrad } from '@munit/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { adversarialDiscriminatorTerm, adversarialGeneratorTerm, type GanType, klTerm, perceptualTerm, reconstructionTerm } from './index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const map = (...values: number[]): Tensor4D => tensor(values, [1, 1, values.length, 1]);
const valueOf = async (x: Tensor): Promise<number> => (await x.data())[0] as number;
const mean = (values: readonly number[], f: (x: number) => number): number => values.reduce((sum, x) => sum + f(x), 0) / values.length;
const softplus = (x: number): number => Math.log1p(Math.exp(x));

// Scores of two scales: the sum over scales is not the mean, and scales of different sizes weigh the same.
const fakes = [[0.5, -1.5, 2, 0.25], [-0.75]];
const reals = [[1.5, 0.25, -0.5, 3], [0.125]];
const onDevice = (scales: readonly (readonly number[])[]): Tensor4D[] => scales.map((values) => map(...values));

describe('adversarial terms sum over scales the means over positions', () => {
  const fakeOf = { lsgan: (f: number) => f * f, nsgan: softplus, hinge: (f: number) => Math.max(0, 1 + f) };
  const realOf = { lsgan: (r: number) => (r - 1) ** 2, nsgan: (r: number) => softplus(-r), hinge: (r: number) => Math.max(0, 1 - r) };
  const generatorOf = { lsgan: (f: number) => (f - 1) ** 2, nsgan: (f: number) => softplus(-f), hinge: (f: number) => -f };

  test.each(['lsgan', 'nsgan', 'hinge'] as const)('%s', async (type) => {
    const dis = fakes.reduce((sum, f) => sum + mean(f, fakeOf[type]), 0) + reals.reduce((sum, r) => sum + mean(r, realOf[type]), 0);
    expect(await valueOf(adversarialDiscriminatorTerm(type, onDevice(fakes), onDevice(reals)))).toBeCloseTo(dis, 5);
    const gen = fakes.reduce((sum, f) => sum + mean(f, generatorOf[type]), 0);
    expect(await valueOf(adversarialGeneratorTerm(type, onDevice(fakes)))).toBeCloseTo(gen, 5);
  });

  test('nsgan is the cross-entropy of a sigmoid, and finite where that is not', async () => {
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const crossEntropy = mean(fakes[0] as number[], (f) => -Math.log(1 - sigmoid(f)));
    expect(await valueOf(adversarialDiscriminatorTerm('nsgan', [map(...(fakes[0] as number[]))], [map(1e4)]))).toBeCloseTo(crossEntropy, 5);
    expect(await valueOf(adversarialGeneratorTerm('nsgan', [map(-1e4)]))).toBe(1e4);
  });

  test.each([
    ['lsgan', [2 * (0.5 - 1) / 4, 2 * (-1.5 - 1) / 4, 2 / 4, 2 * (0.25 - 1) / 4]],
    ['nsgan', [0.5, -1.5, 2, 0.25].map((f) => -1 / (1 + Math.exp(f)) / 4)],
    ['hinge', [-0.25, -0.25, -0.25, -0.25]],
  ] as const)("%s: the generator's gradient", async (type, expected) => {
    const { grads, value } = valueAndGrad((p: { readonly x: Tensor }) => ({ value: adversarialGeneratorTerm(type, [p.x]), aux: {} }), { x: map(0.5, -1.5, 2, 0.25) });
    const got = [...(await grads.x.data())];
    got.forEach((g, i) => expect(g).toBeCloseTo(expected[i] as number, 6));
    value.dispose();
  });

  test('what cannot be meant is refused', () => {
    expect(() => adversarialDiscriminatorTerm('lsgan', onDevice(fakes), onDevice(reals).slice(1))).toThrow(/got 2 scales for fakes but 1 for reals/);
    expect(() => adversarialGeneratorTerm('lsgan', [])).toThrow(ArgumentError);
    expect(() => adversarialGeneratorTerm('wgan' as GanType, onDevice(fakes))).toThrow(/must be one of lsgan, nsgan, hinge, but it is 'wgan'/);
  });
});

test('reconstruction is the mean of magnitudes, and gradients run into both sides', async () => {
  const a = map(1, -2, 0.5, 3);
  const b = map(0, 2, 0.5, 5);
  expect(await valueOf(reconstructionTerm(a, b))).toBeCloseTo((1 + 4 + 0 + 2) / 4, 6);
  const { grads, value } = valueAndGrad((p: { readonly a: Tensor; readonly b: Tensor }) => ({ value: reconstructionTerm(p.a, p.b), aux: {} }), { a, b });
  expect([...(await grads.a.data())]).toEqual([0.25, -0.25, 0, -0.25]);
  expect([...(await grads.b.data())].map((g) => g + 0)).toEqual([-0.25, 0.25, 0, 0.25]);
  expect(await valueOf(value)).toBeCloseTo(7 / 4, 6);
  expect(() => reconstructionTerm(a, map(1))).toThrow(ShapeError);
});

test('kl is the mean of squares', async () => {
  expect(await valueOf(klTerm(map(1, -2, 3, 0)))).toBeCloseTo(14 / 4, 6);
});

describe('the perceptual term', () => {
  const features = [0.3, -1, 2.5, 0.75, 0, 1.25, -0.5, 4]; // [1, 2, 2, 2]
  const others = [1, 0.5, -2, 0.25, 3, -1, 0, 0.125];
  const image = (values: readonly number[]): Tensor4D => tensor([...values], [1, 2, 2, 2]);

  /** In float64: every channel less its mean, over √(biased variance + 1e-5). */
  function instanceNorm(values: readonly number[]): number[] {
    const channel = (c: number): number[] => values.filter((_, i) => i % 2 === c);
    const statistics = [0, 1].map((c) => {
      const m = mean(channel(c), (x) => x);
      return { m, deviation: Math.sqrt(mean(channel(c), (x) => (x - m) ** 2) + 1e-5) };
    });
    return values.map((x, i) => {
      const { m, deviation } = statistics[i % 2] as { m: number; deviation: number };
      return (x - m) / deviation;
    });
  }

  test('is the mean square of the difference of normalised features', async () => {
    const a = instanceNorm(features);
    const b = instanceNorm(others);
    expect(await valueOf(perceptualTerm(image(features), image(others)))).toBeCloseTo(mean(a.map((x, i) => (x - (b[i] as number)) ** 2), (x) => x), 5);
  });

  test('does not see what differs in the mean and the contrast of a channel only', async () => {
    const brighter = features.map((x, i) => (i % 2 === 0 ? 3 * x + 7 : 0.5 * x - 2));
    expect(await valueOf(perceptualTerm(image(features), image(brighter)))).toBeLessThan(1e-8);
  });
});

test('no term leaves a tensor behind but its value', () => {
  const inputs = { a: map(1, 2, 3, 4), b: map(0, 1, 0, 1) };
  const before = memory().numTensors;
  const results = [
    ...(['lsgan', 'nsgan', 'hinge'] as const).flatMap((type) => [adversarialDiscriminatorTerm(type, [inputs.a], [inputs.b]), adversarialGeneratorTerm(type, [inputs.a, inputs.b])]),
    reconstructionTerm(inputs.a, inputs.b),
    perceptualTerm(inputs.a, inputs.b),
    klTerm(inputs.a),
  ];
  expect(memory().numTensors).toBe(before + results.length);
});
