import { add, type Device, type Domain, memory, NonFiniteError, openDevice, type Params, perDomain, readSafetensors, RunFolderError, tensor, type Tensor4D } from '@munit/core';
import { displayBatch, UnpairedBatches } from '@munit/data';
import { syntheticSource } from '@munit/data/synthetic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import type { TrainingConfigInput } from '../config/schema.js';
import type { TrainEvent } from '../events.js';
import { createNetworks, createObjective, decodeCheckpoint, initialState } from '../methods/create.js';
import { findNonFinite } from '../state/finite.js';
import { disposeState, stateLeaves } from '../state/state.js';
import type { Objective } from '../step/objective.js';
import { averageGap, gapWarning } from './averageGap.js';
import { train, type TrainingCheckpoint, type TrainOptions } from './train.js';

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
  const config = resolveConfig({ ...small, seed: 1, ...given });
  const networks = createNetworks(config);
  const source = (domain: Domain): ReturnType<typeof syntheticSource> => syntheticSource(domain, { size: 16, seed: 2, count: 8 });
  const data = new UnpairedBatches({ sources: perDomain(source), batchSize: 2, crop: 16, seed: 3 });
  const events: TrainEvent[] = [];
  const saved: TrainingCheckpoint[] = [];
  const options: TrainOptions = {
    config,
    networks,
    objective: createObjective(config, networks),
    state: initialState(config, networks),
    data,
    display: { a: await displayBatch(source('a'), 2, 16), b: await displayBatch(source('b'), 2, 16) },
    onEvent: (event) => events.push(event),
    save: (checkpoint) => Promise.resolve(void saved.push(checkpoint)),
    restore: () => Promise.resolve(saved.length === 0 ? undefined : decodeCheckpoint((saved.at(-1) as TrainingCheckpoint).bytes, config).state),
    ...more,
  };
  return { options, events, saved, dispose: () => data.dispose() };
}

/** The objective, but for updates at which every parameter overflows: their losses are finite, what they leave is not. */
function breakingAt(objective: Objective, broken: (update: number) => boolean): Objective {
  let updates = 0;
  return {
    ...objective,
    update: (state, batches, tools) => objective.update(state, batches, broken(++updates) ? { ...tools, rates: { ...tools.rates, gen: Infinity } } : tools),
  };
}

const allFinite = ({ bytes }: TrainingCheckpoint): boolean => [...readSafetensors(bytes).tensors.values()].every((entry) => entry.float32().every(Number.isFinite));
const nonFinite = (events: readonly TrainEvent[]): Extract<TrainEvent, { kind: 'nonFinite' }>[] => events.filter((event) => event.kind === 'nonFinite');

