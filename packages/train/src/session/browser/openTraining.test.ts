import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, type Device, memory, NonFiniteError, openDevice } from '@munit/core';
import { loadModel } from '@munit/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { count, firstLosses, tiny } from '../../../test/firstSteps.js';
import type { TrainEvent } from '../../events.js';
import { packModel } from '@munit/formats';
import { runTraining } from '../node/runTraining.js';
import type { TrainingSession } from '../session.js';
import { openTraining, type OpenTrainingOptions } from './openTraining.js';

const root = mkdtempSync(join(tmpdir(), 'munit-browser-'));
// Held open, so that tensors can be counted when the sessions are over.
let device: Device;
beforeAll(async () => {
  device = await openDevice('simd', { threads: 1 });
});
afterAll(() => {
  device.dispose();
  rmSync(root, { recursive: true });
});

type Losses = Record<number, Readonly<Record<string, number>>>;
const lossesOf = (events: readonly TrainEvent[]): Losses => Object.fromEntries(events.flatMap((event) => (event.kind === 'step' ? [[event.step, event.terms]] : [])));

async function openAs(options: OpenTrainingOptions): Promise<{ training: TrainingSession; events: TrainEvent[] }> {
  const events: TrainEvent[] = [];
  const training = await openTraining({ device: 'simd', threads: 1, onEvent: (event) => events.push(event), ...options });
  return { training, events };
}

const open = (options: OpenTrainingOptions = {}): ReturnType<typeof openAs> => openAs({ sets: { synthetic: { count } }, config: tiny, ...options });

