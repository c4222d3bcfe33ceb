import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortedError, ArgumentError, ChannelError, MunitError, QueueFullError } from '@munit/core';
import { packModel } from '@munit/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFor, noise } from '../../../test/models.js';
import { createTranslator } from '../load.js';
import { FilePicture } from '../picture.js';
import { TranslatorPool } from './pool.js';

const folder = mkdtempSync(join(tmpdir(), 'munit-pool-'));
const path = join(folder, 'model.safetensors');
beforeAll(async () => writeFileSync(path, (await packModel(modelFor())).get('model.safetensors')!));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { device: 'simd', threads: 1 } as const;

describe('TranslatorPool', () => {
  it('gives what a translator gives, from several threads, in files too', async () => {
    const pool = await TranslatorPool.load(path, { ...options, workers: 2 });
    const here = await createTranslator(modelFor(), options);
    expect([pool.workers, pool.info.styleDim, pool.device!.taken, pool.isOpen]).toEqual([2, 3, 'simd', true]);
    const images = Array.from({ length: 6 }, (_, i) => noise(16, 12, 3, i + 1));
    const there = await Promise.all(images.map((image, i) => pool.translate(image, { seed: i })));
    for (const [i, picture] of there.entries()) expect(picture.values).toEqual((await here.translate(images[i]!, { seed: i })).values);
    const several = await pool.translate(images[0]!, { styles: 2, seed: 4 });
    expect(several.map(({ values }) => values)).toEqual((await here.translate(images[0]!, { styles: 2, seed: 4 })).map(({ values }) => values));
    expect(await pool.styleOf(images[1]!)).toEqual(await here.styleOf(images[1]!));
    const file = join(folder, 'out.png');
    await there[0]!.save(file);
    expect(there[0]).toBeInstanceOf(FilePicture);
    expect((await pool.translate(file, { seed: 1 })).width).toBe(16);
    here.dispose();
    await pool.close();
    expect(pool.isOpen).toBe(false);
  });

  it('lets so many wait and refuses the next, at once', async () => {
    const pool = await TranslatorPool.load(path, { ...options, workers: 1, maxWaiting: 2 });
    const work = Array.from({ length: 3 }, () => pool.translate(noise(32, 32), { styles: 30, seed: 1 }));
    expect([pool.running, pool.waiting]).toEqual([1, 2]);
    await expect(pool.translate(noise(8, 8))).rejects.toBeInstanceOf(QueueFullError);
    await expect(pool.translate(noise(8, 8))).rejects.toMatchObject({ code: 'QUEUE_FULL', problem: '2 calls wait for 1 translators already.' });
    expect((await Promise.all(work)).map((pictures) => pictures.length)).toEqual([30, 30, 30]);
    expect((await pool.translate(noise(8, 8))).width).toBe(8);
    await pool.close();
  });

  it('makes room when somebody stops waiting, and stops work that is running', async () => {
    const pool = await TranslatorPool.load(path, { ...options, workers: 1, maxWaiting: 1 });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = pool.translate(noise(32, 32), { styles: 2000, signal: running.signal });
    const second = pool.translate(noise(8, 8), { signal: waiting.signal });
    waiting.abort();
    await expect(second).rejects.toBeInstanceOf(AbortedError);
    expect(pool.waiting).toBe(0);
    const third = pool.translate(noise(8, 8));
    running.abort();
    await expect(first).rejects.toBeInstanceOf(AbortedError);
    expect((await third).width).toBe(8);
    await expect(pool.translate(noise(8, 8), { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortedError);
    await pool.close();
  });

  it('finishes what it has taken when it is closed, and takes nothing more', async () => {
    const pool = await TranslatorPool.load(path, { ...options, workers: 1 });
    const work = [1, 2, 3].map((seed) => pool.translate(noise(16, 16), { seed }));
    const closed = pool.close();
    await expect(pool.translate(noise(8, 8))).rejects.toThrow('The pool of translators was closed.');
    expect((await Promise.all(work)).map(({ width }) => width)).toEqual([16, 16, 16]);
    await closed;
    await pool.close();
  });

  it('fails what waits when it is disposed of', async () => {
    const pool = await TranslatorPool.load(path, { ...options, workers: 1 });
    const work = [1, 2].map((seed) => pool.translate(noise(32, 32), { styles: 500, seed }).catch((error: unknown) => error));
    await pool.dispose();
    for (const outcome of await Promise.all(work)) expect(outcome).toBeInstanceOf(AbortedError);
  });

  it('brings errors of a call back, and continues', async () => {
    const pool = await TranslatorPool.load(path, { ...options, workers: 1 });
    await expect(pool.translate(noise(16, 16), { style: [1] })).rejects.toMatchObject({ code: 'SHAPE' });
    await expect(pool.translate(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'DATA' });
    expect((await pool.translate(noise(8, 8))).width).toBe(8);
    await pool.close();
  });

  it('replaces a worker that ends: its call fails, the others do not notice', async () => {
    const pool = await TranslatorPool.load(path, { ...options, workers: 1 });
    const doomed = pool.translate(noise(32, 32), { styles: 2000 }).catch((error: unknown) => error);
    const next = pool.translate(noise(8, 8), { seed: 1 });
    await pool.threads()[0]!.terminate();
    expect(await doomed).toBeInstanceOf(ChannelError);
    expect((await next).width).toBe(8);
    expect([pool.isOpen, pool.waiting, pool.threads().length]).toEqual([true, 0, 1]);
    await pool.close();
  });

  it('reports a worker that cannot be started again, continues with the others, and fails calls when none is left', async () => {
    const removed = join(folder, 'removed.safetensors');
    copyFileSync(path, removed);
    const lost: ChannelError[] = [];
    const pool = await TranslatorPool.load(removed, { ...options, workers: 2, onLost: (error) => lost.push(error) });
    rmSync(removed);
    const end = async (): Promise<unknown> => {
      const doomed = pool.translate(noise(32, 32), { styles: 2000 }).catch((error: unknown) => error);
      await pool.threads()[0]!.terminate();
      return doomed;
    };
    expect(await end()).toBeInstanceOf(ChannelError);
    await expect.poll(() => lost.map(({ problem }) => problem), { timeout: 60_000 }).toEqual(['A translator has ended and cannot be started again: 1 of 2 is left.']);
    expect([pool.workers, pool.isOpen, (await pool.translate(noise(8, 8))).width]).toEqual([1, true, 8]);
    const last = end();
    const waiting = pool.translate(noise(8, 8)).catch((error: unknown) => error);
    expect(await last).toBeInstanceOf(ChannelError);
    expect(await waiting).toMatchObject({ code: 'CHANNEL', problem: expect.stringContaining('The translators cannot run') as string });
    expect([lost.length, pool.workers, pool.isOpen]).toEqual([2, 0, false]);
    await expect(pool.translate(noise(8, 8))).rejects.toBe(lost[1]);
    await pool.close();
  }, 120_000);

  it.each([
    [{ workers: 0 }, ArgumentError],
    [{ maxWaiting: -1 }, ArgumentError],
  ])('refuses %o', async (change, kind) => {
    await expect(TranslatorPool.load(path, { ...options, ...change })).rejects.toBeInstanceOf(kind);
  });

  it('says so when the model does not load', async () => {
    await expect(TranslatorPool.load(new Uint8Array(10), { ...options, workers: 2 })).rejects.toBeInstanceOf(MunitError);
  });
}, 60_000);
