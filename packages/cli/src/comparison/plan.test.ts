import { ConfigError } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { namedMethods, readPlan } from './plan.js';

const file = (...more: readonly string[]): string =>
  ['data: { synthetic_count: 20 }', 'config: { crop_image_height: 32, crop_image_width: 32, gen: { dim: 4 } }', ...(more.some((line) => line.startsWith('budget')) ? [] : ['budget: { steps: 12 }']), ...more].join('\n');

describe('readPlan', () => {
  it('resolves each method for each seed: the method over the comparison over the preset', () => {
    const { methods, seeds, budget, evaluation } = readPlan(file('seeds: [3, 5]', 'methods: [MUNIT without style reconstruction, { name: Mine, preset: quick, config: { gen: { n_res: 1 }, lr: 0.5 } }]'));
    expect(seeds).toEqual([3, 5]);
    expect(budget).toEqual({ steps: 12 });
    expect(evaluation).toEqual({ inputs: 100, styles: 20, resamples: 100, classifier: undefined });
    expect(methods.map(({ folder }) => folder)).toEqual(['munit-without-style-reconstruction', 'mine']);
    expect(methods[0]?.configs.get(5)).toMatchObject({ without: ['style'], seed: 5, max_iter: 12, synthetic_count: 20, crop_image_width: 32, gen: { dim: 4 } });
    expect(methods[1]?.configs.get(3)).toMatchObject({ without: [], lr: 0.5, gen: { dim: 4, n_res: 1 } });
  });

  it('knows the methods of the paper by name', () => {
    const { methods } = readPlan(file(`methods: [${Object.keys(namedMethods).join(', ')}]`));
    expect(methods.map(({ configs }) => configs.get(0)?.trainer)).toEqual(['MUNIT', 'MUNIT', 'MUNIT', 'MUNIT', 'UNIT', 'CycleGAN', 'CycleGAN', 'BicycleGAN']);
  });

  it('changes a method of the paper, and gives it a budget of its own', () => {
    const { methods } = readPlan(file('methods: [MUNIT, { method: MUNIT without content reconstruction, name: As published, config: { recon_x_cyc_w: 0 } }, { method: BicycleGAN, budget: { minutes: 2 } }]'));
    expect(methods.map(({ name, folder, budget }) => [name, folder, budget])).toEqual([
      ['MUNIT', 'munit', { steps: 12 }],
      ['As published', 'as-published', { steps: 12 }],
      ['BicycleGAN', 'bicyclegan', { minutes: 2 }],
    ]);
    expect(methods.map(({ configs }) => configs.get(0))).toMatchObject([
      { recon_x_cyc_w: 10, without: [], max_iter: 12 },
      { recon_x_cyc_w: 0, without: ['content'], max_iter: 12 },
      { trainer: 'BicycleGAN', max_iter: 2000 },
    ]);
  });

  it.each([
    ['[1', 'not valid YAML'],
    ['3', 'must be a mapping'],
    [file('methods: [StarGAN]'), "no method 'StarGAN'"],
    [file('methods: []'), 'at least one method'],
    [file('methods: [{ method: StarGAN }]'), "no method 'StarGAN'"],
    [file('methods: [{ method: UNIT, preset: quick }]'), "'UNIT' has both a method and a preset"],
    [file('methods: [{ method: UNIT, budget: { steps: 0 } }]'), "'steps' must be a whole number"],
    [file('methods: [MUNIT, MUNIT]'), "two methods are called 'MUNIT'"],
    [file('methods: [MUNIT]', 'budgets: 3'), "unknown option 'budgets'. Known options: "],
    [file('methods: [MUNIT]', 'seeds: [1, 1]'), "'seeds' must be different"],
    [file('methods: [MUNIT]', 'budget: { steps: 3, minutes: 1 }'), 'either steps or minutes'],
    [file('methods: [MUNIT]', 'budget: { minutes: 0 }'), 'must be above 0'],
    [file('methods: [MUNIT]', 'evaluation: { styles: 1 }'), "'styles' must be a whole number of at least 2"],
    [file('methods: [{ name: Mine, preset: slow }]'), 'unknown preset "slow"'],
    [file('methods: [{ name: Mine, config: { dims: 3 } }]'), "The method 'Mine': "],
  ])('refuses %j', (text, message) => {
    expect(() => readPlan(text)).toThrow(ConfigError);
    expect(() => readPlan(text)).toThrow(message);
  });
});
