/** In a page: what only a page has, and a real worker. */
import { AbortedError, ConfigError, DeviceLostError, type Domain, memory } from '@munit/core';
import { loadModel } from '@munit/formats';
import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import { renderSample } from '@munit/data/synthetic';
import { count, firstLosses, tiny } from '../../../test/firstSteps.js';
import { packModel } from '@munit/formats';
import type { TrainEvent } from '../../events.js';
import { TrainingClient } from '../../worker/client.js';
import type { TrainingStatus } from '../ports.js';
import type { TrainingSession } from '../session.js';
import { openTraining, type OpenTrainingOptions } from './openTraining.js';

async function open(options: Partial<OpenTrainingOptions> = {}): Promise<{ training: TrainingSession; events: TrainEvent[] }> {
  const events: TrainEvent[] = [];
  const training = await openTraining({ sets: { synthetic: { count } }, config: tiny, device: 'simd', onEvent: (event) => events.push(event), ...options });
  return { training, events };
}

const files = (domain: Domain, number: number): File[] =>
  Array.from({ length: number }, (_, i) => {
    const { width, height, data } = renderSample({ size: 32, seed: 1 }, domain, 'train', i);
    return new File([Uint8Array.from(encode({ width, height, data, channels: 3, depth: 8 }))], `${domain}${i}.png`, { type: 'image/png' });
  });

it('finds the losses that Node finds', async () => {
  const { training, events } = await open();
  await training.run();
  await training.dispose();
  const steps = events.filter((event) => event.kind === 'step');
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  // To the bit on the machine that printed them; another one may fuse multiply and add where that one does not.
  for (const { step, terms } of steps) {
    expect(Object.keys(terms)).toEqual(Object.keys(firstLosses[step]!));
    for (const [name, value] of Object.entries(terms)) expect(value / firstLosses[step]![name]!, `${name} of step ${step}`).toBeCloseTo(1, 5);
  }
});

it('trains on files, skips what is not an image and names what is broken', async () => {
  const broken = new File(['no image'], 'broken.png', { type: 'image/png' });
  const sets = { a: [...files('a', 3), broken], b: [...files('b', 2), new File(['…'], 'notes.txt', { type: 'text/plain' })], names: { a: 'drawings', b: 'toys' } };
  const { training, events } = await open({ sets, config: { ...tiny, max_iter: 3, batch_size: 1 } });
  await training.run();
  const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  expect(warnings).toEqual(['Left out of set B, because they are not images: notes.txt.', 'Skipped broken.png (domain A): it is not an image that this browser can decode. 1 broken so far.']);
  const model = await loadModel([...(await packModel(await training.export()))].map(([name, bytes]) => new File([bytes], name)));
  expect(model.domains).toEqual({ a: { name: 'drawings' }, b: { name: 'toys' } });
  const { bytes } = await training.checkpoint();
  await training.dispose();

  const others = { sets: { ...sets, a: files('a', 4) }, config: { max_iter: 4 }, resume: bytes };
  await expect(open(others)).rejects.toThrow('The images of domain A (set A) are not those that the saved position belongs to: there were 4, there are 4 with other names.');
  const other = await open({ ...others, otherImages: 'restart' });
  expect(await other.training.run()).toEqual({ step: 4, reason: 'finished' });
  expect(other.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : [])).at(-1)).toMatch(/continues with the saved weights; the image order starts over/);
  await other.training.dispose();
});

it('keeps the last checkpoint when the device is lost, and continues on another', async () => {
  const devices: GPUDevice[] = [];
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, ...args) {
    const device = await request.apply(this, args);
    devices.push(device);
    return device;
  };
  try {
    const gen = { ...tiny.gen, n_downsample: 1 };
    const { training, events } = await open({ device: 'webgpu', config: { ...tiny, gen, recon_x_cyc_w: 0, max_iter: 2, snapshot_save_iter: 1 } });
    await training.step();
    devices.at(-1)!.destroy();
    await expect(training.run()).rejects.toThrow(DeviceLostError);
    expect(training.status).toBe('failed');
    expect(events.at(-1)).toMatchObject({ kind: 'done', reason: 'failed' });
    expect((await training.checkpoint()).step).toBe(1);
    await training.recover({ device: 'simd' });
    expect(await training.run()).toEqual({ step: 2, reason: 'finished' });
    expect(events.filter(({ kind }) => kind === 'resumed')).toMatchObject([{ step: 1 }]);
    const [first, second] = events.flatMap((event) => (event.kind === 'step' ? [event.terms] : []));
    expect(second!['loss_gen_total']! / first!['loss_gen_total']!).toBeCloseTo(1, 0);
    await training.dispose();
  } finally {
    GPUAdapter.prototype.requestDevice = request;
  }
}, 120_000);

