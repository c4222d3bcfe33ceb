import { describe, expect, test, vi } from 'vitest';
import type { Dispatch, Product } from '../../../wgsl/tiledProduct/product.js';
import { type TileLimits, tileName } from '../../../wgsl/tiledProduct/tiles.js';
import type { TextStore } from '../../platformTypes.js';
import { choicesIn, choicesKey, textOf } from './choices.js';
import { fastest } from './fastest.js';
import { createTuner, type ProgramCache, type Stopwatch, type Tuner, untuned } from './tuner.js';

const limits: TileLimits = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeWorkgroupsPerDimension: 65535,
};

/** By size 64x64/8 staged; 128x64/8 staged is among the others. */
const productOf = (key: string, m = 65536): Product => ({
  key,
  m,
  n: 64,
  k: 576,
  layers: 1,
  over: { kind: 'runs', runs: 9, length: 64, lengthCode: '64', columns: false },
  declarations: () => '',
  bind: () => ({ shapes: [], uniforms: [] }),
});
const bySize = '64x64/8 staged';

function memoryStore(texts = new Map<string, string>()) {
  const store: TextStore = { read: async (key) => texts.get(key), write: async (key, text) => void texts.set(key, text) };
  return { texts, store };
}

/** A stopwatch by which the tile of that name takes `ratio` of the time of all others. */
function stopwatch(winner: string, ratio = 0.5, { perProduct = 0 } = {}) {
  const timed: string[][] = [];
  let now = 0;
  const watch: Stopwatch = {
    now: () => now,
    time: async (dispatches: readonly Dispatch[]) => {
      timed.push(dispatches.map(({ program }) => program.key));
      now += perProduct;
      return dispatches.map(({ program }) => (program.key.endsWith(winner) ? ratio : 1));
    },
  };
  return { timed, watch };
}

/** A cache of programs, of which `work` needs those that the tuner answers with. */
function cacheOf(tuner: Tuner, products: readonly Product[]) {
  const built = new Set<string>();
  const work = (): void => products.forEach((product) => built.add(`${product.key} ${tileName(tuner.tile(product))}`));
  const programs: ProgramCache = { compile: async (given) => given(), forget: (keys) => keys.forEach((key) => built.delete(key)) };
  return { built, work, programs };
}

const tunerFor = (watch: Stopwatch, store: TextStore, key = 'this adapter'): Promise<Tuner> => createTuner({ limits, stopwatch: watch, store, key });

describe('the fastest', () => {
  test.each([
    [[1, 0.95, 2], 0],
    [[1, 0.89, 2], 1],
    [[1, 0.8, 0.7], 2],
    [[1, Infinity], 0],
    [[3], 0],
  ])('%j', (times, expected) => {
    expect(fastest(times)).toBe(expected);
  });
});

describe('warming up', () => {
  test('takes the tile that is faster by a clear margin, and lets the program go that lost', async () => {
    const { watch, timed } = stopwatch('128x64/8 staged');
    const tuner = await tunerFor(watch, memoryStore().store);
    const product = productOf('conv');
    const { built, work, programs } = cacheOf(tuner, [product]);
    expect([tileName(tuner.tile(product)), tuner.chosen()]).toEqual([bySize, 'by size']);
    await tuner.warmUp(work, programs);
    expect([tileName(tuner.tile(product)), tuner.chosen()]).toEqual(['128x64/8 staged', 'measured']);
    expect([...built]).toEqual(['conv 128x64/8 staged']);
    expect(timed).toEqual([['conv 64x64/8 staged', 'conv 64x64/4 direct', 'conv 64x64/4 staged', 'conv 128x64/8 staged', 'conv 32x64/4 staged']]);
    // Once and for all.
    await tuner.warmUp(work, programs);
    expect(timed.length).toBe(1);
  });

  test('builds programs without measuring where that is asked for, by what is known', async () => {
    const { watch, timed } = stopwatch('128x64/8 staged');
    const tuner = await tunerFor(watch, memoryStore().store);
    const product = productOf('conv');
    const { built, work, programs } = cacheOf(tuner, [product]);
    await tuner.warmUp(work, programs, false);
    expect([timed.length, tuner.chosen(), ...built]).toEqual([0, 'by size', 'conv 64x64/8 staged']);
    await tuner.warmUp(work, programs);
    await tuner.warmUp(work, programs, false);
    expect([timed.length, tuner.chosen(), ...built]).toEqual([1, 'measured', 'conv 128x64/8 staged']);
  });

  test('stays with the tile by size where another is faster by less than that', async () => {
    const { watch } = stopwatch('128x64/8 staged', 0.95);
    const { store, texts } = memoryStore();
    const tuner = await tunerFor(watch, store);
    const { built, work, programs } = cacheOf(tuner, [productOf('conv')]);
    await tuner.warmUp(work, programs);
    expect([...built]).toEqual(['conv 64x64/8 staged']);
    // Remembered as well: it need not be measured again.
    expect(choicesIn('this adapter', texts.get('this adapter')).size).toBe(1);
  });

  test('keeps a program that lost for one size and is needed for another', async () => {
    const { watch, timed } = stopwatch('128x64/8 staged');
    const time = watch.time.bind(watch);
    // The second product's times are all alike.
    const tuner = await tunerFor({ ...watch, time: async (...given) => (timed.length === 1 ? (await time(...given))?.map(() => 1) : time(...given)) }, memoryStore().store);
    const { built, work, programs } = cacheOf(tuner, [productOf('conv', 8192), productOf('conv', 65536)]);
    await tuner.warmUp(work, programs);
    expect([...built].toSorted()).toEqual(['conv 128x64/8 staged', 'conv 64x64/8 staged']);
  });

  test('measures the heaviest products first, until the time is up; the rest the next time', async () => {
    const { watch, timed } = stopwatch('128x64/8 staged', 0.5, { perProduct: 1500 });
    const tuner = await tunerFor(watch, memoryStore().store);
    const [light, middle, heavy] = [productOf('light', 16384), productOf('middle', 32768), productOf('heavy', 65536)];
    const { work, programs } = cacheOf(tuner, [light, middle, heavy]);
    await tuner.warmUp(work, programs);
    expect(timed.map(([first]) => first)).toEqual(['heavy 64x64/8 staged', 'middle 64x64/8 staged']);
    expect(tileName(tuner.tile(light))).toBe(bySize);
    await tuner.warmUp(work, programs);
    expect(timed.at(-1)?.[0]).toBe('light 64x64/8 staged');
  });

  test('leaves what cannot be measured as it is', async () => {
    const { watch } = stopwatch('');
    const tuner = await tunerFor({ ...watch, time: async () => undefined }, memoryStore().store);
    const { built, work, programs } = cacheOf(tuner, [productOf('conv')]);
    await tuner.warmUp(work, programs);
    expect([[...built], tuner.chosen()]).toEqual([['conv 64x64/8 staged'], 'by size']);
  });

  test('measures only what the work asks for', async () => {
    const { watch, timed } = stopwatch('128x64/8 staged');
    const tuner = await tunerFor(watch, memoryStore().store);
    tuner.tile(productOf('outside'));
    const { work, programs } = cacheOf(tuner, [productOf('asked')]);
    await tuner.warmUp(work, programs);
    expect(timed.map(([first]) => first)).toEqual(['asked 64x64/8 staged']);
  });

  test('without tuning, builds by size', async () => {
    const { built, work, programs } = cacheOf(untuned, [productOf('conv')]);
    await untuned.warmUp(work, programs);
    expect([[...built], untuned.chosen()]).toEqual([['conv 64x64/8 staged'], 'by size']);
  });
});

