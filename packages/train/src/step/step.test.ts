import { type Device, memory, openDevice, Rng, type Tensor, type Tensor4D, tensor, type Tree, treeEntries, treeLeaves } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import type { TrainingConfig, TrainingConfigInput } from '../config/schema.js';
import { createNetworks, createObjective, decodeCheckpoint, initialState, termNamesOf } from '../methods/create.js';
import { adamOf } from '../optimizer/adam.js';
import { encodeState } from '../state/checkpoint.js';
import { disposeState, type TrainState } from '../state/state.js';
import { disposeLosses, publishedTerms, readLosses } from './losses.js';
import type { Images, Objective } from './objective.js';
import { trainStep } from './step.js';

const small: TrainingConfigInput = {
  gen: { dim: 4, mlp_dim: 8, style_dim: 3, n_res: 1 },
  dis: { dim: 4, n_layer: 2, num_scales: 2 },
  recon_x_cyc_w: 10,
  ema_half_life_images: 5,
  seed: 3,
};

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

const objectiveOf = (config: TrainingConfig): Objective => createObjective(config, createNetworks(config));

function images(seed: number, count = 2, size = 16): Images {
  const rng = new Rng(seed);
  const one = (): Tensor4D => tensor(rng.uniforms(count * size * size * 3, -1, 1), [count, size, size, 3]);
  return { a: one(), b: one() };
}

async function run(config: TrainingConfig, state: TrainState, batches: readonly Images[]): Promise<{ state: TrainState; losses: Record<string, number> }> {
  const result = trainStep(state, batches, { objective: objectiveOf(config), adam: adamOf(config), rates: { gen: 1e-3, dis: 1e-3 }, emaDecay: 0.9 });
  return { state: result.state, losses: publishedTerms(await readLosses(result.losses), termNamesOf(config)) };
}

const values = (tree: unknown): [string, number[]][] => treeEntries<Tensor>(tree as Tree<Tensor>).map(({ path, leaf }) => [path, [...leaf.dataSync()]]);

describe.each([
  ['MUNIT', {}],
  ['MUNIT with spectral norm, hinge and augmentation', { dis: { ...small.dis, norm: 'sn', gan_type: 'hinge' }, diff_augment: ['color', 'translation', 'cutout'] }],
  ['UNIT', { trainer: 'UNIT' }],
  ['MUNIT with all regularisers', { gen: { ...small.gen, up_norm: 'adain', pre_act: true, blur_down: true }, mode_seeking_w: 1, style_kl_w: 0.1, style_mmd_w: 1, r1_w: 1, r1_every: 1, clip_gradient_norm: 1, batch_size: 2 }],
  ['MUNIT with spectral norm in all networks, a global discriminator, consistency and no tanh', { gen: { ...small.gen, spectral_norm: true, output: 'clamp' }, dis: { ...small.dis, norm: 'sn', gan_type: 'hinge', global: true }, consistency_w: 10 }],
  ['UNIT with a global discriminator, consistency and augmentation', { trainer: 'UNIT', dis: { ...small.dis, global: true }, consistency_w: 10, diff_augment: ['translation'] }],
  ['UNIT with R1 and spectral norm', { trainer: 'UNIT', r1_w: 2, r1_every: 1, dis: { ...small.dis, norm: 'sn' } }],
] as const satisfies readonly (readonly [string, TrainingConfigInput])[])('a step of %s', (_, options) => {
  const config = resolveConfig({ ...small, ...options });

  it('moves every trained parameter, keeps the number of tensors, and repeats exactly', async () => {
    const batch = images(1);
    let state = initialState(config);
    const before = values({ gen: state.gen, dis: state.dis });
    const tensors = memory().numTensors;
    const first = await run(config, state, [batch]);
    expect(memory().numTensors).toBe(tensors);
    state = first.state;
    const after = new Map(values({ gen: state.gen, dis: state.dis }));
    // At the start a hinge pulls the last bias up for the fakes as much as down for the reals. A vector of length 1 with one number is 1 or −1 for good.
    const fixed = (path: string, { length }: readonly number[]): boolean => (config.dis.gan_type === 'hinge' && path.endsWith('last.bias')) || (path.endsWith('spectral.u') && length === 1);
    for (const [path, old] of before) if (!fixed(path, old)) expect(after.get(path), path).not.toEqual(old);
    expect(Object.values(first.losses).every(Number.isFinite)).toBe(true);

    const second = await run(config, initialState(config), [batch]);
    expect(second.losses).toEqual(first.losses);
    expect(values(second.state.gen)).toEqual(values(state.gen));
    for (const done of [state, second.state]) disposeState(done);
    for (const x of [batch.a, batch.b]) x.dispose();
  });

  it('continues from an encoded state bit for bit', async () => {
    const batches = [images(1), images(2)];
    const once = await run(config, initialState(config), [batches[0] as Images]);
    const { state: decoded } = decodeCheckpoint(await encodeState(once.state), config);
    const straight = await run(config, once.state, [batches[1] as Images]);
    const resumed = await run(config, decoded, [batches[1] as Images]);
    expect(resumed.losses).toEqual(straight.losses);
    expect(values(resumed.state.gen)).toEqual(values(straight.state.gen));
    expect(values(resumed.state.dis)).toEqual(values(straight.state.dis));
    expect(values(resumed.state.ema)).toEqual(values(straight.state.ema));
    expect(resumed.state.rng).toEqual(straight.state.rng);
    for (const state of [straight.state, resumed.state]) disposeState(state);
    for (const { a, b } of batches) for (const x of [a, b]) x.dispose();
  });
});

