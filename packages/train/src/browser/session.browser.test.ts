/** In a page: what only a page has, and a real worker. */
import { DeviceLostError, type Domain, memory } from '@munit/core';
import { loadModel } from '@munit/formats';
import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import { renderSample } from '@munit/data/synthetic';
import { count, firstLosses, tiny } from '../../test/firstSteps.js';
import { openTraining, type OpenTrainingOptions, type Training, type TrainingEvent } from './index.js';

async function open(options: Partial<OpenTrainingOptions> = {}): Promise<{ training: Training; events: TrainingEvent[] }> {
  const events: TrainingEvent[] = [];
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

it('trains on files, passes over what is none and names what is broken', async () => {
  const broken = new File(['no image'], 'broken.png', { type: 'image/png' });
  const sets = { a: [...files('a', 3), broken], b: [...files('b', 2), new File(['…'], 'notes.txt', { type: 'text/plain' })], names: { a: 'drawings', b: 'toys' } };
  const { training, events } = await open({ sets, config: { ...tiny, max_iter: 3, batch_size: 1 } });
  await training.run();
  const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  expect(warnings).toEqual(['Left out of set B, being no images: notes.txt.', 'Skipped broken.png (domain A): it is not an image that this browser can decode. 1 broken so far.']);
  const model = await loadModel([...(await training.exportModel())].map(([name, bytes]) => new File([bytes], name)));
  expect(model.domains).toEqual({ a: { name: 'drawings' }, b: { name: 'toys' } });
  const { bytes } = await training.checkpoint();
  await training.dispose();

  const other = await open({ sets: { ...sets, a: files('a', 4) }, config: { max_iter: 4 }, resume: bytes });
  expect(await other.training.run()).toEqual({ step: 4, reason: 'finished' });
  expect(other.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : [])).at(-1)).toMatch(/order of the images begins anew/);
  await other.training.dispose();
});

it('keeps the last checkpoint when the device is lost, and goes on on another', async () => {
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

it('the worker of the README trains and hands over a model', async () => {
  const worker = new Worker(new URL('../../test/page/worker.ts', import.meta.url), { type: 'module' });
  const messages: { readonly type?: string; readonly kind?: string; readonly files?: ReadonlyMap<string, Uint8Array<ArrayBuffer>>; readonly message?: string }[] = [];
  const done = new Promise<void>((resolve, reject) => {
    worker.addEventListener('error', () => reject(new Error('the worker did not load')));
    worker.addEventListener('message', ({ data }: MessageEvent<(typeof messages)[number]>) => {
      messages.push(data);
      if (data.type === 'error') reject(new Error(data.message));
      if (data.type === 'model') resolve();
    });
  });
  worker.postMessage({ sets: { a: files('a', 2), b: files('b', 2) }, steps: 1 });
  await done;
  worker.terminate();
  expect(messages.map(({ type, kind }) => kind ?? type).filter((kind) => kind !== 'warning')).toEqual(['start', 'checkpoint', 'step', 'sample', 'styles', 'checkpoint', 'done', 'model']);
  const model = await loadModel([...messages.at(-1)!.files!].map(([name, bytes]) => new File([bytes], name)));
  expect(model.architecture.dim).toBe(16);
});