describe('openTraining', () => {
  it('computes what a run in a folder computes, bit for bit, however often it is paused, stepped, looked at and resumed', async () => {
    const inFolder: TrainEvent[] = [];
    await runTraining({ folder: join(root, 'run'), config: { ...tiny, synthetic_count: count }, device: 'simd', threads: 1, onEvent: (event) => inFolder.push(event) });
    const expected = lossesOf(inFolder);
    expect(Object.keys(expected)).toEqual(['1', '2', '3', '4']);
    for (const [step, terms] of Object.entries(firstLosses)) {
      for (const [name, value] of Object.entries(terms)) expect(expected[Number(step)]![name]! / value, `${name} of step ${step}`).toBeCloseTo(1, 5);
    }

    const before = memory().numTensors;
    const { training, events } = await open();
    expect(training.status).toBe('ready');
    await training.step();
    expect([training.status, training.completedSteps]).toEqual(['paused', 1]);
    const [grid] = await training.sample();
    expect(grid).toMatchObject({ name: 'a-to-b', rows: ['00000.png'] });
    expect(grid?.cells?.[0]?.styles.map(({ width, height }) => [width, height])).toEqual(Array.from({ length: 6 }, () => [16, 16]));
    await training.step();
    const kept = await training.checkpoint();
    expect(kept.step).toBe(2);
    expect(await training.run()).toEqual({ step: 4, reason: 'finished' });
    expect(lossesOf(events)).toEqual(expected);
    const weights = (await packModel(await training.export())).get('model.safetensors');
    expect(await training.run()).toEqual({ step: 4, reason: 'finished' });
    await training.dispose();

    const later = await openAs({ resume: kept.bytes });
    expect(await later.training.run()).toEqual({ step: 4, reason: 'finished' });
    expect(later.events.slice(0, 2)).toMatchObject([{ kind: 'start', step: 2 }, { kind: 'resumed', step: 2 }]);
    expect(lossesOf(later.events)).toEqual({ 3: expected[3], 4: expected[4] });
    expect((await packModel(await later.training.export())).get('model.safetensors')).toEqual(weights);
    await later.training.dispose();
    expect(memory().numTensors).toBe(before);
  }, 60_000);

  it('stops with a checkpoint, and runs on; tells its events in order with the memory that is held', async () => {
    const kept: number[] = [];
    const { training, events } = await open({ keep: ({ step }) => (step === 0 ? Promise.reject(new Error('disk full')) : Promise.resolve(void kept.push(step))) });
    const run = training.run();
    const pausing = training.pause();
    await pausing;
    expect(training.status).toBe('paused');
    const at = training.completedSteps;
    expect(await training.stop()).toEqual({ step: at, reason: 'interrupted' });
    expect(await run).toEqual({ step: at, reason: 'interrupted' });
    expect(training.status).toBe('stopped');
    expect(await training.run()).toEqual({ step: 4, reason: 'finished' });
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['start', 'warning', 'checkpoint']);
    expect(kinds.at(-1)).toBe('done');
    expect(events[1]).toMatchObject({ message: 'The checkpoint could not be kept: disk full' });
    expect(kept.at(-1)).toBe(4);
    const step = events.findLast((event) => event.kind === 'step');
    expect(step?.tensorBytes).toBeGreaterThan(1000);
    expect(step?.deviceBytes).toBeGreaterThan(step!.tensorBytes);
    await training.dispose();
    await training.dispose();
    await expect(training.sample()).rejects.toThrow('was disposed of');
  });

  it('exports a model that loads: the average, how it was trained, and what the benchmark says', async () => {
    const { training } = await open({ config: { ...tiny, max_iter: 1 }, evaluate: true });
    await training.run();
    const files = await packModel(await training.export(), { dtype: 'float16' });
    expect([...files.keys()]).toEqual(['model.safetensors', 'model.json', 'README.md']);
    const model = await loadModel([...files].map(([name, bytes]) => new File([bytes], name)));
    expect(model).toMatchObject({ domains: { a: { name: 'outlines' }, b: { name: 'colours' } }, training: { steps: 1, weights: 'average', seed: 7 } });
    expect(Object.keys(model.metrics ?? {})).toContain('contentIoU');
    await training.dispose();
  }, 30_000);

  it('fails once and for all when losses are not finite twice, and resumes from the last checkpoint', async () => {
    const { training, events } = await open({ config: { ...tiny, lr: 1e30 } });
    await expect(training.run()).rejects.toThrow(NonFiniteError);
    expect(training.status).toBe('failed');
    expect(events.filter(({ kind }) => kind === 'nonFinite')).toMatchObject([{ action: 'restored', restoredStep: 0 }, { action: 'stopped' }]);
    await expect(training.step()).rejects.toThrow(NonFiniteError);
    expect((await training.checkpoint()).step).toBe(0);
    await training.recover();
    expect([training.status, training.device.taken, training.completedSteps]).toEqual(['ready', 'simd', 0]);
    // The same rate has the same end, which is the first one of the new start.
    await training.step();
    expect(events.at(-1)).toMatchObject({ kind: 'nonFinite', action: 'restored', restoredStep: 0 });
    await training.dispose();
  }, 30_000);

  it('says what is wrong with what it was given', async () => {
    const image = (name: string): File => new File(['x'], name);
    await expect(open({ sets: { a: [], b: [] } })).rejects.toThrow('The set A is empty; training needs at least 2 images in each. A few hundred of each make a good start.');
    await expect(open({ sets: { a: [image('1.png'), image('2.txt')], b: [] } })).rejects.toThrow(DataError);
    await expect(open({ sets: { a: [image('1.png'), image('2.txt')], b: [] } })).rejects.toThrow('holds 1 image among 2 files');
    await expect(openAs({ config: tiny })).rejects.toThrow('There are no images to train on.');
    await expect(open({ config: { data_root: 'cats2dogs' } })).rejects.toThrow('A page has no folders, but the configuration names some: data_root.');
    await expect(open({ config: { vgg_w: 1 } })).rejects.toThrow('requires the weights of VGG16. Give the bytes of a vgg16 file as `vgg`');
    await expect(open({ resume: new Uint8Array(8) })).rejects.toThrow('safetensors');
    await expect(open({ preset: 'faces', config: { gen: { dim: 512 } } })).rejects.toThrow(/needs at least .* GiB, but the device 'simd' has 4.0 GiB/);
    const controller = new AbortController();
    controller.abort();
    await expect(open({ signal: controller.signal })).rejects.toThrow('aborted');
  });
});