it('builds the programs of a step before it, side by side, and leaves nothing behind', async () => {
  const built = { waiting: 0, sideBySide: 0 };
  const { createComputePipeline, createComputePipelineAsync } = GPUDevice.prototype;
  GPUDevice.prototype.createComputePipeline = function (this: GPUDevice, ...args) {
    built.waiting++;
    return createComputePipeline.apply(this, args);
  };
  GPUDevice.prototype.createComputePipelineAsync = function (this: GPUDevice, ...args) {
    built.sideBySide++;
    return createComputePipelineAsync.apply(this, args);
  };
  try {
    const gen = { ...tiny.gen, n_downsample: 1 };
    const { training, events } = await open({ device: 'webgpu', config: { ...tiny, gen, recon_x_cyc_w: 0, max_iter: 3, image_save_iter: 3, image_display_iter: 3 } });
    expect(built.sideBySide).toBeGreaterThan(60);
    // The first weights are made by a few of their own.
    expect(built.waiting).toBeLessThan(10);
    built.waiting = 0;
    const held = memory().numTensors;
    await training.step(2);
    expect(built.waiting).toBe(0);
    expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(2);
    // The state, and nothing of the one that was thrown away.
    expect(memory().numTensors).toBe(held);
    await training.dispose();
  } finally {
    Object.assign(GPUDevice.prototype, { createComputePipeline, createComputePipelineAsync });
  }
}, 120_000);

it('the worker of the README trains, pauses, keeps its run and hands over a model', async () => {
  const start = (): Worker => new Worker(new URL('../../../test/page/worker.ts', import.meta.url), { type: 'module' });
  const events: TrainEvent[] = [];
  const statuses: TrainingStatus[] = [];
  const worker = start();
  const training = new TrainingClient(worker, { onEvent: (event) => events.push(event), onStatus: (status) => statuses.push(status) });
  for (const { id } of await training.kept()) await training.forget(id);
  expect(await training.kept()).toEqual([]);
  const small = { crop_image_height: 16, crop_image_width: 16, new_size: 16, gen: tiny.gen, dis: tiny.dis };
  expect(await training.estimateMemory(small, 'quick')).toBeGreaterThan(1000);
  const sets = { a: files('a', 2), b: files('b', 2) };
  expect(await training.open({ sets, preset: 'quick', config: { ...small, max_iter: 3 }, keep: { who: 'test' }, device: 'simd' })).toMatchObject({ step: 0, totalSteps: 3, device: { taken: 'simd' } });
  await training.step();
  await training.pause();
  expect(await training.run()).toEqual({ step: 3, reason: 'finished' });
  const { files: model, step } = await training.export();
  expect(step).toBe(3);
  expect([...model.keys()]).toEqual(['model.safetensors', 'model.json', 'README.md']);
  expect(statuses).toEqual(['ready', 'pausing', 'paused', 'running', 'finished']);
  expect(events.map(({ kind }) => kind).filter((kind) => kind !== 'warning')).toEqual(['start', 'checkpoint', 'step', 'step', 'sample', 'styles', 'checkpoint', 'done']);
  expect(await training.kept()).toMatchObject([{ id: 'run', step: 3, note: { who: 'test' } }]);
  // Another run takes the place of none.
  await training.open({ sets, preset: 'quick', config: { ...small, max_iter: 3 }, keep: { who: 'second' }, run: 'second', device: 'simd' });
  await training.step();
  await training.keep();
  await training.renote('second', { who: 'the other' });
  expect(await training.kept()).toMatchObject([{ id: 'second', step: 1, note: { who: 'the other' } }, { id: 'run', step: 3, note: { who: 'test' } }]);
  await training.forget('second');
  expect((await training.kept()).map(({ id }) => id)).toEqual(['run']);
  training.dispose();
  await expect(training.run()).rejects.toThrow(AbortedError);
  worker.terminate();

  // After a reload.
  const later = start();
  const again = new TrainingClient(later);
  expect(await again.open({ sets, resume: 'kept', config: { max_iter: 4 }, device: 'simd' })).toMatchObject({ step: 3, totalSteps: 4 });
  await expect(again.open({ sets, resume: 'kept', preset: 'quick' })).rejects.toThrow(ConfigError);
  await again.forget();
  again.dispose();
  later.terminate();
}, 60_000);
