import { ArgumentError, memory, openDevice, tensor, type Tensor2D, type Tensor4D, valueAndGrad } from '@munit/core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  discriminatorLoss,
  type DiscriminatorOutputs,
  type Loss,
  munitGeneratorLoss,
  type MunitGeneratorOutputs,
  munitTermNames,
  type MunitWeights,
  termName,
  type TermNames,
  unitGeneratorLoss,
  type UnitGeneratorOutputs,
  unitTermNames,
  type UnitWeights,
} from './index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const image = (value: number): Tensor4D => tensor([value, value, value, value], [1, 2, 2, 1]);
const style = (value: number): Tensor2D => tensor([value, value], [1, 2]);
const both = <T>(f: (value: number) => T, a: number, b: number): { readonly a: T; readonly b: T } => ({ a: f(a), b: f(b) });
const scores = (a: number, b: number): MunitGeneratorOutputs['scores'] => ({ a: [image(a), image(a)], b: [image(b)] });

/** The terms' values by the method's published names. */
async function numbers({ terms }: Loss, names: TermNames): Promise<Record<string, number>> {
  const read = await Promise.all(terms.map(async (term) => [termName(names, term), (await term.value.data())[0] as number] as const));
  return Object.fromEntries(read);
}

function expectTerms(got: Record<string, number>, expected: Record<string, number>): void {
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) expect(got[name]).toBeCloseTo(value, 5);
}

/** Features whose normalised forms are ±1 but for the epsilon: equal ones for a, opposite ones for b. */
const checker = (sign: number): Tensor4D => tensor([sign * 100, sign * -100, sign * 100, sign * -100], [1, 2, 2, 1]);
const features = (): NonNullable<MunitGeneratorOutputs['features']> => ({
  translations: { a: checker(1), b: checker(1) },
  sources: { a: checker(1), b: checker(-1) },
});

