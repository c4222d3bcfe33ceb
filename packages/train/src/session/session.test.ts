/** One session, whatever its ports are: its status, a lost device, other images, the perceptual loss. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, type Device, DeviceLostError, readSafetensors, Rng, treeEntries, writeSafetensors } from '@munit/core';
import { toOfficialArrays, vgg16 } from '@munit/layers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { count, tiny } from '../../test/firstSteps.js';
import { resolveConfig } from '../config/resolve.js';
import type { TrainEvent } from '../events.js';
import { filesFeed } from './browser/files.js';
import { memoryStore } from './browser/memoryStore.js';
import { openTraining } from './browser/openTraining.js';
import { runTraining } from './node/runTraining.js';
import type { SessionOptions, TrainingStatus } from './ports.js';
import { TrainingSession } from './session.js';

/** Devices that `openDevice` opened, and how many more times each may be activated before it is lost. */
const devices = vi.hoisted(() => ({ lives: [] as number[] }));

vi.mock(import('@munit/core'), async (original) => {
  const core = await original();
  const open: typeof core.openDevice = async (...args) => mortal(await core.openDevice(...args), devices.lives.shift() ?? Infinity);
  const mortal = (device: Device, lives: number): Device =>
    new Proxy(device, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name === 'activate') {
          return () => {
            if (lives-- <= 0) throw new core.DeviceLostError('The device was lost.');
            target.activate();
          };
        }
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  return { ...core, openDevice: open };
});

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'munit-session-'));
  devices.lives = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const config = resolveConfig({ ...tiny, synthetic_count: count, snapshot_save_iter: 2 }, 'quick');

async function open(options: Partial<SessionOptions> = {}): Promise<{ session: TrainingSession; events: TrainEvent[]; statuses: TrainingStatus[] }> {
  const events: TrainEvent[] = [];
  const statuses: TrainingStatus[] = [];
  const session = await TrainingSession.open({
    config,
    images: filesFeed(undefined),
    checkpoints: memoryStore(undefined, undefined, () => undefined),
    device: 'simd',
    threads: 1,
    onEvent: (event) => events.push(event),
    onStatus: (status) => statuses.push(status),
    ...options,
  });
  return { session, events, statuses };
}

const lossesOf = (events: readonly TrainEvent[]): Record<number, number> =>
  Object.fromEntries(events.flatMap((event) => (event.kind === 'step' ? [[event.step, event.terms['loss_gen_total'] as number]] : [])));

describe('TrainingSession', () => {
  it('has one status, whose changes are reported in order', async () => {
    const { session, statuses } = await open();
    expect(session.status).toBe('ready');
    await session.step();
    await session.pause();
    const run = session.run();
    await run;
    await session.dispose();
    expect(statuses).toEqual(['pausing', 'paused', 'running', 'finished', 'disposed']);
  });

  it('continues from the latest checkpoint after its device was lost, as if nothing had happened', async () => {
    const undisturbed = await open();
    await undisturbed.session.run();
    await undisturbed.session.dispose();

    devices.lives = [3];
    const { session, events } = await open();
    await expect(session.run()).rejects.toThrow(DeviceLostError);
    expect(session.status).toBe('failed');
    expect((await session.checkpoint()).step).toBe(2);
    await session.recover();
    expect(await session.run()).toEqual({ step: 4, reason: 'finished' });
    expect(lossesOf(events)).toEqual(lossesOf(undisturbed.events));
    await session.dispose();
  });
});

describe('runTraining', () => {
  const run = (folder: string, onEvent: (event: TrainEvent) => void = () => undefined) => runTraining({ folder: join(root, folder), config, device: 'simd', threads: 1, onEvent });

  it('recovers by itself from a lost device: the same checkpoint and the same table as without', async () => {
    await run('undisturbed');
    devices.lives = [3];
    const events: TrainEvent[] = [];
    expect(await run('disturbed', (event) => events.push(event))).toMatchObject({ step: 4, reason: 'finished' });
    expect(events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []))).toEqual([expect.stringMatching(/^The device was lost\. It has been opened again .* continues from step 2\.$/)]);
    const bytesOf = (folder: string, name: string): string => readFileSync(join(root, folder, name)).toString('latin1');
    for (const name of ['losses.csv', 'checkpoints/step-00000004.safetensors', 'model/model.safetensors']) expect(bytesOf('disturbed', name) === bytesOf('undisturbed', name), name).toBe(true);
  });

  it('gives up when the device is lost again before anything more is saved', async () => {
    devices.lives = [3, 1, 1];
    await expect(run('lost')).rejects.toThrow(DeviceLostError);
    expect(existsSync(join(root, 'lost', 'run.lock'))).toBe(false);
    expect(devices.lives).toEqual([1]);
  });
});

