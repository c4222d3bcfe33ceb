import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { DeviceLostError } from '@munit/core';
import { type ArgsOf, type ChannelEnd, serveChannel } from '@munit/core/channel';
import type { StepEvent, TrainEvent } from '@munit/train';
import type { TrainingOutcome, TrainingStatus } from '@munit/train/browser';
import type { OpenedTraining } from '@munit/train/worker';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { presets } from './settings.js';
import { TrainingStore } from './store.js';

const opened: OpenedTraining = { device: { taken: 'simd', description: 'a CPU', details: {}, rejected: [] }, step: 0, totalSteps: 8, memoryEstimateBytes: 1 };
const stepEvent = (step: number): StepEvent => ({ kind: 'step', step, totalSteps: 8, terms: {}, learningRate: 1, stepMs: 100, dataWaitMs: 0, etaSeconds: 1, residentBytes: 0, tensorBytes: 1 });

/** What the store calls of a worker, answered by hand. */
interface Calls {
  kept: { args: undefined; result: object[] };
  keep: { args: undefined; result: undefined };
  forget: { args: { readonly run: string }; result: undefined };
  open: { args: unknown; result: OpenedTraining };
  run: { args: undefined; result: TrainingOutcome };
  pause: { args: undefined; result: undefined };
  dispose: { args: undefined; result: undefined };
}

interface Settler<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function settler<T>(): Settler<T> {
  let resolve: Settler<T>['resolve'] = () => undefined;
  let reject: Settler<T>['reject'] = () => undefined;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  // It may be rejected before anybody waits for it.
  promise.catch(() => undefined);
  return { promise, resolve: (value) => resolve(value), reject: (error) => reject(error) };
}

const ports: MessagePort[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  for (const port of ports.splice(0)) port.close();
});

function fakeWorker(open: () => OpenedTraining = () => opened) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const terminate = vi.fn<() => void>();
  const wanted: ArgsOf<Calls, 'open'>[] = [];
  const run = settler<TrainingOutcome>();
  const pause = settler<undefined>();
  const kept = vi.fn<() => object[]>(() => []);
  const served = serveChannel<Calls, { train: TrainEvent; status: TrainingStatus }>(port2 as ChannelEnd, {
    kept,
    open: (args) => {
      wanted.push(args);
      return open();
    },
    run: () => run.promise,
    pause: () => pause.promise,
    keep: () => undefined,
    forget: () => undefined,
    dispose: () => undefined,
  });
  return { worker: Object.assign(port1, { terminate }) as unknown as Worker, port2, terminate, wanted, run, pause, kept, served };
}

async function started() {
  const fake = fakeWorker();
  const store = new TrainingStore(() => fake.worker);
  const starting = store.start({ kind: 'synthetic', count: 4 }, presets[0].settings, 'auto');
  expect(store.phase.value).toBe('opening');
  await starting;
  expect(store.phase.value).toBe('running');
  return { store, ...fake };
}

/** A browser's locks. @returns the names of those that are held */
function stubLocks(): ReadonlySet<string> {
  const held = new Set<string>();
  const request = async (name: string, _: object, take: (lock: object | null) => Promise<void> | undefined): Promise<void> => {
    if (held.has(name)) return take(null);
    held.add(name);
    await take({});
    held.delete(name);
  };
  vi.stubGlobal('navigator', { locks: { request } });
  return held;
}

