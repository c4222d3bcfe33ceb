/** Steps that are captured and replayed are the steps that they were captured from. */
import { type Device, openDevice, type PerDomain, Rng } from '@munit/core';
import type { ImageBatch } from '@munit/images';
import type { LossTerm } from '@munit/losses';
import { onEachDevice } from '@munit/testing/contract';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { resolveConfig } from '../config/resolve.js';
import type { TrainingConfig, TrainingConfigInput } from '../config/schema.js';
import { createNetworks, createObjective, initialState } from '../methods/create.js';
import { encodeCheckpoint } from '../state/checkpoint.js';
import { disposeState, stateLeaves, type TrainState } from '../state/state.js';
import { createStepper, type Stepper } from './stepper.js';

const small: TrainingConfigInput = {
  gen: { dim: 2, mlp_dim: 4, style_dim: 3, n_downsample: 1, n_res: 1 },
  dis: { dim: 2, n_layer: 1, num_scales: 1 },
  crop_image_height: 16,
  crop_image_width: 16,
  batch_size: 1,
  lr_policy: 'cosine',
  lr: 0.01,
  lr_dis: 0.02,
  max_iter: 20,
  ema_half_life_images: 50,
};

function setUp(given: TrainingConfigInput) {
  const config = resolveConfig({ ...small, seed: 1, ...given });
  const networks = createNetworks(config);
  return { config, objective: createObjective(config, networks), begin: () => initialState(config, networks) };
}

/** Other images at each step. */
function batchesAt({ crop_image_height: height, crop_image_width: width, accumulate }: TrainingConfig, step: number, count = 1): PerDomain<ImageBatch>[] {
  const rng = new Rng(100 + step);
  const one = (): ImageBatch => ({ data: Float32Array.from(rng.normals(count * height * width * 3), Math.tanh), shape: [count, height, width, 3], names: [] });
  return Array.from({ length: accumulate }, () => ({ a: one(), b: one() }));
}

/** Losses of steps, and the state behind them as a checkpoint; `between` may put another state in the place of one. */
async function trained(stepper: Stepper, config: TrainingConfig, begin: TrainState, steps: number, between: (state: TrainState, step: number) => TrainState | Promise<TrainState> = (state) => state) {
  let state = begin;
  const losses: LossTerm<number>[][] = [];
  for (let step = 0; step < steps; step++) {
    const result = stepper.step(await between(state, step), batchesAt(config, step, step === 4 ? 2 : 1));
    ({ state } = result);
    if (step === 3) result.losses.dispose();
    else losses.push(await result.losses.read());
  }
  const checkpoint = await encodeCheckpoint(state, config, { a: 0, b: 0 } as never);
  disposeState(state);
  return { losses, checkpoint };
}

let opened: Device | undefined;
const open = async (): Promise<void> => (opened ??= await openDevice('webgpu')).activate();

// Software takes its time.
vi.setConfig({ testTimeout: 120_000 });

await onEachDevice({ devices: [{ name: 'webgpu-node', tinyOnly: true, open }] }, 'captured steps', () => () => {
  const device = (): Device => opened as Device;
  afterAll(() => device().dispose());

  /** How often something was captured since. */
  const counted = (): (() => number) => {
    const spy = vi.spyOn(device(), 'captureUpdate');
    return () => spy.mock.calls.length;
  };
  afterEach(() => void vi.restoreAllMocks());

  const kinds: readonly { readonly what: string; readonly given: TrainingConfigInput; readonly steps: number }[] = [
    { what: 'MUNIT with all its reconstructions', given: { recon_x_cyc_w: 10 }, steps: 4 },
    // The fifth batch is larger: a step of its own, after which another one is captured.
    { what: 'UNIT, recomputed', given: { trainer: 'UNIT' }, steps: 7 },
    {
      what: 'no average, several batches for each update, clipped gradients, modes sought',
      given: { ema_half_life_images: 0, accumulate: 2, clip_gradient_norm: 0.5, mode_seeking_w: 1, style_mmd_w: 0.1, dis: { dim: 2, n_layer: 1, num_scales: 1, gan_type: 'hinge' } },
      steps: 3,
    },
  ];
  test.each(kinds)('are the direct ones bit for bit: $what', async ({ what, given, steps }) => {
    const { config, objective, begin } = setUp(given);
    const recompute = what.endsWith('recomputed');
    const plain = createStepper(config, objective, { recompute });
    const expected = await trained(plain, config, begin(), steps);
    const calls = counted();
    const before = device().memory();
    const stepper = createStepper(config, objective, { recompute, device: device() });
    const found = await trained(stepper, config, begin(), steps);
    expect(found.losses).toEqual(expected.losses);
    expect(Buffer.compare(found.checkpoint, expected.checkpoint)).toBe(0);
    expect(calls()).toBe(steps > 5 ? 2 : 1);
    stepper.dispose();
    await device().synchronize();
    expect(device().memory().tensors).toBe(before.tensors);
    const again = device().memory();
    stepper.dispose();
    expect(device().memory()).toEqual(again);
  });

  test('take another state that comes in between, as after a restore, and leave those that others look at alone', async () => {
    const { config, objective, begin } = setUp({ trainer: 'UNIT' });
    const run = (stepper: Stepper): ReturnType<typeof trained> =>
      trained(stepper, config, begin(), 5, async (state, step) => {
        if (step === 2) await stateLeaves(state)[0]?.data();
        if (step !== 3) return state;
        disposeState(state);
        return begin();
      });
    const [plain, stepper] = [createStepper(config, objective), createStepper(config, objective, { device: device() })];
    expect(await run(stepper)).toEqual(await run(plain));
    stepper.dispose();
  });
});