describe.each([
  ['MUNIT, accumulated', { accumulate: 2, dis: { ...small.dis, num_scales: 1 } }],
  ['MUNIT with spectral norm, hinge and augmentation', { dis: { ...small.dis, norm: 'sn', gan_type: 'hinge' }, diff_augment: ['color', 'translation', 'cutout'] }],
  ['UNIT', { trainer: 'UNIT' }],
  ['MUNIT with R1 and mode seeking', { r1_w: 1, r1_every: 1, mode_seeking_w: 1 }],
  ['MUNIT with spectral norm in all networks, a global discriminator with R1, consistency and no tanh', { gen: { ...small.gen, spectral_norm: true, output: 'clamp' }, dis: { ...small.dis, norm: 'sn', gan_type: 'hinge', global: true }, r1_w: 1, r1_every: 1, consistency_w: 10 }],
] as const satisfies readonly (readonly [string, TrainingConfigInput])[])('recomputation in a step of %s', (_, options) => {
  const config = resolveConfig({ ...small, ...options });

  it('changes no bit of weights, moments, average and losses, nor what is left in memory', async () => {
    const batches = Array.from({ length: config.accumulate }, (__, i) => images(i + 1, 1));
    const step = async (recompute: boolean): Promise<unknown> => {
      let state = initialState(config);
      const tensors = memory().numTensors;
      const result = trainStep(state, batches, { objective: objectiveOf(config), adam: adamOf(config), rates: { gen: 1e-3, dis: 1e-3 }, emaDecay: 0.9, recompute });
      ({ state } = result);
      const losses = publishedTerms(await readLosses(result.losses), termNamesOf(config));
      expect(memory().numTensors).toBe(tensors);
      const found = { losses, gen: values(state.gen), dis: values(state.dis), ema: values(state.ema), moments: await encodeState(state) };
      disposeState(state);
      return found;
    };
    expect(await step(true)).toEqual(await step(false));
    for (const { a, b } of batches) for (const x of [a, b]) x.dispose();
  }, 120_000);
});

