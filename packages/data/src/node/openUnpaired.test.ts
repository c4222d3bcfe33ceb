import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, png, temporaryFolder, twoColours } from '../../test/images.js';
import type { DataNotice, UnpairedBatch } from '../sampling/types.js';
import { UnpairedBatches } from '../sampling/unpairedBatches.js';
import type { ImageSource } from '../sources/types.js';
import { DecodePool } from './decode/decodePool.js';
import { fileSource } from './fileSource.js';
import { resolveDomain } from './listing/resolveDomain.js';
import { openUnpaired } from './openUnpaired.js';
import type { OpenUnpairedOptions } from './openUnpaired.js';

let dir: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ dir, remove } = await temporaryFolder());
  for (const [domain, count] of [['a', 5], ['b', 8]] as const) {
    await mkdir(join(dir, domain));
    for (let i = 0; i < count; i++) await png(join(dir, domain, `${i}.png`), twoColours(40 + 4 * i, 30));
  }
  const jpeg = await open(twoColours(40, 30)).jpeg().toBuffer();
  await writeFile(join(dir, 'a', 'truncated.jpg'), jpeg.subarray(0, jpeg.length - 40));
  await writeFile(join(dir, 'a', 'empty.jpg'), '');
  await writeFile(join(dir, 'b', 'really-jpeg.png'), jpeg);
});
afterAll(() => remove());

async function run(count: number, options: Partial<OpenUnpairedOptions> = {}): Promise<{ seen: UnpairedBatch[]; notices: DataNotice[] }> {
  const notices: DataNotice[] = [];
  const batches = await openUnpaired(
    { a: join(dir, 'a'), b: join(dir, 'b') },
    { resize: 20, crop: 16, batchSize: 2, seed: 9, onNotice: (notice) => notices.push(notice), ...options },
  );
  try {
    const seen = [];
    for (let i = 0; i < count; i++) seen.push(await batches.next());
    return { seen, notices };
  } finally {
    await batches.dispose();
  }
}

describe('openUnpaired', () => {
  it('is the same whatever the number of processes, and resumes bit for bit', async () => {
    const one = await run(12, { processes: 1 });
    const two = await run(12, { processes: 2, prefetch: 7, cacheBytes: 0 });
    expect(two.seen).toEqual(one.seen);
    const resumed = await run(7, { state: one.seen[4]!.state, processes: 1 });
    expect(resumed.seen).toEqual(one.seen.slice(5));
  });

  it('equals the batches made without a thread', async () => {
    const pool = new DecodePool({ processes: 1 });
    const source = async (domain: string): Promise<ImageSource> => fileSource(await resolveDomain(join(dir, domain)), { resize: 20, pool });
    const plain = new UnpairedBatches({ sources: { a: await source('a'), b: await source('b') }, crop: 16, batchSize: 2, seed: 9 });
    const expected = [];
    for (let i = 0; i < 6; i++) expected.push(await plain.next());
    await plain.dispose();
    await pool.dispose();
    const threaded = await openUnpaired({ a: join(dir, 'a'), b: join(dir, 'b') }, { resize: 20, crop: 16, batchSize: 2, seed: 9, processes: 1 });
    try {
      expect(threaded.state()).toMatchObject({ batches: 0, domains: { a: { images: 7, epoch: 0, position: 0 } } });
      await expect(threaded.next(AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
      for (const batch of expected) expect(await threaded.next()).toEqual(batch);
      expect(threaded.state()).toEqual(expected[5]!.state);
      expect(threaded.stats()).toMatchObject({ batches: 6, broken: { b: 0 } });
    } finally {
      await threaded.dispose();
    }
    await expect(threaded.next()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('names the broken and the mislabelled files and trains on', async () => {
    const { seen, notices } = await run(10, { processes: 1 });
    expect(seen.flatMap(({ a }) => a.names).every((name) => /^\d\.png$/.test(name))).toBe(true);
    expect(notices.filter((n) => n.kind === 'broken').map((n) => n.name).sort()).toEqual(['empty.jpg', 'truncated.jpg']);
    expect(notices.filter((n) => n.kind === 'note')).toEqual([
      { kind: 'note', domain: 'b', name: 'really-jpeg.png', note: 'is a jpeg file though its name says .png' },
    ]);
    await expect(run(10, { strict: true, processes: 1 })).rejects.toMatchObject({ code: 'DATA' });
  });

  it('gives each domain its own size and number of channels', async () => {
    const { seen } = await run(1, { channels: { a: 1, b: 3 }, resize: { a: 20, b: null }, processes: 1 });
    expect(seen[0]!.a.shape).toEqual([2, 16, 16, 1]);
    expect(seen[0]!.b.shape).toEqual([2, 16, 16, 3]);
  });

  it('refuses folders that cannot be trained on', async () => {
    await mkdir(join(dir, 'empty'));
    await mkdir(join(dir, 'single'));
    await png(join(dir, 'single', '0.png'), twoColours(4, 4));
    const b = join(dir, 'b');
    await expect(openUnpaired({ a: b, b }, { crop: 16, batchSize: 0, seed: 1 })).rejects.toMatchObject({ code: 'ARGUMENT' });
    const options = { crop: 16, batchSize: 1, seed: 1 };
    await expect(openUnpaired({ a: join(dir, 'none'), b }, options)).rejects.toMatchObject({ code: 'DATA' });
    await expect(openUnpaired({ a: join(dir, 'empty'), b }, options)).rejects.toThrow('it is empty');
    await expect(openUnpaired({ a: b, b: join(dir, 'single') }, options)).rejects.toThrow('holds one image');
  });
});
