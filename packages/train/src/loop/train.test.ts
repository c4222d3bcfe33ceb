import { type Device, type Domain, memory, NonFiniteError, openDevice, type Params, type PerDomain, perDomain } from '@munit/core';
import { displayBatch, UnpairedBatches } from '@munit/data';
import { syntheticSource } from '@munit/data/synthetic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig, type TrainingConfigInput } from '../config/index.js';
import type { TrainEvent } from '../events.js';
import { createModel } from '../networks/index.js';
import { adam } from '../optimizer/index.js';
import { decodeState, disposeState, initialState, type TrainState } from '../state/index.js';
import { createObjective } from '../step/index.js';
import { train, type TrainingCheckpoint, type TrainOptions } from './index.js';

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => device.dispose());

const small: TrainingConfigInput = {
  gen: { dim: 2, mlp_dim: 4, style_dim: 3, n_res: 1 },
  dis: { dim: 2, n_layer: 1, num_scales: 1 },
  crop_image_height: 16,
  crop_image_width: 16,
  batch_size: 2,
  log_iter: 2,
  image_save_iter: 1000,
  image_display_iter: 1000,
  snapshot_save_iter: 4,
  max_iter: 8,
};

interface Setup {
  readonly options: TrainOptions;
  readonly events: TrainEvent[];
  readonly saved: TrainingCheckpoint[];
  dispose(): Promise<void>;
}

async function setUp(given: TrainingConfigInput, more: Partial<TrainOptions> = {}): Promise<Setup> {
  const config = resolveConfig({ ...small, ...given });
  const model = createModel(config);
  const optimizer = adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });
  const fresh = (): TrainState => initialState(model, optimizer, { seed: 1, average: true });
  const source = (domain: Domain): ReturnType<typeof syntheticSource> => syntheticSource(domain, { size: 16, seed: 2, count: 8 });
  const data = new UnpairedBatches({ sources: perDomain(source), batchSize: 2, crop: 16, seed: 3 });
  const events: TrainEvent[] = [];
  const saved: TrainingCheckpoint[] = [];
  const options: TrainOptions = {
    config,
    model,
    objective: createObjective(config),
    state: fresh(),
    data,
    display: { a: await displayBatch(source('a'), 2, 16), b: await displayBatch(source('b'), 2, 16) },
    onEvent: (event) => events.push(event),
    save: (checkpoint) => Promise.resolve(void saved.push(checkpoint)),
    restore: () => {
      const latest = saved.at(-1);
      if (latest === undefined) return Promise.resolve(undefined);
      const like = fresh();
      const { state } = decodeState(latest.bytes, like);
      disposeState(like);
      return Promise.resolve(state);
    },
    ...more,
  };
  return { options, events, saved, dispose: () => data.dispose() };
}

describe('train', () => {
  it('logs, shows and saves at its intervals, and leaks nothing', async () => {
    const before = memory().numTensors;
    const { options, events, saved, dispose } = await setUp({});
    const { state, reason } = await train(options);
    expect(reason).toBe('finished');
    expect(state.step).toBe(8);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
    expect(saved.map(({ step }) => step)).toEqual([0, 4, 8]);
    const steps = events.filter((event) => event.kind === 'step');
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 4, 6, 8]);
    for (const { terms } of steps) expect(Object.values(terms).every(Number.isFinite)).toBe(true);
    const sample = events.find((event) => event.kind === 'sample');
    expect(sample?.images.map(({ name }) => name)).toEqual(['a-to-b', 'b-to-a']);
    const styles = events.find((event) => event.kind === 'styles');
    expect(styles?.statistics.a?.mean).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ kind: 'done', reason: 'finished', step: 8 });
    await dispose();
  });

  it('stops after the current step when the signal aborts, and saves', async () => {
    const controller = new AbortController();
    const { options, saved, dispose } = await setUp({ max_iter: 1000, log_iter: 1 }, { signal: controller.signal });
    const { state, reason } = await train({ ...options, onEvent: (event) => event.kind === 'step' && event.step === 3 && controller.abort() });
    expect(reason).toBe('interrupted');
    expect(state.step).toBe(3);
    expect(saved.at(-1)?.step).toBe(3);
    disposeState(state);
    await dispose();
  });

  it('restores the last good state once when a loss is not finite, then stops and names the term', async () => {
    const before = memory().numTensors;
    const { options, events, dispose } = await setUp({ lr: 1e30, max_iter: 100, log_iter: 1, snapshot_save_iter: 1000 });
    await expect(train(options)).rejects.toThrow(NonFiniteError);
    const broken = events.filter((event) => event.kind === 'nonFinite');
    expect(broken.map(({ action }) => action)).toEqual(['restored', 'stopped']);
    expect(broken[0]).toMatchObject({ restoredStep: 0 });
    expect(broken[1]?.term).toMatch(/^loss_/);
    expect(events.at(-1)).toMatchObject({ kind: 'done', reason: 'failed' });
    expect(memory().numTensors).toBe(before);
    await dispose();
  });

  it('marks as best what the evaluation scores best', async () => {
    const scores = [0.2, 0.9, 0.4, 0.95];
    const { options, saved, dispose } = await setUp(
      { image_save_iter: 2, snapshot_save_iter: 2 },
      { evaluate: () => Promise.resolve({ metrics: {}, score: scores.shift() as number }) },
    );
    const { state } = await train(options);
    expect(saved.map(({ step, best }) => [step, best])).toEqual([[0, false], [2, true], [4, true], [6, false], [8, true]]);
    disposeState(state);
    await dispose();
  });
});