describe('choices are remembered', () => {
  const warmedUp = async (store: TextStore, winner: string, key = 'this adapter', products = [productOf('conv')]) => {
    const { watch, timed } = stopwatch(winner);
    const tuner = await tunerFor(watch, store, key);
    const remembered = tuner.chosen();
    const { work, programs } = cacheOf(tuner, products);
    await tuner.warmUp(work, programs);
    return { remembered, measured: timed.length, tile: tileName(tuner.tile(products[0]!)) };
  };

  test('by the same adapter, and not by another', async () => {
    const { store } = memoryStore();
    await warmedUp(store, '128x64/8 staged');
    expect(await warmedUp(store, '32x64/4 staged')).toEqual({ remembered: 'remembered', measured: 0, tile: '128x64/8 staged' });
    expect(await warmedUp(store, '32x64/4 staged', 'another')).toEqual({ remembered: 'by size', measured: 1, tile: '32x64/4 staged' });
  });

  test('beside those that another process has kept meanwhile', async () => {
    const { store } = memoryStore();
    const { watch } = stopwatch('128x64/8 staged');
    const [one, other] = [await tunerFor(watch, store), await tunerFor(watch, store)];
    for (const [tuner, product] of [[one, productOf('one')], [other, productOf('other')]] as const) {
      const { work, programs } = cacheOf(tuner, [product]);
      await tuner.warmUp(work, programs);
    }
    expect((await warmedUp(store, 'none', 'this adapter', [productOf('one'), productOf('other')])).measured).toBe(0);
  });

  test.each([
    ['no JSON', '{"of": "this adapt'],
    ['no table', '{"of": "this adapter", "tiles": [1]}'],
    ['no object', 'null'],
    ["another adapter's", textOf('another', new Map([['conv 65536x64x576 ×1', '32x64/4 staged']]))],
    ['a tile that there is not', textOf('this adapter', new Map([['conv 65536x64x64 ×1', '7x7/7 staged']]))],
  ])('a text that is damaged is ignored and overwritten: %s', async (_, text) => {
    const { store, texts } = memoryStore(new Map([['this adapter', text]]));
    expect(await warmedUp(store, '128x64/8 staged')).toMatchObject({ measured: 1, tile: '128x64/8 staged' });
    expect([...choicesIn('this adapter', texts.get('this adapter')).values()]).toContain('128x64/8 staged');
  });

  test('a store that fails does not stop the work', async () => {
    const fails = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('no room')));
    expect(await warmedUp({ read: fails, write: fails }, '128x64/8 staged')).toMatchObject({ measured: 1, tile: '128x64/8 staged' });
    expect(fails).toHaveBeenCalledTimes(3);
  });
});

test('choices are those of an adapter and of what drives it', () => {
  const names = { vendor: 'nvidia', architecture: 'hopper', device: '', description: 'NVIDIA H100' };
  const keys = [
    choicesKey(names, 'Dawn 0.6.2'),
    choicesKey(names, 'Dawn 0.7.0'),
    choicesKey({ ...names, architecture: 'ampere' }, 'Dawn 0.6.2'),
    choicesKey({ ...names, device: 'NVIDIA H100', description: '' }, 'Dawn 0.6.2'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(choicesKey({ ...names }, 'Dawn 0.6.2')).toBe(keys[0]);
});