it('with recomputation fewer bytes are kept when the backward pass begins', () => {
  const config = resolveConfig(small);
  const batch = images(4, 1, 32);
  const peak = (recompute: boolean): number => {
    const state = initialState(config);
    let most = 0;
    // Adam looks at gradients when the backward pass is over; the discriminators' pass is inside the generators' recording.
    const onGradients = (optimizer: string): void => void (optimizer === 'dis' && (most = Math.max(most, memory().numBytes)));
    const result = trainStep(state, [batch], { objective: objectiveOf(config), adam: adamOf(config), rates: { gen: 1e-3, dis: 1e-3 }, emaDecay: 0.9, recompute, hooks: { onGradients } });
    disposeLosses(result.losses);
    disposeState(result.state);
    return most;
  };
  // Of the encoders' maps only the ends of their segments are left: a quarter of the size and fewer.
  const weights = memory().numBytes;
  expect(peak(true) - weights).toBeLessThan(peak(false) - weights - 2 * 4 * 32 * 32 * 4 * 2);
  for (const x of [batch.a, batch.b]) x.dispose();
});

describe('accumulation', () => {
  it('of the same batch twice, with the same noise, is the step of that batch', async () => {
    const config = resolveConfig({ ...small, accumulate: 2 });
    const batch = images(5);
    const objective = objectiveOf(config);
    const noise = objective.drawNoise(new Rng(9), batch);
    const options = { objective, adam: adamOf(config), rates: { gen: 1e-3, dis: 1e-3 }, emaDecay: 0.9 };
    const one = trainStep(initialState(config), [batch], { ...options, noise: [noise] });
    const two = trainStep(initialState(config), [batch, batch], { ...options, noise: [noise, noise] });
    const [oneRead, twoRead] = [await readLosses(one.losses), await readLosses(two.losses)];
    oneRead.forEach(({ value, ...term }, i) => {
      const { value: same, ...other } = twoRead[i] ?? {};
      expect(other).toEqual(term);
      expect(same).toBeCloseTo(value, 5);
    });
    const [a, b] = [values(one.state.dis), new Map(values(two.state.dis))];
    // Adam's first step is ± the rate: gradients that are the same in sign give the same step.
    const off = a.flatMap(([path, numbers]) => numbers.filter((x, i) => Math.abs(x - (b.get(path)?.[i] as number)) > 1e-5));
    expect(off.length / a.reduce((sum, [, numbers]) => sum + numbers.length, 0)).toBeLessThan(0.01);
    for (const state of [one.state, two.state]) disposeState(state);
    for (const t of [...treeLeaves<Tensor>(noise.drawn), batch.a, batch.b]) t.dispose();
  });

  it.each(['none', 'sn'] as const)('of batches of a kind leaves nothing behind, with dis.norm %s', (norm) => {
    const config = resolveConfig({ ...small, dis: { ...small.dis, norm } });
    const batches = [images(5), images(6), images(7)];
    const state = initialState(config);
    const tensors = memory().numTensors;
    const result = trainStep(state, batches, { objective: objectiveOf(config), adam: adamOf(config), rates: { gen: 1e-3, dis: 1e-3 }, emaDecay: 0.9 });
    disposeLosses(result.losses);
    expect(memory().numTensors).toBe(tensors);
    disposeState(result.state);
    for (const { a, b } of batches) for (const x of [a, b]) x.dispose();
  });
});

describe('1,000 steps at 32×32', () => {
  it('keep the number of tensors flat', async () => {
    const config = resolveConfig({ ...small, gen: { ...small.gen, dim: 2 }, dis: { dim: 2, n_layer: 1, num_scales: 1 } });
    const batch = images(7, 1, 32);
    let { state } = await run(config, initialState(config), [batch]);
    const tensors = memory().numTensors;
    for (let i = 0; i < 999; i++) ({ state } = await run(config, state, [batch]));
    expect(state.step).toBe(1000);
    expect(memory().numTensors).toBe(tensors);
    disposeState(state);
    for (const x of [batch.a, batch.b]) x.dispose();
  }, 300_000);
});
