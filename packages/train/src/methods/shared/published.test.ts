import { CheckpointMismatchError, type Device, memory, openDevice, type PerDomain, type Tensor, tensor, type Tensor2D, type Tensor4D, type Tree, treeEntries, treeLeaves } from '@munit/core';
import { generatorLayer, readCheckpoint } from '@munit/formats';
import { fromOfficial, type MunitGenerator, type MunitGeneratorParams } from '@munit/layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../config/resolve.js';
import type { TrainingConfigInput } from '../../config/schema.js';
import { adamOf } from '../../optimizer/adam.js';
import { disposeState, type TrainState } from '../../state/state.js';
import { disposeLosses } from '../../step/losses.js';
import { trainStep } from '../../step/step.js';
import { createNetworks, createObjective, generatorsFromOfficial, initialState, modelArchitecture, modelWeights, officialFiles, stateFromOfficial } from '../create.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

const small: TrainingConfigInput = {
  gen: { dim: 2, mlp_dim: 4, style_dim: 3, n_res: 1 },
  dis: { dim: 2, n_layer: 2, num_scales: 2 },
  ema_half_life_images: 0,
  seed: 4,
};

const values = (tree: unknown): [string, number[]][] => treeEntries<Tensor>(tree as Tree<Tensor>).map(({ path, leaf }) => [path, [...leaf.dataSync()]]);

/** A state with moments: one step on flat images. */
function stepped(input: TrainingConfigInput): { state: TrainState; config: ReturnType<typeof resolveConfig> } {
  const config = resolveConfig({ ...small, ...input });
  const image: Tensor4D = tensor(Float32Array.from({ length: 16 * 16 * 3 }, (_, i) => Math.sin(i)), [1, 16, 16, 3]);
  const result = trainStep(initialState(config), [{ a: image, b: image }], {
    objective: createObjective(config, createNetworks(config)),
    adam: adamOf(config),
    rates: { gen: 1e-3, dis: 1e-3 },
    emaDecay: 0,
  });
  image.dispose();
  disposeLosses(result.losses);
  return { state: result.state, config };
}

describe.each([
  ['MUNIT', {}],
  ['MUNIT with spectral norm and PReLU', { gen: { ...small.gen, activ: 'prelu' }, dis: { ...small.dis, norm: 'sn' } }],
  ['UNIT', { trainer: 'UNIT' }],
] as const satisfies readonly (readonly [string, TrainingConfigInput])[])('the published files of %s', (_, input) => {
  it('come back with the same weights and moments, and leave nothing behind', async () => {
    const before = memory().numTensors;
    const { state, config } = stepped(input);
    const files = await officialFiles(state, config);
    expect(readCheckpoint(files['gen'] as Uint8Array).kind).toBe('generator');
    const back = stateFromOfficial(files, config, state.step);
    expect(back.step).toBe(1);
    expect(back.optimizers['gen']?.count).toBe(1);
    for (const part of ['gen', 'dis'] as const) {
      expect(values(back[part])).toEqual(values(state[part]));
      expect(back.optimizers[part]?.count).toBe(state.optimizers[part]?.count);
      expect(values(back.optimizers[part]?.m)).toEqual(values(state.optimizers[part]?.m));
      expect(values(back.optimizers[part]?.v)).toEqual(values(state.optimizers[part]?.v));
    }
    const gen = generatorsFromOfficial({ gen: files['gen'] as Uint8Array }, config);
    expect(values(gen)).toEqual(values(state.gen));
    for (const leaf of treeLeaves<Tensor>(gen)) leaf.dispose();
    disposeState(back);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });
});

describe('a training state that the published trainer has no networks for', () => {
  it.each([
    [{ gen: { ...small.gen, spectral_norm: true } }, 'no networks with gen.spectral_norm,'],
    [{ dis: { ...small.dis, global: true } }, 'no networks with dis.global,'],
    [{ gen: { ...small.gen, output: 'clamp', pre_act: true } }, 'no networks with preActivation, output,'],
  ] as const satisfies readonly (readonly [TrainingConfigInput, string])[])('%j is refused', async (input, problem) => {
    const { state, config } = stepped(input);
    await expect(officialFiles(state, config)).rejects.toThrow(problem);
    expect(() => stateFromOfficial({}, config, 1)).toThrow(problem);
    disposeState(state);
  });
});

it('a model of generators under spectral norm has the divided weights: any layer without it makes the same images', async () => {
  const { state, config } = stepped({ gen: { ...small.gen, spectral_norm: true }, ema_half_life_images: 100 });
  const before = memory().numTensors;
  const [architecture, weights] = [modelArchitecture(config), await modelWeights(state.gen, config)];
  expect(memory().numTensors).toBe(before);
  expect(architecture).not.toHaveProperty('spectralNorm');
  const layer = generatorLayer(architecture, 'b') as MunitGenerator;
  const params = fromOfficial(layer, weights.b) as MunitGeneratorParams;
  const trained = (state.gen as unknown as PerDomain<MunitGeneratorParams>).b;
  const networks = createNetworks(config);
  const x: Tensor4D = tensor(Float32Array.from({ length: 16 * 16 * 3 }, (_, i) => Math.cos(i)), [1, 16, 16, 3]);
  const style: Tensor2D = tensor([1, -0.5, 0.25], [1, 3]);
  const ours = networks.decode(state.gen, 'b', networks.encodeContent(state.gen, 'b', x), style);
  const theirs = layer.decode(params, layer.encodeContent(params, x), style);
  expect(await theirs.data()).toEqual(await ours.data());
  // What is trained is not what is used: kaiming's weights have larger singular values than 1.
  expect(await params.decoder.last.conv.weight.data()).not.toEqual(await trained.decoder.last.conv.weight.data());
  disposeState(state);
});

it('a file in the wrong place is named', async () => {
  const { state, config } = stepped({});
  const files = await officialFiles(state, config);
  expect(() => stateFromOfficial({ ...files, gen: files['optimizer'] as Uint8Array }, config, 1)).toThrow(CheckpointMismatchError);
  expect(() => stateFromOfficial({ ...files, gen: files['optimizer'] as Uint8Array }, config, 1)).toThrow(/given as generator was read as optimizer/);
  expect(() => generatorsFromOfficial({}, config)).toThrow(/The file 'gen' is required/);
  disposeState(state);
});
