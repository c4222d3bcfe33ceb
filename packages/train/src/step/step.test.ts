import { type Device, memory, openDevice, type Params, type PerDomain, Rng, type Scalar, type Tensor, tensor, type Tensor4D, type Tree, treeEntries } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig, type TrainingConfig, type TrainingConfigInput } from '../config/index.js';
import { createModel } from '../networks/index.js';
import { adam } from '../optimizer/index.js';
import { decodeState, disposeState, encodeState, initialState, type TrainState } from '../state/index.js';
import { createObjective, type Images, trainStep } from './index.js';

const small: TrainingConfigInput = {
  gen: { dim: 4, mlp_dim: 8, style_dim: 3, n_res: 1 },
  dis: { dim: 4, n_layer: 2, num_scales: 2 },
  recon_x_cyc_w: 10,
  ema_half_life_images: 5,
};

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

const optimizerOf = (config: TrainingConfig): ReturnType<typeof adam<PerDomain<Params>>> =>
  adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });
const start = (config: TrainingConfig): TrainState => initialState(createModel(config), optimizerOf(config), { seed: 3, average: true });

function images(seed: number, count = 2, size = 16): Images {
  const rng = new Rng(seed);
  const one = (): Tensor4D => tensor(rng.uniforms(count * size * size * 3, -1, 1), [count, size, size, 3]);
  return { a: one(), b: one() };
}

function run(config: TrainingConfig, state: TrainState, batches: readonly Images[]): { state: TrainState; losses: Record<string, number> } {
  const result = trainStep(state, batches, {
    objective: createObjective(config),
    optimizer: optimizerOf(config),
    rates: { gen: 1e-3, dis: 1e-3 },
    emaDecay: 0.9,
  });
  const losses = Object.fromEntries(Object.entries<Scalar>(result.terms).map(([name, term]) => [name, term.dataSync()[0] as number]));
  for (const term of new Set(Object.values(result.terms))) term.dispose();
  return { state: result.state, losses };
}

const values = (tree: unknown): [string, number[]][] => treeEntries<Tensor>(tree as Tree<Tensor>).map(({ path, leaf }) => [path, [...leaf.dataSync()]]);

describe.each([
  ['MUNIT', {}],
  ['MUNIT with spectral norm, hinge and augmentation', { dis: { ...small.dis, norm: 'sn', gan_type: 'hinge' }, diff_augment: ['color', 'translation', 'cutout'] }],
  ['UNIT', { trainer: 'UNIT' }],
] as const satisfies readonly (readonly [string, TrainingConfigInput])[])('a step of %s', (_, options) => {
  const config = resolveConfig({ ...small, ...options });

  it('moves every trained parameter, keeps the number of tensors, and repeats exactly', () => {
    const batch = images(1);
    let state = start(config);
    const before = values({ gen: state.gen, dis: state.dis });
    const tensors = memory().numTensors;
    const first = run(config, state, [batch]);
    expect(memory().numTensors).toBe(tensors);
    state = first.state;
    const after = new Map(values({ gen: state.gen, dis: state.dis }));
    // At the start a hinge pulls the last bias up for the fakes as much as down for the reals.
    const balanced = (path: string): boolean => config.dis.gan_type === 'hinge' && path.endsWith('last.bias');
    for (const [path, old] of before) if (!balanced(path)) expect(after.get(path), path).not.toEqual(old);
    expect(Object.values(first.losses).every(Number.isFinite)).toBe(true);

    const second = run(config, start(config), [batch]);
    expect(second.losses).toEqual(first.losses);
    expect(values(second.state.gen)).toEqual(values(state.gen));
    for (const done of [state, second.state]) disposeState(done);
    for (const x of [batch.a, batch.b]) x.dispose();
  });

  it('goes on from an encoded state bit for bit', async () => {
    const batches = [images(1), images(2)];
    const once = run(config, start(config), [batches[0] as Images]);
    const fresh = start(config);
    const { state: decoded } = decodeState(await encodeState(once.state), fresh);
    disposeState(fresh);
    const straight = run(config, once.state, [batches[1] as Images]);
    const resumed = run(config, decoded, [batches[1] as Images]);
    expect(resumed.losses).toEqual(straight.losses);
    expect(values(resumed.state.gen)).toEqual(values(straight.state.gen));
    expect(values(resumed.state.dis)).toEqual(values(straight.state.dis));
    expect(values(resumed.state.ema)).toEqual(values(straight.state.ema));
    expect(resumed.state.rng).toEqual(straight.state.rng);
    for (const state of [straight.state, resumed.state]) disposeState(state);
    for (const { a, b } of batches) for (const x of [a, b]) x.dispose();
  });
});

describe('accumulation', () => {
  it('of the same batch twice, with the same noise, is the step of that batch', () => {
    const config = resolveConfig({ ...small, accumulate: 2 });
    const batch = images(5);
    const objective = createObjective(config);
    const noise = objective.drawNoise(new Rng(9), batch);
    const options = { objective, optimizer: optimizerOf(config), rates: { gen: 1e-3, dis: 1e-3 }, emaDecay: 0.9 };
    const one = trainStep(start(config), [batch], { ...options, noise: [noise] });
    const two = trainStep(start(config), [batch, batch], { ...options, noise: [noise, noise] });
    for (const [name, term] of Object.entries<Scalar>(one.terms)) expect(two.terms[name]?.dataSync()[0]).toBeCloseTo(term.dataSync()[0] as number, 5);
    const [a, b] = [values(one.state.dis), new Map(values(two.state.dis))];
    // Adam's first step is ± the rate: gradients that are the same in sign give the same step.
    const off = a.flatMap(([path, numbers]) => numbers.filter((x, i) => Math.abs(x - (b.get(path)?.[i] as number)) > 1e-5));
    expect(off.length / a.reduce((sum, [, numbers]) => sum + numbers.length, 0)).toBeLessThan(0.01);
    for (const terms of [one.terms, two.terms]) for (const term of new Set(Object.values(terms))) term.dispose();
    for (const state of [one.state, two.state]) disposeState(state);
    for (const t of [...noise.dis, ...noise.gen, batch.a, batch.b]) t.dispose();
  });
});

describe('1,000 steps at 32×32', () => {
  it('keep the number of tensors flat', () => {
    const config = resolveConfig({ ...small, gen: { ...small.gen, dim: 2 }, dis: { dim: 2, n_layer: 1, num_scales: 1 } });
    const batch = images(7, 1, 32);
    let { state } = run(config, start(config), [batch]);
    const tensors = memory().numTensors;
    for (let i = 0; i < 999; i++) ({ state } = run(config, state, [batch]));
    expect(state.step).toBe(1000);
    expect(memory().numTensors).toBe(tensors);
    disposeState(state);
    for (const x of [batch.a, batch.b]) x.dispose();
  }, 300_000);
});