test('where capturing fails, the step is made without, and nothing is captured any more', async () => {
  const simd = await openDevice('simd', { threads: 1 });
  const { config, objective, begin } = setUp({ trainer: 'UNIT' });
  const captureUpdate = vi.fn<Device['captureUpdate']>(() => {
    throw new RangeError('createBuffer failed');
  });
  const found = await trained(createStepper(config, objective, { device: { name: 'webgpu', captureUpdate, memory: () => simd.memory() } }), config, begin(), 4);
  expect(captureUpdate.mock.calls.length).toBe(1);
  expect(found).toEqual(await trained(createStepper(config, objective), config, begin(), 4));
  simd.dispose();
});

test('devices that replay nothing, and hold too much, are not asked to capture', async () => {
  const simd = await openDevice('simd', { threads: 1 });
  const { config, objective, begin } = setUp({ trainer: 'UNIT' });
  const captureUpdate = vi.fn<Device['captureUpdate']>(() => {
    throw new TypeError('nothing is to be captured');
  });
  const full = { ...simd.memory(), allocatedBytes: 2 ** 32 };
  const expected = await trained(createStepper(config, objective), config, begin(), 3);
  for (const device of [{ name: 'simd', captureUpdate, memory: () => simd.memory() }, { name: 'webgpu', captureUpdate, memory: () => full }] as const) {
    expect(await trained(createStepper(config, objective, { device }), config, begin(), 3)).toEqual(expected);
  }
  expect(captureUpdate.mock.calls.length).toBe(0);
  simd.dispose();
});

test.each([
  ['augmented images', { diff_augment: ['color'] }],
  ['consistency', { consistency_w: 10 }],
  ['R1', { r1_w: 1 }],
  ['spectral norm', { dis: { dim: 2, n_layer: 1, num_scales: 1, norm: 'sn' } }],
  ['spectral norm in UNIT', { trainer: 'UNIT', dis: { dim: 2, n_layer: 1, num_scales: 1, norm: 'sn' } }],
  ['spectral norm in the generators', { gen: { dim: 2, mlp_dim: 4, style_dim: 3, n_res: 1, spectral_norm: true } }],
  ['the pool of past fakes', { trainer: 'CycleGAN', gen: { dim: 2, n_res: 1 } }],
] as const)('steps that are not the same work each time are not captured: %s', async (_, given) => {
  const cpu = await openDevice('simd', { threads: 1 });
  const { config, objective, begin } = setUp(given as TrainingConfigInput);
  const captureUpdate = vi.fn<Device['captureUpdate']>(() => {
    throw new TypeError('nothing is to be captured');
  });
  const stepper = createStepper(config, objective, { device: { name: 'webgpu', captureUpdate, memory: () => cpu.memory() } });
  let state = begin();
  for (let step = 0; step < 3; step++) {
    const result = stepper.step(state, batchesAt(config, step));
    ({ state } = result);
    result.losses.dispose();
  }
  expect(captureUpdate.mock.calls.length).toBe(0);
  disposeState(state);
  cpu.dispose();
});