describe('the averaged generators', () => {
  it('are made of the trained ones alone: ema_k = d_k ema_(k−1) + (1 − d_k) gen_k, d_k = 2^(−1 / (ramp k))', async () => {
    const { options, saved, dispose } = await setUp({ max_iter: 3, snapshot_save_iter: 1, ema_rampup: 2, lr: 0.01 });
    disposeState((await train(options)).state);
    await dispose();
    const values = ({ bytes }: TrainingCheckpoint, tree: string): readonly number[] =>
      [...readSafetensors(bytes).tensors].flatMap(([name, entry]) => (name.startsWith(`${tree}.`) ? [...entry.float32()] : []));
    const [start, first, second, third] = saved.map((checkpoint) => values(checkpoint, 'gen')) as [number[], number[], number[], number[]];
    const ema = saved.map((checkpoint) => values(checkpoint, 'ema')) as [number[], number[], number[], number[]];
    expect(first).not.toEqual(start);
    expect(ema[1]).toEqual(first);
    const [d1, d2] = [2 ** (-1 / 2), 2 ** (-1 / 4)];
    const expected = first.map((one, i) => d2 * (d1 * one + (1 - d1) * (second[i] as number)) + (1 - d2) * (third[i] as number));
    expect(Math.max(...ema[3].map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(1e-6);
  });
});

describe('an average that lags behind', () => {
  const warnings = async (given: TrainingConfigInput): Promise<readonly string[]> => {
    const { options, events, dispose } = await setUp({ lr: 0.05, ...given });
    const before = memory().numTensors - stateLeaves(options.state).length;
    disposeState((await train(options)).state);
    await dispose();
    expect(memory().numTensors).toBe(before);
    expect(events.at(-1)?.kind).toBe('done');
    return events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  };

  it('is said at the end, in the log and in the report', async () => {
    // Of eight steps of two images, the average remembers all but nothing.
    const slow = await warnings({ ema_half_life_images: 1e6, ema_rampup: 0 });
    expect(slow).toEqual([expect.stringMatching(/^The averaged weights, .* differ much from the trained ones: .* are \d+ of 255 grey levels apart\./)]);
    expect(await warnings({ ema_half_life_images: 0 })).toEqual([]);
    expect(await warnings({ ema_half_life_images: 1e-3, ema_rampup: 0 })).toEqual([]);
  });

  it('is measured in grey levels: 127.5 times the mean difference of the outputs', async () => {
    const [gen, ema, x] = [tensor(new Float32Array(12).fill(0.25), [1, 2, 2, 3]), tensor(new Float32Array(12).fill(-0.5), [1, 2, 2, 3]), { data: new Float32Array(12), shape: [1, 2, 2, 3] as const, names: ['x'] }];
    const networks = {
      directions: [{ from: 'a', to: 'b' }],
      styles: undefined,
      encodeContent: (_: Params, __: Domain, image: Tensor4D) => image,
      decode: (shift: Params, _: Domain, content: Tensor4D) => add(content, shift as unknown as Tensor4D),
    } as unknown as TrainOptions['networks'];
    const state = { gen, ema } as unknown as TrainOptions['state'];
    expect(await averageGap(networks, state, { a: x, b: x }, 1)).toBeCloseTo(127.5 * 0.75, 4);
    expect(await averageGap(networks, { ...state, ema: undefined }, { a: x, b: x }, 1)).toBe(undefined);
    expect(await averageGap(networks, { ...state, ema: state.gen }, { a: x, b: x }, 1)).toBe(0);
    for (const leaf of [gen, ema]) leaf.dispose();
    expect([gapWarning(19.9), gapWarning(undefined)]).toEqual([undefined, undefined]);
    expect(gapWarning(20)).toContain('are 20 of 255 grey levels apart');
  });
});

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

  it.each([1, 10])('saves, marks and returns nothing that is not finite, with log_iter %i', async (logEvery) => {
    const before = memory().numTensors;
    const { options, events, saved, dispose } = await setUp({ max_iter: 8, log_iter: logEvery, snapshot_save_iter: 1 });
    const { state, reason } = await train({ ...options, objective: breakingAt(options.objective, (update) => update === 3) });
    expect(reason).toBe('finished');
    expect(state.step).toBe(8);
    expect(await findNonFinite(state)).toBeUndefined();
    expect(saved.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(saved.filter((checkpoint) => !allFinite(checkpoint))).toEqual([]);
    // The losses of the step that broke were finite; what it left was looked at before it was saved.
    expect(nonFinite(events)).toMatchObject([{ step: 3, action: 'restored', restoredStep: 2 }]);
    expect(nonFinite(events)[0]?.term).toMatch(/^gen\.a\./);
    disposeState(state);
    expect(memory().numTensors).toBe(before);
    await dispose();
  });

  it('does not call a run finished whose last update broke it', async () => {
    const before = memory().numTensors;
    const { options, events, saved, dispose } = await setUp({ max_iter: 1 });
    await expect(train({ ...options, objective: breakingAt(options.objective, () => true) })).rejects.toThrow(/The training state at 'gen\.a\..* for the second time/);
    expect(saved.map(({ step }) => step)).toEqual([0]);
    expect(nonFinite(events).map(({ action }) => action)).toEqual(['restored', 'stopped']);
    expect(events.at(-1)).toMatchObject({ kind: 'done', reason: 'failed' });
    expect(memory().numTensors).toBe(before);
    await dispose();
  });

  it('goes back to the newest good state when it is interrupted on a broken one', async () => {
    const controller = new AbortController();
    const { options, events, saved, dispose } = await setUp({ max_iter: 100, log_iter: 1, snapshot_save_iter: 2 }, { signal: controller.signal });
    const { state, reason } = await train({
      ...options,
      objective: breakingAt(options.objective, (update) => update === 3),
      onEvent: (event) => {
        options.onEvent(event);
        if (event.kind === 'step' && event.step === 3) controller.abort();
      },
    });
    expect([reason, state.step, saved.map(({ step }) => step)]).toEqual(['interrupted', 2, [0, 2]]);
    expect(await findNonFinite(state)).toBeUndefined();
    expect(nonFinite(events)).toMatchObject([{ step: 3, restoredStep: 2 }]);
    expect(events.at(-1)).toMatchObject({ kind: 'done', reason: 'interrupted', step: 2 });
    disposeState(state);
    await dispose();
  });

  it('names the error of a save at an interruption, says that it is done, and leaks nothing', async () => {
    const before = memory().numTensors;
    const controller = new AbortController();
    const { options, events, dispose } = await setUp({ max_iter: 100, log_iter: 1, snapshot_save_iter: 1000 }, { signal: controller.signal });
    const failing = train({
      ...options,
      onEvent: (event) => {
        options.onEvent(event);
        if (event.kind === 'step' && event.step === 2) controller.abort();
      },
      save: ({ step }) => (step === 0 ? Promise.resolve() : Promise.reject(new RunFolderError('The disk is full.'))),
    });
    await expect(failing).rejects.toThrow(RunFolderError);
    expect(events.filter(({ kind }) => kind === 'done')).toMatchObject([{ reason: 'failed', step: 2, message: 'The disk is full.' }]);
    expect(memory().numTensors).toBe(before);
    await dispose();
  });

  it.each([1, 1000])('does not count the time of a restore as a step’s, with snapshot_save_iter %i', async (saveEvery) => {
    let clock = 0;
    const { options, events, dispose } = await setUp({ max_iter: 6, log_iter: 1, snapshot_save_iter: saveEvery });
    const { state } = await train({
      ...options,
      now: () => ++clock,
      objective: breakingAt(options.objective, (update) => update === 3),
      restore: () => {
        clock += 1e6;
        return options.restore();
      },
    });
    const restored = events.findIndex(({ kind }) => kind === 'nonFinite');
    expect(restored).toBeGreaterThan(0);
    const after = events.slice(restored).flatMap((event) => (event.kind === 'step' ? [event.stepMs] : []));
    expect(after.length).toBeGreaterThan(0);
    expect(Math.max(...after)).toBeLessThan(1000);
    expect(Math.min(...after)).toBeGreaterThan(0);
    disposeState(state);
    await dispose();
  });

  it('scores UNIT by its reconstructions as they are trained: the cycle counts, the priors on codes do not', async () => {
    const { options, events, saved, dispose } = await setUp({ trainer: 'UNIT', log_iter: 1, recon_x_w: 10, recon_x_cyc_w: 4 });
    const { state } = await train(options);
    const losses = events.flatMap((event) => (event.kind === 'step' && event.step <= 4 ? [event.terms] : []));
    const term = (terms: Readonly<Record<string, number>>, name: string): number => terms[name] as number;
    const weighted = losses.map((terms) => 10 * (term(terms, 'loss_gen_recon_x_a') + term(terms, 'loss_gen_recon_x_b')) + 4 * (term(terms, 'loss_gen_cyc_x_a') + term(terms, 'loss_gen_cyc_x_b')));
    expect(saved.map(({ step }) => step)).toEqual([0, 4, 8]);
    expect(saved[0]).toMatchObject({ best: false, score: undefined });
    expect(saved[1]).toMatchObject({ best: true, score: { rule: 'losses' } });
    expect(saved[1]?.score?.value).toBeCloseTo(-weighted.reduce((sum, x) => sum + x, 0) / 4, 5);
    disposeState(state);
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
    expect(saved[1]?.score).toEqual({ rule: 'metric', value: 0.2 });
    disposeState(state);
    await dispose();
  });

  it('takes no losses for a metric: before the first evaluation nothing is the best', async () => {
    const { options, saved, dispose } = await setUp(
      { image_save_iter: 8, snapshot_save_iter: 2, log_iter: 1 },
      { evaluate: () => Promise.resolve({ metrics: {}, score: -100 }) },
    );
    const { state } = await train(options);
    expect(saved.map(({ step, best }) => [step, best])).toEqual([[0, false], [2, false], [4, false], [6, false], [8, true]]);
    disposeState(state);
    await dispose();
  });
});
