import type { PixelImage, StepEvent, TrainingEvent } from '@munit/train/browser';
import { describe, expect, it, vi } from 'vitest';
import { presets } from '../settings.js';
import type { Call, FromWorker, Opened } from '../worker/protocol.js';
import { curves, LossHistory, type Point, pointOf } from './history.js';
import { shotOf, withShot } from './samples.js';
import { TrainingStore } from './store.js';

const point = (value: number): Point => Object.fromEntries(curves.map(({ id }) => [id, value])) as Point;

describe('LossHistory', () => {
  it('is the mean of both directions, and no number where a term is missing', () => {
    const { image, style } = pointOf({ terms: { loss_gen_recon_x_a: 1, loss_gen_recon_x_b: 2 } });
    expect([image, style]).toEqual([1.5, Number.NaN]);
  });

  it('smooths by an exponential mean, passing over what is no number', () => {
    const history = new LossHistory();
    [4, 8, Number.NaN, 0].forEach((value, i) => history.add(i + 1, point(value)));
    expect(history.series(2)[1]).toEqual([4, 6, 6, 3]);
    expect(history.series(1)[1]).toEqual([4, 8, 8, 0]);
  });

  it('forgets what came after the step that it goes back to, and thins out what is old', () => {
    const history = new LossHistory(8);
    for (let step = 1; step <= 8; step++) history.add(step, point(step));
    history.add(6, point(60));
    expect(history.series(1).slice(0, 2)).toEqual([[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 60]]);
    for (let step = 7; step <= 9; step++) history.add(step, point(step));
    expect(history.series(1)[0]).toEqual([1, 3, 5, 6, 7, 8, 9]);
  });
});

it('keeps the first and the newest of many shots', () => {
  const image: PixelImage = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) };
  const shot = (step: number) => shotOf({ kind: 'sample', step, images: [{ name: 'a-to-b', image, cells: [{ name: 'x', input: image, styles: [] }] }] });
  expect(shot(3).rows.ab.map(({ name }) => name)).toEqual(['x']);
  expect(shot(3).rows.ba).toEqual([]);
  const all = [0, 5, 10, 15, 20].reduce<ReturnType<typeof withShot>>((shots, step) => withShot(shots, shot(step), 4), []);
  expect(all.map(({ step }) => step)).toEqual([0, 10, 20]);
  expect(withShot(all, shot(10)).map(({ step }) => step)).toEqual([0, 10]);
});

/** A worker that answers by hand. */
class FakeWorker extends EventTarget {
  readonly calls: Call[] = [];
  readonly terminate = vi.fn<() => void>();

  postMessage(call: Call): void {
    this.calls.push(call);
  }

  say(message: FromWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }));
  }

  async answer(name: Call['name'], result: unknown): Promise<void> {
    const call = this.calls.findLast((candidate) => candidate.name === name)!;
    this.say({ kind: 'result', id: call.id, result });
    await Promise.resolve();
    await Promise.resolve();
  }

  tell(event: TrainingEvent): void {
    this.say({ kind: 'event', event });
  }
}

const opened: Opened = { device: { taken: 'simd', description: 'a CPU', details: {}, rejected: [] }, step: 0, totalSteps: 8, memoryEstimateBytes: 1 };
const stepEvent = (step: number): StepEvent => ({ kind: 'step', step, totalSteps: 8, terms: {}, learningRate: 1, stepMs: 100, dataWaitMs: 0, etaSeconds: 1, residentBytes: 0, tensorBytes: 1 });

async function started(): Promise<{ store: TrainingStore; worker: FakeWorker }> {
  const worker = new FakeWorker();
  const store = new TrainingStore(() => worker as EventTarget as Worker);
  const starting = store.start({ kind: 'synthetic', count: 4 }, presets[0].settings, 'auto');
  expect(store.phase.value).toBe('opening');
  await worker.answer('open', opened);
  await starting;
  expect(store.phase.value).toBe('running');
  return { store, worker };
}

describe('TrainingStore', () => {
  it('says only what matters: the start, the quarters, the end', async () => {
    const { store, worker } = await started();
    const said: string[] = [];
    store.said.subscribe((text) => void said.push(text));
    for (let step = 1; step <= 8; step++) worker.tell(stepEvent(step));
    await worker.answer('run', { step: 8, reason: 'finished' });
    expect(store.phase.value).toBe('finished');
    expect(said).toEqual(['Training.', '25 percent, step 2.', '50 percent, step 4.', '75 percent, step 6.', 'Finished after 8 steps.']);
    expect(store.pace.value).toBeCloseTo(100, 9);
  });

  it('keeps the end that comes while it is being paused', async () => {
    const { store, worker } = await started();
    const pausing = store.pause();
    await worker.answer('run', { step: 8, reason: 'finished' });
    await worker.answer('pause', undefined);
    await pausing;
    expect(store.phase.value).toBe('finished');
  });

  it('tells the death of its worker once, and begins with another', async () => {
    const { store, worker } = await started();
    worker.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: 'out of memory' }));
    await Promise.resolve();
    expect(store.phase.value).toBe('failed');
    expect(store.failure.value).toEqual({ message: 'The worker that trains has failed: out of memory.', recoverable: false });
    expect(worker.terminate).toHaveBeenCalledTimes(1);
    expect(worker.calls.at(-1)?.name).toBe('stored');
  });

  it('has words for what its user can do something about', async () => {
    const { store, worker } = await started();
    const { id } = worker.calls.find(({ name }) => name === 'run')!;
    worker.say({ kind: 'error', id, error: { name: 'e', message: 'Dispose of this handle.', code: 'DEVICE_LOST' } });
    await Promise.resolve();
    await Promise.resolve();
    expect(store.failure.value?.message).toMatch(/^The graphics device was lost: .* The last checkpoint is kept\.$/);
  });
});