describe('MUNIT', () => {
  const outputs = (): MunitGeneratorOutputs => ({
    images: both(image, 0, 1),
    reconstructions: both(image, 0.5, 0.75),
    contents: both(image, 2, 3),
    recoveredContents: both(image, 2.125, 2.5),
    styles: both(style, -1, 1),
    recoveredStyles: both(style, -1.75, 2),
    scores: scores(0.5, 3),
    cycles: both(image, 0.375, -1),
    features: features(),
  });
  const weights: MunitWeights = { gan_w: 2, recon_x_w: 10, recon_s_w: 3, recon_c_w: 5, recon_x_cyc_w: 7, vgg_w: 0.5 };
  const basic = {
    loss_gen_adv_a: 2 * 0.25,
    loss_gen_adv_b: 4,
    loss_gen_recon_x_a: 0.5,
    loss_gen_recon_x_b: 0.25,
    loss_gen_recon_s_a: 0.75,
    loss_gen_recon_s_b: 1,
    loss_gen_recon_c_a: 0.125,
    loss_gen_recon_c_b: 0.5,
  };

  test("the generators' terms and their sum", async () => {
    const loss = munitGeneratorLoss(outputs(), { gan: 'lsgan', weights });
    expectTerms(await numbers(loss, munitTermNames), { ...basic, loss_gen_cycrecon_x_a: 0.375, loss_gen_cycrecon_x_b: 2, loss_gen_vgg_a: 0, loss_gen_vgg_b: 4 });
    const sum = 2 * 4.5 + 10 * 0.75 + 3 * 1.75 + 5 * 0.625 + 7 * 2.375 + 0.5 * 4;
    expect((await loss.total.data())[0]).toBeCloseTo(sum, 4);
  });

  test('at weight 0 the cycle and VGG are left out; other terms are shown and not summed', async () => {
    const { cycles: _, features: __, ...plain } = outputs();
    const loss = munitGeneratorLoss(plain, { gan: 'lsgan', weights: { ...weights, recon_x_cyc_w: 0, vgg_w: 0, recon_s_w: 0 } });
    expectTerms(await numbers(loss, munitTermNames), basic);
    expect((await loss.total.data())[0]).toBeCloseTo(2 * 4.5 + 10 * 0.75 + 5 * 0.625, 4);
  });

  test('a weight whose outputs are absent is named', () => {
    const { cycles: _, ...noCycles } = outputs();
    expect(() => munitGeneratorLoss(noCycles, { gan: 'lsgan', weights })).toThrow(/'recon_x_cyc_w' is 7, so cycle translations are required/);
    const { features: __, ...noFeatures } = outputs();
    expect(() => munitGeneratorLoss(noFeatures, { gan: 'lsgan', weights })).toThrow(/'vgg_w' is 0.5, so VGG features are required/);
  });

  test('weights must be numbers of at least 0, and not all 0', () => {
    expect(() => munitGeneratorLoss(outputs(), { gan: 'lsgan', weights: { ...weights, recon_c_w: -1 } })).toThrow(/'recon_c_w' must be a number of at least 0, but it is -1/);
    expect(() => munitGeneratorLoss(outputs(), { gan: 'lsgan', weights: { ...weights, vgg_w: NaN } })).toThrow(ArgumentError);
    const none = { gan_w: 0, recon_x_w: 0, recon_s_w: 0, recon_c_w: 0, recon_x_cyc_w: 0, vgg_w: 0 };
    expect(() => munitGeneratorLoss(outputs(), { gan: 'lsgan', weights: none })).toThrow(/All weights of the loss are 0/);
  });

  test('the content term draws the content of the source too, as the published code does', async () => {
    const fixed = outputs();
    const { grads, value, aux } = valueAndGrad(
      (p: { readonly a: Tensor4D; readonly b: Tensor4D }) => {
        const { total, terms } = munitGeneratorLoss({ ...fixed, contents: p }, { gan: 'lsgan', weights });
        return { value: total, aux: terms.filter(({ kind, domain }) => kind === 'content' && domain === 'a').map((term) => term.value) };
      },
      both(image, 2, 3),
    );
    expect([...(await grads.a.data())]).toEqual([-1.25, -1.25, -1.25, -1.25]);
    expect([...(await grads.b.data())]).toEqual([1.25, 1.25, 1.25, 1.25]);
    expect((await aux[0]?.data())?.[0]).toBeCloseTo(0.125, 6);
    value.dispose();
  });

  test('no tensor is left behind but the terms and their sum', () => {
    const given = outputs();
    const before = memory().numTensors;
    const loss = munitGeneratorLoss(given, { gan: 'hinge', weights });
    expect(memory().numTensors).toBe(before + 1 + loss.terms.length);
    for (const scalar of [loss.total, ...loss.terms.map(({ value }) => value)]) scalar.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('UNIT', () => {
  const outputs = (): UnitGeneratorOutputs => ({
    images: both(image, 0, 1),
    reconstructions: both(image, 0.5, 0.75),
    codes: both(image, 2, -3),
    recoveredCodes: both(image, 1.5, 0.5),
    scores: scores(0.5, 3),
    cycles: both(image, 0.375, -1),
    features: features(),
  });
  const weights: UnitWeights = { gan_w: 2, recon_x_w: 10, recon_kl_w: 0.01, recon_x_cyc_w: 7, recon_kl_cyc_w: 0.02, vgg_w: 0.5 };
  const basic = {
    loss_gen_adv_a: 0.5,
    loss_gen_adv_b: 4,
    loss_gen_recon_x_a: 0.5,
    loss_gen_recon_x_b: 0.25,
    loss_gen_recon_kl_a: 4,
    loss_gen_recon_kl_b: 9,
    loss_gen_recon_kl_cyc_aba: 2.25,
    loss_gen_recon_kl_cyc_bab: 0.25,
  };

  test("the generators' terms and their sum", async () => {
    const loss = unitGeneratorLoss(outputs(), { gan: 'lsgan', weights });
    expectTerms(await numbers(loss, unitTermNames), { ...basic, loss_gen_cyc_x_a: 0.375, loss_gen_cyc_x_b: 2, loss_gen_vgg_a: 0, loss_gen_vgg_b: 4 });
    expect((await loss.total.data())[0]).toBeCloseTo(2 * 4.5 + 10 * 0.75 + 0.01 * 13 + 7 * 2.375 + 0.02 * 2.5 + 0.5 * 4, 4);
  });

  test('works without the cycle, on which the published trainer fails', async () => {
    const { cycles: _, features: __, ...plain } = outputs();
    const loss = unitGeneratorLoss(plain, { gan: 'lsgan', weights: { ...weights, recon_x_cyc_w: 0, vgg_w: 0 } });
    expectTerms(await numbers(loss, unitTermNames), basic);
    expect((await loss.total.data())[0]).toBeCloseTo(2 * 4.5 + 10 * 0.75 + 0.01 * 13 + 0.02 * 2.5, 4);
  });
});

test.each([
  ['MUNIT', munitTermNames],
  ['UNIT', unitTermNames],
])("%s: the discriminators' terms and their sum", async (_, names) => {
  const outputs: DiscriminatorOutputs = { fakes: scores(0.5, 3), reals: scores(0.75, 1) };
  const loss = discriminatorLoss(outputs, { gan: 'lsgan', weights: { gan_w: 3 } });
  expectTerms(await numbers(loss, names), { loss_dis_a: 2 * (0.25 + 0.0625), loss_dis_b: 9 });
  expect((await loss.total.data())[0]).toBeCloseTo(3 * 9.625, 4);
});

test('a term says what it measures, of which domain, and by which weight it is trained', () => {
  const loss = discriminatorLoss({ fakes: scores(0.5, 3), reals: scores(0.75, 1) }, { gan: 'lsgan', weights: { gan_w: 3 } });
  expect(loss.terms.map(({ value: _, ...term }) => term)).toEqual([
    { side: 'discriminator', kind: 'adversarial', domain: 'a', weight: 3 },
    { side: 'discriminator', kind: 'adversarial', domain: 'b', weight: 3 },
  ]);
  expect(termName(munitTermNames, { side: 'generator', kind: 'cycle', domain: 'b' })).toBe('loss_gen_cycrecon_x_b');
  expect(termName(unitTermNames, { side: 'generator', kind: 'cycle', domain: 'b' })).toBe('loss_gen_cyc_x_b');
  expect(() => termName(unitTermNames, { side: 'generator', kind: 'style', domain: 'a' })).toThrow(/'style' of the generator of domain a has no published name/);
});
