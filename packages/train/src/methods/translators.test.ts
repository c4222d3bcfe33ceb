/** CycleGAN, with and without noise, and BicycleGAN: that they train, remember, and resume bit for bit; that the pool is the published one. */
import { type Device, memory, openDevice, readSafetensors, Rng, type Tensor, tensor, type Tensor4D, type Tree, treeEntries } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import type { TrainingConfig, TrainingConfigInput } from '../config/schema.js';
import { adamOf } from '../optimizer/adam.js';
import { encodeState } from '../state/checkpoint.js';
import { disposeState, type TrainState } from '../state/state.js';
import { publishedTerms, readLosses } from '../step/losses.js';
import type { Images } from '../step/objective.js';
import { trainStep } from '../step/step.js';
import { createNetworks, createObjective, decodeCheckpoint, initialState, modelWeights, officialFiles, stateFromOfficial, termNamesOf } from './create.js';
import { queryPool } from './cyclegan/pool.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

const size = 16;
const common = { crop_image_height: size, crop_image_width: size, ema_half_life_images: 5, seed: 3 } as const;
const cycle: TrainingConfigInput = { ...common, trainer: 'CycleGAN', pool_size: 2, gen: { dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1 } };
const bicycle: TrainingConfigInput = {
  ...common,
  trainer: 'BicycleGAN',
  netG: 'unet_16',
  netD: 'basic_16_multi',
  netE: 'resnet_32',
  nef: 2,
  gen: { dim: 2, style_dim: 3 },
  dis: { dim: 2, num_scales: 1 },
};

const variants: readonly (readonly [string, TrainingConfigInput])[] = [
  ['CycleGAN', cycle],
  ['CycleGAN with a U-Net, dropout and no identity loss', { ...cycle, netG: 'unet_16', use_dropout: true, lambda_identity: 0 }],
  ['CycleGAN with noise at the input, pixel discriminators and augmentation', { ...cycle, gen: { ...cycle.gen, style_dim: 2 }, netD: 'pixel', diff_augment: ['color', 'translation'] }],
  ['CycleGAN with noise in all layers, zero padding and accumulation', { ...cycle, gen: { ...cycle.gen, style_dim: 2, pad_type: 'zero' }, where_add: 'all', accumulate: 2 }],
  ['BicycleGAN', bicycle],
  ['BicycleGAN with conditional discriminators, bilinear up-sampling and dropout', { ...bicycle, conditional_D: true, upsample: 'bilinear', use_dropout: true, netE: 'conv_32', crop_image_height: 32, crop_image_width: 32 }],
  ['BicycleGAN with the style at the input and one discriminator', { ...bicycle, where_add: 'input', use_same_D: true, batch_size: 4, netD: 'basic_16' }],
];

function images(seed: number, { batch_size: count, crop_image_height: size }: TrainingConfig): Images {
  const rng = new Rng(seed);
  const one = (): Tensor4D => tensor(rng.uniforms(count * size * size * 3, -1, 1), [count, size, size, 3]);
  return { a: one(), b: one() };
}

async function step(config: TrainingConfig, state: TrainState, seed: number): Promise<{ readonly state: TrainState; readonly losses: Record<string, number> }> {
  const batches = Array.from({ length: config.accumulate }, (_, i) => images(10 * seed + i, config));
  const objective = createObjective(config, createNetworks(config));
  const result = trainStep(state, batches, { objective, adam: adamOf(config), rates: { gen: 1e-3, dis: 1e-3 }, emaDecay: 0.9 });
  for (const { a, b } of batches) for (const x of [a, b]) x.dispose();
  return { state: result.state, losses: publishedTerms(await readLosses(result.losses), termNamesOf(config)) };
}

const values = (tree: unknown): [string, number[]][] => treeEntries<Tensor>(tree as Tree<Tensor>).map(({ path, leaf }) => [path, [...leaf.dataSync()]]);

