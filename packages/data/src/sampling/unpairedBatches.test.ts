import { BrokenImageError, type PixelImage } from '@munit/images';
import { afterEach, describe, expect, it } from 'vitest';
import { memorySource } from '../sources/memorySource.js';
import type { ImageSource } from '../sources/types.js';
import type { BatchesState, DataNotice, UnpairedBatch } from './types.js';
import { UnpairedBatches } from './unpairedBatches.js';
import type { UnpairedBatchesOptions } from './unpairedBatches.js';

const side = 8;

/** Every pixel of picture i tells i and where it is: red = i, green = x, blue = y. */
function picture(i: number): PixelImage {
  const data = new Uint8Array(side * side * 3);
  for (let p = 0; p < side * side; p++) data.set([i, p % side, Math.floor(p / side)], 3 * p);
  return { width: side, height: side, channels: 3, data };
}

interface SourceOptions {
  readonly broken?: readonly number[];
  /** Milliseconds until picture i is there. */
  readonly delay?: (i: number) => number;
}

function source(count: number, { broken = [], delay }: SourceOptions = {}): ImageSource {
  const plain = memorySource(Array.from({ length: count }, (_, i) => picture(i)));
  return {
    ...plain,
    load: async (i) => {
      if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay(i)));
      if (broken.includes(i)) throw new BrokenImageError(String(i), 'is damaged');
      return plain.load(i);
    },
  };
}

const open: UnpairedBatches[] = [];
function batches(options: Partial<UnpairedBatchesOptions> = {}): UnpairedBatches {
  const made = new UnpairedBatches({ sources: { a: source(7), b: source(11) }, batchSize: 2, crop: 5, seed: 42, ...options });
  open.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.dispose()));
});

async function read(from: UnpairedBatches, count: number): Promise<UnpairedBatch[]> {
  const result: UnpairedBatch[] = [];
  for (let i = 0; i < count; i++) result.push(await from.next());
  return result;
}

/** Everything that a trainer sees, comparable. */
function bits(read: readonly UnpairedBatch[]): unknown {
  return read.map(({ a, b, state }) => [a.names, [...a.data], b.names, [...b.data], state]);
}