describe('resuming with other images', () => {
  it('is refused in a page and in a folder alike, and continues with the weights where that is asked for', async () => {
    const folder = join(root, 'run');
    await runTraining({ folder, config: { ...config, max_iter: 2 }, device: 'simd', threads: 1 });
    const path = join(folder, 'checkpoints', 'step-00000002.safetensors');
    const { tensors, metadata } = readSafetensors(readFileSync(path));
    // The same run on one image more.
    const data = (metadata.get('data') ?? '').replace(`"images":${count}`, `"images":${count + 1}`);
    const bytes = writeSafetensors([...tensors].map(([name, tensor]) => [name, { shape: tensor.shape, data: tensor.float32() }]), { ...Object.fromEntries(metadata), data });
    const { createHash } = await import('node:crypto');
    writeFileSync(path, bytes);
    writeFileSync(`${path}.sha256`, `${createHash('sha256').update(bytes).digest('hex')}  step-00000002.safetensors\n`);

    const device = { device: 'simd', threads: 1 } as const;
    const words = (error: unknown): string => (error instanceof DataError ? error.message : `not a DataError: ${String(error)}`);
    const inPage = await openTraining({ resume: bytes, ...device }).then(() => 'opened', words);
    const inFolder = await runTraining({ folder, resume: true, ...device }).then(() => 'trained', words);
    expect(inPage).toMatch(/The images of domain A .* are not those that the saved position belongs to: there were 9, there are 8/);
    expect(inFolder).toBe(inPage);

    const warnings: string[] = [];
    const onEvent = (event: TrainEvent): void => void (event.kind === 'warning' && warnings.push(event.message));
    const training = await openTraining({ resume: bytes, otherImages: 'restart', config: { max_iter: 3 }, onEvent, ...device });
    expect(await training.run()).toMatchObject({ step: 3 });
    await training.dispose();
    expect(await runTraining({ folder, resume: true, otherImages: 'restart', config: { max_iter: 3 }, onEvent, ...device })).toMatchObject({ step: 3 });
    const sentence = 'The images are not those of the checkpoint: training continues with the saved weights; the image order starts over.';
    expect(warnings).toEqual([sentence, sentence]);
  });
});

describe('the perceptual loss', () => {
  it('is the same in a page, from bytes, as in a folder, from a file', async () => {
    const rng = new Rng(1);
    // Of the sizes of VGG16; small values, so that nothing saturates.
    const network = vgg16();
    const values = treeEntries<{ readonly shape: readonly number[] }>(network.specs).map(({ path: name, leaf: { shape } }) => {
      const size = shape.reduce((product, n) => product * n, 1);
      return [name, { shape, data: Float32Array.from({ length: size }, () => 0.05 * (rng.uniform() - 0.5)) }] as const;
    });
    const bytes = writeSafetensors([...toOfficialArrays(network, new Map(values))], {});
    const path = join(root, 'vgg.safetensors');
    writeFileSync(path, bytes);
    const wanted = { ...tiny, max_iter: 1, vgg_w: 1 };
    const events: Record<'page' | 'folder', TrainEvent[]> = { page: [], folder: [] };
    const training = await openTraining({ sets: { synthetic: { count } }, config: wanted, vgg: bytes, device: 'simd', threads: 1, onEvent: (event) => events.page.push(event) });
    await training.run();
    await training.dispose();
    await runTraining({ folder: join(root, 'run'), config: { ...wanted, synthetic_count: count, vgg_weights: path }, device: 'simd', threads: 1, onEvent: (event) => events.folder.push(event) });
    const [page, folder] = [events.page, events.folder].map((list) => list.find((event) => event.kind === 'step')?.terms);
    expect(page?.['loss_gen_vgg_a']).toBeGreaterThan(0);
    expect(page).toEqual(folder);
  }, 60_000);
});
