import { CheckpointMismatchError, type Device, memory, openDevice, type Params, type PerDomain, tensor, type Tensor, type Tree, treeEntries } from '@munit/core';
import { readCheckpoint } from '@munit/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig, type TrainingConfigInput } from '../config/index.js';
import { createModel } from '../networks/index.js';
import { adam } from '../optimizer/index.js';
import { disposeState, initialState, type TrainState } from '../state/index.js';
import { createObjective, trainStep } from '../step/index.js';
import { officialFiles, stateFromOfficial } from './index.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

const small: TrainingConfigInput = {
  gen: { dim: 2, mlp_dim: 4, style_dim: 3, n_res: 1 },
  dis: { dim: 2, n_layer: 2, num_scales: 2 },
  ema_half_life_images: 0,
};

const values = (tree: unknown): [string, number[]][] => treeEntries<Tensor>(tree as Tree<Tensor>).map(({ path, leaf }) => [path, [...leaf.dataSync()]]);

/** A state with moments: one step on flat images. */
function stepped(input: TrainingConfigInput): { state: TrainState; config: ReturnType<typeof resolveConfig> } {
  const config = resolveConfig({ ...small, ...input });
  const optimizer = adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });
  const image = tensor(Float32Array.from({ length: 16 * 16 * 3 }, (_, i) => Math.sin(i)), [1, 16, 16, 3]);
  const result = trainStep(initialState(createModel(config), optimizer, { seed: 4, average: false }), [{ a: image, b: image }] as never, {
    objective: createObjective(config),
    optimizer,
    rates: { gen: 1e-3, dis: 1e-3 },
    emaDecay: 0,
  });
  for (const t of [image, ...new Set(Object.values(result.terms))]) t.dispose();
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
    expect(readCheckpoint(files.gen).kind).toBe('generator');
    const back = stateFromOfficial(files, config, state.step);
    expect(back.step).toBe(1);
    expect(back.genOptimizer.count).toBe(1);
    for (const part of ['gen', 'dis'] as const) {
      expect(values(back[part])).toEqual(values(state[part]));
      const moments = `${part}Optimizer` as const;
      expect(values(back[moments].m)).toEqual(values(state[moments].m));
      expect(values(back[moments].v)).toEqual(values(state[moments].v));
    }
    disposeState(back);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
  });
});

it('a file in the wrong place is named', async () => {
  const { state, config } = stepped({});
  const files = await officialFiles(state, config);
  expect(() => stateFromOfficial({ ...files, gen: files.optimizer }, config, 1)).toThrow(CheckpointMismatchError);
  expect(() => stateFromOfficial({ ...files, gen: files.optimizer }, config, 1)).toThrow(/given as generator was read as optimizer/);
  disposeState(state);
});