describe('UnpairedBatches', () => {
  it('yields NHWC float batches whose pixels come from one crop of the named picture', async () => {
    for (const { a, b } of await read(batches(), 12)) {
      expect(a.shape).toEqual([2, 5, 5, 3]);
      expect(b.data.length).toBe(2 * 5 * 5 * 3);
      const byte = (i: number): number => Math.round((a.data[i]! + 1) * 127.5);
      expect(a.names).toEqual([String(byte(0)), String(byte(5 * 5 * 3))]);
      const columns = Array.from({ length: 5 }, (_, x) => byte(3 * x + 1));
      const step = columns[1]! - columns[0]!;
      expect(Math.abs(step)).toBe(1);
      expect(columns).toEqual(columns.map((_, x) => columns[0]! + step * x));
      expect(byte(2 + 15) - byte(2)).toBe(1);
    }
  });

  it('visits every picture of each domain once per epoch, each domain at its own pace, in another order each time', async () => {
    const all = await read(batches(), 77);
    const epochs = (names: string[], size: number): string[][] => Array.from({ length: Math.floor(names.length / size) }, (_, e) => names.slice(e * size, (e + 1) * size));
    for (const [names, size] of [[all.flatMap(({ a }) => a.names), 7], [all.flatMap(({ b }) => b.names), 11]] as const) {
      const split = epochs([...names], size);
      for (const epoch of split) expect([...epoch].sort()).toEqual(Array.from({ length: size }, (_, i) => String(i)).sort());
      expect(new Set(split.map((epoch) => epoch.join())).size).toBeGreaterThan(split.length / 2);
    }
    expect(all[76]!.state.domains).toMatchObject({ a: { epoch: 21, position: 7 }, b: { epoch: 13, position: 11 } });
  });

  it('draws all crop positions and mirrors half of the pictures', async () => {
    const corners = new Set<string>();
    let mirrored = 0;
    const all = await read(batches({ batchSize: 1 }), 400);
    for (const { a } of all) {
      const green = [a.data[1]!, a.data[4]!].map((v) => Math.round((v + 1) * 127.5)) as [number, number];
      if (green[1] < green[0]) mirrored++;
      corners.add(`${Math.min(green[0], green[1] < green[0] ? green[0] - 4 : green[0])},${Math.round((a.data[2]! + 1) * 127.5)}`);
    }
    expect(corners.size).toBe(16);
    expect(mirrored).toBeGreaterThan(160);
    expect(mirrored).toBeLessThan(240);
    const straight = await read(batches({ batchSize: 1, flip: false }), 40);
    expect(straight.every(({ a }) => a.data[4]! > a.data[1]!)).toBe(true);
  });

  it('resumes bit for bit from any saved state, through JSON', async () => {
    const whole = await read(batches({ sources: { a: source(7, { broken: [2] }), b: source(11, { broken: [0, 5] }) } }), 30);
    for (const stop of [0, 3, 17]) {
      const state = stop === 0 ? undefined : (JSON.parse(JSON.stringify(whole[stop - 1]!.state)) as BatchesState);
      const resumed = batches({ state, sources: { a: source(7, { broken: [2] }), b: source(11, { broken: [0, 5] }) } });
      expect(bits(await read(resumed, 30 - stop))).toEqual(bits(whole.slice(stop)));
      expect(resumed.state()).toEqual(whole[29]!.state);
    }
  });

  it('does not depend on timing, prefetch depth or cache', async () => {
    const expected = bits(await read(batches({ sources: { a: source(7, { broken: [3] }), b: source(11) } }), 25));
    const random = (i: number): number => (i * 7919) % 5;
    for (const options of [{ prefetch: 1, cacheBytes: 0 }, { prefetch: 9 }, { prefetch: 3, cacheBytes: 300 }]) {
      const slow = { a: source(7, { broken: [3], delay: random }), b: source(11, { delay: (i) => 4 - random(i) }) };
      expect(bits(await read(batches({ ...options, sources: slow }), 25))).toEqual(expected);
    }
  });

  it('passes over broken pictures, names each once and counts them', async () => {
    const notices: DataNotice[] = [];
    const made = batches({ sources: { a: source(7, { broken: [1, 4] }), b: source(11) }, onNotice: (notice) => notices.push(notice) });
    const names = (await read(made, 40)).flatMap(({ a }) => a.names);
    expect(new Set(names)).toEqual(new Set(['0', '2', '3', '5', '6']));
    expect(notices.map((n) => `${n.kind} ${n.domain} ${n.name}`).sort()).toEqual(['broken a 1', 'broken a 4']);
    expect(made.stats().broken).toEqual({ a: 2, b: 0 });
  });

  it('fails past the limit, in strict mode at the first, and when nothing is usable', async () => {
    const sources = (): UnpairedBatchesOptions['sources'] => ({ a: source(7, { broken: [1, 4] }), b: source(11) });
    await expect(read(batches({ sources: sources(), maxBroken: 1 }), 10)).rejects.toThrow('2 of the 7 images of memory are broken, more than the 1 allowed');
    await expect(read(batches({ sources: sources(), strict: true }), 10)).rejects.toThrow('not allowed (strict)');
    const none = { a: source(2, { broken: [0, 1] }), b: source(11) };
    await expect(read(batches({ sources: none }), 1)).rejects.toThrow('None of the 2 images');
  });

  it('treats a picture smaller than the crop as broken', async () => {
    const mixed = memorySource([picture(0), { width: 4, height: 8, channels: 3, data: new Uint8Array(96) }, picture(2)]);
    const notices: DataNotice[] = [];
    await read(batches({ sources: { a: mixed, b: source(3) }, onNotice: (n) => notices.push(n) }), 4);
    expect(notices).toEqual([{ kind: 'broken', domain: 'a', name: '1', reason: 'is 4×8, smaller than the crop of 5×5', count: 1 }]);
  });

  it('passes on a fatal error of a source', async () => {
    const failing: ImageSource = { ...source(5), load: () => Promise.reject(new Error('no sharp')) };
    await expect(read(batches({ sources: { a: failing, b: source(3) } }), 1)).rejects.toThrow('no sharp');
  });

  it('takes domains of one picture, and batches larger than a domain', async () => {
    const [first] = await read(batches({ sources: { a: source(1), b: source(2) }, batchSize: 5 }), 1);
    expect(first!.a.names).toEqual(['0', '0', '0', '0', '0']);
    expect(first!.b.names.filter((name) => name === '0').length).toBeGreaterThanOrEqual(2);
  });

  it('refuses the state of another data set and options out of range', () => {
    const { state } = { state: batches().state() };
    expect(() => batches({ state, sources: { a: source(6), b: source(11) } })).toThrow('there were 7, there are 6');
    expect(() => batches({ batchSize: 0 })).toThrow("UnpairedBatches: 'batchSize' must be a whole number of at least 1, but it is 0.");
    expect(() => batches({ seed: -1 })).toThrow("UnpairedBatches: 'seed' must be a whole number of at least 0, but it is -1.");
  });

  it('keeps the batch that an aborted wait would have got', async () => {
    const slow = { a: source(7, { delay: () => 30 }), b: source(11) };
    const made = batches({ sources: slow });
    const controller = new AbortController();
    const waiting = made.next(controller.signal);
    setTimeout(() => controller.abort(), 5);
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    expect(bits([await made.next()])).toEqual(bits(await read(batches(), 1)));
    await made.dispose();
    await expect(made.next()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('measures what its reader waits, apart from the start', async () => {
    const slow = { a: source(40, { delay: () => 20 }), b: source(40) };
    const made = batches({ sources: slow, batchSize: 1, prefetch: 1, cacheBytes: 0 });
    await read(made, 6);
    const { waitMs, elapsedMs, waitShare, batches: count } = made.stats();
    expect(count).toBe(6);
    expect(waitMs).toBeGreaterThan(50);
    expect(waitShare).toBeCloseTo(waitMs / elapsedMs, 10);
    expect(waitShare).toBeGreaterThan(0.9);
  });
});

describe('pairs', () => {
  it('are taken in one order, cropped and mirrored alike, and resume', async () => {
    const options = { sources: { a: source(7), b: source(7) }, paired: true } as const;
    const all = await read(batches(options), 9);
    for (const { a, b } of all) {
      expect(b.names).toEqual(a.names);
      expect([...b.data]).toEqual([...a.data]);
    }
    expect(new Set(all.flatMap(({ a }) => a.names)).size).toBe(7);
    const resumed = await read(batches({ ...options, state: all[3]?.state }), 3);
    expect(bits(resumed)).toEqual(bits(all.slice(4, 7)));
  });

  it('of which one image is broken are skipped, whichever it is', async () => {
    const notices: DataNotice[] = [];
    const all = await read(batches({ sources: { a: source(7, { broken: [2] }), b: source(7, { broken: [5] }) }, paired: true, onNotice: (notice) => notices.push(notice) }), 10);
    for (const { a, b } of all) expect(b.names).toEqual(a.names);
    expect(new Set(all.flatMap(({ a }) => a.names))).toEqual(new Set(['0', '1', '3', '4', '6']));
    expect(notices.map(({ domain, name }) => `${domain}${name}`).sort()).toEqual(['a2', 'b5']);
  });

  it('must be as many, and of one size', async () => {
    expect(() => batches({ paired: true })).toThrow(/memory has 7 and memory 11/);
    const wide = { ...picture(0), width: 16, height: 4 };
    const other = memorySource([{ ...wide, width: 8, height: 8 }, { ...picture(1), data: new Uint8Array(9 * 8 * 3), height: 9 }]);
    const uneven = batches({ sources: { a: source(2), b: other }, paired: true });
    await expect(read(uneven, 1)).rejects.toThrow(/The pair 1 and 1 has images of 8×8 and 8×9/);
  });
});