describe('TrainingStore', () => {
  it('announces only what matters: the start, the quarters, the end', async () => {
    const { store, served, run, wanted } = await started();
    expect(wanted).toMatchObject([{ sets: { synthetic: { count: 4 } }, preset: 'quick', keep: { name: 'Built-in shapes', source: { kind: 'synthetic', count: 4 } } }]);
    // Each run has a place of its own.
    expect((wanted[0] as { readonly run: string }).run).toMatch(/^[0-9a-z]{8}$/);
    const messages: string[] = [];
    store.message.subscribe((text) => void messages.push(text));
    for (let step = 1; step <= 8; step++) served.emit('train', stepEvent(step));
    served.emit('status', 'finished');
    run.resolve({ step: 8, reason: 'finished' });
    await expect.poll(() => messages).toEqual(['Training.', '25 percent, step 2.', '50 percent, step 4.', '75 percent, step 6.', 'Finished after 8 steps.']);
    expect(store.phase.value).toBe('finished');
    expect(store.watch.pace.value).toBeCloseTo(100, 9);
  });

  it('keeps the end that comes while it is being paused', async () => {
    const { store, served, run, pause } = await started();
    const pausing = store.pause();
    expect(store.phase.value).toBe('pausing');
    served.emit('status', 'finished');
    run.resolve({ step: 8, reason: 'finished' });
    pause.resolve(undefined);
    await pausing;
    expect(store.phase.value).toBe('finished');
  });

  it('reports the end of its worker once, and starts another', async () => {
    const first = fakeWorker();
    const second = fakeWorker();
    const workers = [first.worker, second.worker];
    const store = new TrainingStore(() => workers.shift()!);
    await store.start({ kind: 'synthetic', count: 4 }, presets[0].settings, 'auto');
    first.port2.close();
    await expect.poll(() => store.phase.value).toBe('failed');
    expect(store.failure.value?.message).toMatch(/^The worker that trains failed: its port was closed\./);
    expect(store.failure.value?.recoverable).toBe(false);
    await expect.poll(() => first.terminate.mock.calls.length).toBe(1);
    await expect.poll(() => second.kept.mock.calls.length).toBe(1);
  });

  it('lets go of a run that cannot be trained further, so that it can be continued here', async () => {
    stubLocks();
    let opens = 0;
    const fake = fakeWorker(() => {
      // The first time it opens, then memory has run out once.
      if (++opens === 2) throw new RangeError('Out of memory.');
      return opened;
    });
    const store = new TrainingStore(() => fake.worker);
    await store.start({ kind: 'synthetic', count: 4 }, presets[0].settings, 'auto');
    fake.served.emit('status', 'finished');
    fake.run.resolve({ step: 8, reason: 'finished' });
    await expect.poll(() => store.phase.value).toBe('finished');
    const { id, settings } = store.run.value!;
    await expect(store.more()).rejects.toThrow('Out of memory.');
    expect(store.phase.value).toBe('setup');
    await store.resumeKept({ id, note: { name: 'Shapes', source: { kind: 'synthetic', count: 4 }, settings }, step: 8, savedAt: 0, bytes: 1 }, 'auto', undefined);
    expect(opens).toBe(3);
  });

  it('opens a run once, also when it is asked for twice', async () => {
    const held = stubLocks();
    const { worker, wanted } = fakeWorker();
    const store = new TrainingStore(() => worker);
    const note = { name: 'Shapes', source: { kind: 'synthetic', count: 4 } as const, settings: presets[0].settings };
    const resume = (): Promise<void> => store.resumeKept({ id: 'one', note, step: 4, savedAt: 0, bytes: 1 }, 'auto', undefined);
    await Promise.all([resume(), resume()]);
    expect(store.phase.value).toBe('running');
    expect(wanted.length).toBe(1);
    expect(held).toEqual(new Set(['munit-run one']));
  });

  it('gives a run a name that none has, also when another was kept since the last look', async () => {
    const { worker, kept, wanted } = fakeWorker();
    const store = new TrainingStore(() => worker);
    const start = (): Promise<void> => store.start({ kind: 'synthetic', count: 4 }, presets[0].settings, 'auto');
    // The list that the page shows is still empty.
    kept.mockReturnValue([{ id: 'other', note: { name: 'Built-in shapes', source: { kind: 'synthetic', count: 4 }, settings: presets[0].settings }, step: 8, savedAt: 0, bytes: 1 }]);
    expect(store.saved.value).toEqual([]);
    await start();
    expect(wanted).toMatchObject([{ keep: { name: 'Built-in shapes 2' } }]);
  });

  it('has words for what its user can do something about', async () => {
    const { store, run } = await started();
    run.reject(new DeviceLostError('Dispose of this handle.'));
    await expect.poll(() => store.failure.value?.message).toMatch(/^The graphics device was lost: .* The last checkpoint is kept\.$/);
    expect(store.failure.value?.recoverable).toBe(true);
  });
});
