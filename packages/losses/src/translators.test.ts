/** CycleGAN's and BicycleGAN's losses in closed form. */
import { ArgumentError, openDevice, tensor, type Tensor2D, type Tensor4D } from '@munit/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  bicycleGanDiscriminatorLoss,
  bicycleGanLoss,
  bicycleGanStyleTerm,
  bicycleGanTermNames,
  cycleGanDiscriminatorLoss,
  cycleGanGeneratorLoss,
  cycleGanTermNames,
  type Loss,
  termName,
  type TermNames,
} from './index.js';

beforeAll(async () => {
  await openDevice('cpu');
});

const image = (value: number): Tensor4D => tensor(new Float32Array(4).fill(value), [1, 2, 2, 1]);
const code = (...values: number[]): Tensor2D => tensor(values, [1, values.length]);
const both = (a: number, b: number) => ({ a: image(a), b: image(b) });
const scores = (a: number, b: number) => ({ a: [image(a)], b: [image(b)] });

/** Terms by published names, with their weights as the published trainer reports them. */
async function reported({ terms }: Loss, names: TermNames): Promise<Record<string, number>> {
  const entries = await Promise.all(
    terms.map(async (term) => {
      const name = termName(names, term);
      const value = (await term.value.data())[0] as number;
      return [name, names[name]?.weighted === true ? term.weight * value : value] as const;
    }),
  );
  return Object.fromEntries(entries);
}

const expectClose = (found: Record<string, number>, expected: Record<string, number>): void => {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBeCloseTo(value, 5);
};

describe('CycleGAN', () => {
  const outputsOf = () => ({ images: both(0, 1), cycles: both(0.25, 0), identities: both(0.5, 0.9), scores: scores(0.5, 3) });
  const weights = { gan_w: 1, lambda_A: 10, lambda_B: 4, lambda_identity: 0.5 };

  it('cycles weigh by the domain that they begin in, identities by that share of it, under the letters of the direction', async () => {
    const loss = cycleGanGeneratorLoss(outputsOf(), { gan: 'lsgan', weights });
    const expected = { loss_G_A: 4, loss_G_B: 0.25, loss_cycle_A: 10 * 0.25, loss_cycle_B: 4, loss_idt_A: 4 * 0.5 * 0.1, loss_idt_B: 10 * 0.5 * 0.5 };
    expectClose(await reported(loss, cycleGanTermNames), expected);
    expect((await loss.total.data())[0]).toBeCloseTo(Object.values(expected).reduce((sum, value) => sum + value, 0), 4);
  });

  it('needs no identities at weight 0, and says so above', () => {
    const { identities: _, ...without } = outputsOf();
    expect(cycleGanGeneratorLoss(without, { gan: 'lsgan', weights: { ...weights, lambda_identity: 0 } }).terms).toHaveLength(4);
    expect(() => cycleGanGeneratorLoss(without, { gan: 'lsgan', weights })).toThrow(/'lambda_identity' is 0\.5, so identity translations are required/);
    expect(() => cycleGanGeneratorLoss(outputsOf(), { gan: 'lsgan', weights: { ...weights, lambda_A: -1 } })).toThrow(ArgumentError);
  });

  it('discriminators are halved', async () => {
    const loss = cycleGanDiscriminatorLoss({ fakes: scores(0.5, 2), reals: scores(1, 0) }, { gan: 'lsgan', weights: { gan_w: 1 } });
    expectClose(await reported(loss, cycleGanTermNames), { loss_D_B: 0.5 * 0.25, loss_D_A: 0.5 * (4 + 1) });
  });
});

describe('BicycleGAN', () => {
  const weights = { lambda_GAN: 2, lambda_GAN2: 3, lambda_L1: 10, lambda_kl: 0.5, lambda_z: 0.25 };
  const outputsOf = () => ({ encoded: image(0.5), target: image(1), mean: code(1, -2), logVariance: code(0, Math.log(2)), scores: [image(3), image(2)], randomScores: [image(0)] });

  it('terms of both branches, summed over scales', async () => {
    const expected = { loss_G_GAN: 2 * (4 + 1), loss_G_GAN2: 3, loss_G_L1: 5, loss_kl: 0.5 * 0.5 * (1 + 4 + 1 - Math.log(2)) };
    const loss = bicycleGanLoss(outputsOf(), { gan: 'lsgan', weights });
    expectClose(await reported(loss, bicycleGanTermNames), expected);
    expect((await loss.total.data())[0]).toBeCloseTo(Object.values(expected).reduce((sum, value) => sum + value, 0), 4);
    const style = bicycleGanStyleTerm(code(1, 2), code(0, 4), weights);
    expect(style.weight * ((await style.value.data())[0] as number)).toBeCloseTo(0.25 * 1.5, 6);
  });

  it('terms of weight 0 are left out, and scores that are required are named', () => {
    const kinds = bicycleGanLoss(outputsOf(), { gan: 'lsgan', weights: { ...weights, lambda_GAN: 0, lambda_kl: 0 } }).terms.map(({ kind }) => kind);
    expect(kinds).toEqual(['adversarialRandom', 'paired']);
    expect(() => bicycleGanLoss({ ...outputsOf(), scores: undefined }, { gan: 'lsgan', weights })).toThrow(/'lambda_GAN' is 2, so scores are required/);
  });

  it('each discriminator has its term, without a weight', async () => {
    const loss = bicycleGanDiscriminatorLoss({ encoded: { fakes: [image(2)], reals: [image(0)] }, random: { fakes: [image(1)], reals: [image(1)] } }, { gan: 'lsgan' });
    expectClose(await reported(loss, bicycleGanTermNames), { loss_D: 5, loss_D2: 1 });
  });
});
