import { AbortedError, ArgumentError, type Device, memory, openDevice, Rng, tensor, type Tensor4D } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FeatureExtractor, loadFeatureExtractor } from '../extractors/extractor.js';
import { loadLpips } from '../lpips/load.js';
import type { Lpips } from '../lpips/lpips.js';
import { frechetMetric, kernelMetric, lpipsDiversity } from './metrics.js';

let device: Device;
let lpips: Lpips;
let extractor: FeatureExtractor;
beforeAll(async () => {
  device = await openDevice('simd');
  [lpips, extractor] = [await loadLpips(), await loadFeatureExtractor()];
});
afterAll(() => {
  lpips.dispose();
  extractor.dispose();
  device.dispose();
});

const size = 32;
/** A batch of smooth coloured images; `spread` is how far they lie from the first one. */
function batch(seed: number, count: number, spread = 1): Tensor4D {
  const rng = new Rng(seed);
  const base = rng.uniforms(6, -1, 1);
  const values = Array.from({ length: count }).flatMap(() => {
    const wave = base.map((value) => value + spread * (rng.uniform() - 0.5));
    return Array.from({ length: size * size * 3 }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size), i % 3];
      return Math.tanh((wave[c] as number) + Math.sin((x * ((wave[3] as number) + 2)) / 4) * Math.cos((y * ((wave[4] as number) + 2)) / 4));
    });
  });
  return tensor(values, [count, size, size, 3]);
}

/** Batches that are freed once the next one is asked for, as a generator of translations frees them. */
function* batches(seeds: readonly number[], count: number, spread = 1): Generator<Tensor4D> {
  for (const seed of seeds) {
    const images = batch(seed, count, spread);
    try {
      yield images;
    } finally {
      images.dispose();
    }
  }
}

describe('lpipsDiversity', () => {
  it('ranks a diverse model above a collapsed one, and is 0 for a deterministic one', async () => {
    const before = memory().numTensors;
    const metric = lpipsDiversity(lpips, { pairs: 3, seed: 1 });
    expect([metric.name, metric.better]).toEqual(['lpips-diversity', 'higher']);
    const [diverse, collapsed, deterministic] = [
      await metric.measure({ translations: batches([1, 2, 3], 4, 1) }),
      await metric.measure({ translations: batches([1, 2, 3], 4, 0.1) }),
      await metric.measure({ translations: batches([1, 2, 3], 4, 0) }),
    ];
    expect(diverse.value).toBeGreaterThan(2 * collapsed.value);
    expect(collapsed.value).toBeGreaterThan(0);
    expect(deterministic.value).toBe(0);
    expect(diverse.count).toBe(12);
    expect(diverse.interval?.low).toBeLessThanOrEqual(diverse.value);
    expect(diverse.warnings[0]).toContain('3 inputs are few');
    expect(memory().numTensors).toBe(before);
  });

  it('stops at its signal, and refuses an empty set', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(lpipsDiversity(lpips).measure({ translations: batches([1], 2) }, { signal: controller.signal })).rejects.toThrow(AbortedError);
    await expect(lpipsDiversity(lpips).measure({ translations: [] })).rejects.toThrow(ArgumentError);
    await expect(lpipsDiversity(lpips).measure({ translations: batches([1], 1) })).rejects.toThrow('at least 2 images');
  });
});

describe('distances to real images', () => {
  it('are 0 for the same images, whatever the batches, and grow with the difference', async () => {
    const fid = frechetMetric(extractor);
    expect([fid.name, fid.better]).toEqual(['fid-alexnet', 'lower']);
    const all = batch(5, 6);
    const values = await all.data();
    const halves: Tensor4D[] = [0, 1].map((h) => tensor(values.slice((h * values.length) / 2, ((h + 1) * values.length) / 2), [3, size, size, 3]));
    const same = await fid.measure({ translations: halves, real: [all] });
    expect(same.value).toBeLessThan(1e-4);
    expect(same.warnings[0]).toContain('too few for a covariance of 256');
    const far = await fid.measure({ translations: batches([9], 6), real: [all] });
    expect(far.value).toBeGreaterThan(100 * same.value);
    for (const images of [all, ...halves]) images.dispose();
  });

  it('by the kernel distance: unbiased, with a warning where it is within its spread', async () => {
    const kid = kernelMetric(extractor, { subsets: 10, subsetSize: 4 });
    expect(kid.name).toBe('kid-alexnet');
    const near = await kid.measure({ translations: batches([1, 2], 5), real: batches([1, 2], 5) });
    const far = await kid.measure({ translations: batches([1, 2], 5, 0), real: batches([7, 8], 5) });
    expect(near.value).toBeLessThan(far.value);
    expect(near.count).toBe(10);
    expect(near.warnings).toHaveLength(1);
  });

  it('need real images', async () => {
    await expect(frechetMetric(extractor).measure({ translations: batches([1], 2) })).rejects.toThrow('which are missing');
    await expect(kernelMetric(extractor).measure({ translations: batches([1], 2) })).rejects.toThrow(ArgumentError);
  });
});