describe.each(variants)('%s', (_, options) => {
  it('trains, and resumes bit for bit', async () => {
    const config = resolveConfig(options);
    const tensors = memory().numTensors;
    let straight = initialState(config);
    const start = new Map(values({ gen: straight.gen, dis: straight.dis }));
    let saved: Uint8Array = new Uint8Array();
    for (let i = 0; i < 4; i++) {
      const { state, losses } = await step(config, straight, i);
      straight = state;
      expect(Object.values(losses).every(Number.isFinite), JSON.stringify(losses)).toBe(true);
      if (i === 2) saved = await encodeState(straight);
    }
    const still = values({ gen: straight.gen, dis: straight.dis }).filter(([path, now]) => String(now) === String(start.get(path)));
    // A bias under a norm has no gradient but rounding's.
    expect(still.filter(([path]) => path.endsWith('weight'))).toEqual([]);

    const { state: decoded } = decodeCheckpoint(saved, config);
    const resumed = (await step(config, decoded, 3)).state;
    for (const part of ['gen', 'dis', 'ema', 'own'] as const) expect(values(resumed[part]), part).toEqual(values(straight[part]));
    const moments = ({ optimizers }: TrainState): unknown => Object.values(optimizers).map(({ m, v }) => values({ m, v }));
    expect(moments(resumed)).toEqual(moments(straight));
    expect(resumed.rng).toEqual(straight.rng);
    disposeState(straight);
    disposeState(resumed);
    expect(memory().numTensors).toBe(tensors);
  });

  it("writes its published trainer's files, and reads them", async () => {
    const config = resolveConfig(options);
    const state = initialState(config);
    const files = await officialFiles(state, config);
    const read = stateFromOfficial(files, config, 7);
    expect(read.step).toBe(7);
    expect(values({ gen: read.gen, dis: read.dis })).toEqual(values({ gen: state.gen, dis: state.dis }));
    const weights = await modelWeights(state.gen, config);
    expect([...weights.a.values(), ...weights.b.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(values(state.gen).reduce((sum, [, numbers]) => sum + numbers.length, 0));
    disposeState(state);
    disposeState(read);
  });
});

it('a checkpoint of CycleGAN holds its pools of past translations', async () => {
  const config = resolveConfig(cycle);
  let state = initialState(config);
  for (let i = 0; i < 3; i++) ({ state } = await step(config, state, i));
  const { tensors } = readSafetensors(await encodeState(state));
  for (const name of ['own.pool_a', 'own.pool_b']) expect(tensors.get(name)?.shape).toEqual([2, size, size, 3]);
  disposeState(state);
});

describe('the pool of past translations', () => {
  const image = (value: number): Tensor4D => tensor([value], [1, 1, 1, 1]);
  const batch = (...numbers: number[]): Tensor4D => tensor(numbers, [numbers.length, 1, 1, 1]);

  it('shows what comes until it is full, then half of the time something of the past, which the new one replaces', () => {
    const rng = new Rng(5);
    // The same draws, read as the published pool reads them.
    const dice = new Rng(5);
    const expected: number[] = [];
    const kept: number[] = [];
    let pool: Tensor4D | undefined;
    const shown: number[] = [];
    for (let i = 0; i < 200; i++) {
      if (kept.length < 3) {
        kept.push(i);
        expected.push(i);
      } else if (dice.uniform() > 0.5) {
        const place = dice.integer(3);
        expected.push(kept[place] as number);
        kept[place] = i;
      } else expected.push(i);
      const x = image(i);
      const answer = queryPool(pool, x, 3, rng);
      shown.push(...answer.shown.dataSync());
      answer.shown.dispose();
      x.dispose();
      ({ pool } = answer);
    }
    expect(shown).toEqual(expected);
    expect([...(pool?.dataSync() ?? [])]).toEqual(kept);
    expect(shown.filter((value, i) => value !== i).length).toBeGreaterThan(60);
    pool?.dispose();
  });

  it('takes batches, and nothing at size 0', () => {
    const [x, none] = [batch(1, 2, 3), batch(4)];
    const first = queryPool(undefined, x, 2, new Rng(1));
    expect([...(first.pool?.dataSync() ?? [])].length).toBe(2);
    expect(first.shown.shape).toEqual([3, 1, 1, 1]);
    const empty = queryPool(undefined, none, 0, new Rng(1));
    expect([...empty.shown.dataSync()]).toEqual([4]);
    expect(empty.pool).toBe(undefined);
    for (const t of [x, none, first.shown, first.pool as Tensor4D, empty.shown]) t.dispose();
  });
});
