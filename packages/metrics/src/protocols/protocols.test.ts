import { ArgumentError, type Device, openDevice, Rng, ShapeError, tensor, type Tensor4D } from '@munit/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainModeClassifier } from '../classifier/modeClassifier.js';
import { loadLpips } from '../lpips/load.js';
import type { Lpips } from '../lpips/lpips.js';
import { type FeatureSet, featureSet } from '../statistics/features.js';
import { groupsOf } from '../statistics/groups.js';
import { diversityFigures, realDiversity } from './diversity.js';
import { modeFigures } from './modes.js';
import { qualityFigures } from './quality.js';

let device: Device;
let versions: Lpips[];
beforeAll(async () => {
  device = await openDevice('simd');
  versions = [await loadLpips(), await loadLpips({ version: '0.0' })];
}, 60_000);
afterAll(() => {
  for (const lpips of versions) lpips.dispose();
  device.dispose();
});

const byName = <T extends { readonly name: string }>(figures: readonly T[]): Record<string, T> => Object.fromEntries(figures.map((figure) => [figure.name, figure]));

/** Normal vectors around `centre`. */
function normals(seed: number, count: number, centre: number, deviation = 1, dimension = 4): FeatureSet {
  const rng = new Rng(seed);
  return featureSet(Float64Array.from({ length: count * dimension }, () => centre + deviation * rng.normal()), dimension);
}

describe('qualityFigures', () => {
  it('are perfect for a set against itself', () => {
    const set = normals(1, 200, 0);
    const figures = byName(qualityFigures(set, set, { network: 'test' }).figures);
    for (const [name, value] of [['fid-test', 0], ['precision-test', 1], ['recall-test', 1], ['coverage-test', 1], ['ndb-test', 0], ['jsd-test', 0]] as const) expect(figures[name]?.value, name).toBeCloseTo(value, 6);
    // Unbiased: of one set against itself it lies below 0.
    expect(figures['kid-test']?.value).toBeLessThan(0);
  });

  it('find a known distance, and intervals that hold it', () => {
    // N(0, I) and N(1, 4 I) of 4 dimensions: ‖μ‖² + 4 (1 + 4 − 2 · 2) = 4 + 4.
    const [real, fake] = [normals(1, 2000, 0), normals(2, 2000, 1, 2)];
    const { 'fid-test': fid, 'kid-test': kid, 'jsd-test': jsd, 'ndb-test': ndb } = byName(qualityFigures(real, fake, { network: 'test', resamples: 200 }).figures);
    expect(fid?.value).toBeCloseTo(8, 0);
    expect(fid?.interval?.low).toBeLessThan(8);
    expect(fid?.interval?.high).toBeGreaterThan(8);
    expect((fid?.interval?.high as number) - (fid?.interval?.low as number)).toBeLessThan(2);
    for (const figure of [fid, kid, jsd, ndb]) {
      expect(figure?.interval?.low, figure?.name).toBeLessThanOrEqual(figure?.value as number);
      expect(figure?.interval?.high, figure?.name).toBeGreaterThanOrEqual(figure?.value as number);
    }
    expect(kid?.warnings).toEqual([]);
    expect(fid?.beside['real against real, 1000 each']).toBeLessThan(0.1);
  }, 120_000);

  it('are the same for images in another order, of inputs too', () => {
    const [real, fake] = [normals(3, 60, 0), normals(4, 60, 0.3)];
    const shuffle = (set: FeatureSet, each: number): FeatureSet => {
      const inputs = new Rng(9).permutation(set.count / each);
      return featureSet(Float64Array.from(inputs.flatMap((input) => [...set.data.subarray(input * each * 4, (input + 1) * each * 4)])), 4);
    };
    const options = { network: 'test', each: 3, resamples: 40 };
    const [a, b] = [qualityFigures(real, fake, options), qualityFigures(shuffle(real, 1), shuffle(fake, 3), options)];
    a.figures.forEach((figure, i) => {
      const other = b.figures[i];
      expect(other?.value, figure.name).toBeCloseTo(figure.value, 8);
      expect(other?.interval?.low, figure.name).toBeCloseTo(figure.interval?.low as number, 8);
    });
  });

  it('keep the translations of one input together: an interval over 4 inputs is wide', () => {
    // 4 inputs whose 50 translations are all alike: 200 images, but 4 independent ones.
    const centres = [-1, 0, 0.5, 1];
    const fake = featureSet(Float64Array.from(centres.flatMap((centre, i) => [...normals(20 + i, 50, centre, 0.05).data])), 4);
    const real = normals(5, 200, 0);
    const width = (each: number): number => {
      const { interval } = byName(qualityFigures(real, fake, { network: 'test', each, resamples: 200 }).figures)['kid-test'] as { interval: { low: number; high: number } };
      return interval.high - interval.low;
    };
    expect(width(50)).toBeGreaterThan(2 * width(1));
    expect(groupsOf(fake, 50).map((group) => group.length)).toEqual([50, 50, 50, 50]);
  });

  it('name the nearest real image, and say what few images mean', () => {
    const real = normals(6, 30, 0);
    const fake = featureSet(Float64Array.from([...real.data.subarray(28, 48)].map((value) => value + 1e-3)), 4);
    const { nearest, distances, figures } = qualityFigures(real, fake, { network: 'test', resamples: 10 });
    expect([...nearest]).toEqual([7, 8, 9, 10, 11]);
    for (const distance of distances) expect(distance).toBeCloseTo(2e-3, 6);
    const { 'fid-test': fid, 'recall-test': recall } = byName(figures);
    expect(fid?.warnings[0]).toContain('biased');
    expect(recall?.warnings[0]).toContain('Of 5 images of each set');
    expect(() => qualityFigures(normals(1, 3, 0), fake, { network: 'test' })).toThrow('the real set has 3 images');
    expect(() => qualityFigures(normals(1, 30, 0, 1, 5), fake, { network: 'test' })).toThrow(ShapeError);
    expect(() => qualityFigures(real, fake, { network: 'test', each: 2 })).toThrow('5 images are not 2 translations of each input');
  });
});

describe('modeFigures', () => {
  const dimension = 3;
  const around = (mode: number): number[] => Array.from({ length: dimension }, (_, i) => (i === mode ? 8 : 0));
  const set = (...rows: readonly (readonly number[])[]): FeatureSet => featureSet(Float64Array.from(rows.flat()), dimension);
  const classifier = async () => {
    const rng = new Rng(2);
    const modes = new Map(['a', 'b', 'c'].map((name, mode) => [name, set(...Array.from({ length: 60 }, () => around(mode).map((x) => x + 0.5 * rng.normal())))]));
    return (await trainModeClassifier(modes, { network: 'alexnet' })).classifier;
  };

  it('give a diverse model IS ≥ CIS close to ln 3, a collapsed one CIS = 0', async () => {
    const judge = await classifier();
    const diverse = byName(modeFigures(judge, set(...Array.from({ length: 8 }).flatMap(() => [0, 1, 2].map(around))), { each: 3 }).figures);
    expect(diverse['cis']?.value).toBeGreaterThan(0.9);
    expect(diverse['cis']?.value).toBeLessThanOrEqual(Math.log(3));
    expect(diverse['is']?.value).toBeGreaterThanOrEqual(diverse['cis']?.value as number);
    expect(diverse['cis-exponentiated']?.value).toBeCloseTo(Math.exp(diverse['cis']?.value as number), 10);
    expect(diverse['modes-reached']).toMatchObject({ value: 3, beside: { 'a deterministic model': 1 } });
    const { figures, shares } = modeFigures(judge, set(...[0, 1, 2].flatMap((mode) => [around(mode), around(mode)])), { each: 2, real: set(around(1), around(1), around(2)) });
    const deterministic = byName(figures);
    expect(deterministic['cis']?.value).toBe(0);
    expect(deterministic['is']?.value).toBeGreaterThan(0.9);
    expect(deterministic['modes-reached']?.value).toBe(1);
    expect(shares).toEqual({ translations: [2, 2, 2], real: [0, 2, 1] });
    expect(deterministic['cis']?.warnings).toContain('2 translations of each input are few for 3 modes: CIS is too low (the paper draws 100).');
    const single = byName(modeFigures(judge, set(around(0), around(1)), { each: 1 }).figures);
    expect(single['cis']?.value).toBe(0);
    expect(single['cis']?.warnings).toContain('With one translation of each input CIS is 0, whatever the model: give more of each.');
  });

  it('refuse an incomplete input and features of another network', async () => {
    const judge = await classifier();
    expect(() => modeFigures(judge, set(around(0), around(1), around(2)), { each: 2 })).toThrow(ArgumentError);
    expect(() => modeFigures(judge, featureSet(new Float64Array(8), 4), { each: 2 })).toThrow(ShapeError);
  });
});

describe('diversityFigures', () => {
  const size = 32;
  const noise = (seed: number, count: number, spread: number): Tensor4D => {
    const base = new Rng(seed).uniforms(size * size * 3, -0.5, 0.5);
    const rng = new Rng(seed + 100);
    return tensor(Float32Array.from({ length: count * base.length }, (_, i) => (base[i % base.length] as number) + spread * (rng.uniform() - 0.5)), [count, size, size, 3]);
  };
  const measure = async (groups: readonly Tensor4D[], options = {}) => {
    const result = await diversityFigures(versions, groups, options);
    for (const group of groups) group.dispose();
    return result;
  };

  it('give both versions and both protocols, and which inputs vary most', async () => {
    const { figures, perInput } = await measure([noise(1, 5, 0.8), noise(2, 5, 0.2), noise(3, 5, 0)], { pairs: 4, allPairsOf: 3 });
    expect(figures.map(({ name }) => name)).toEqual(['lpips-alexnet-0.1', 'lpips-alexnet-0.1-all-pairs', 'lpips-alexnet-0.0', 'lpips-alexnet-0.0-all-pairs']);
    expect(perInput[0]).toBeGreaterThan(perInput[1] as number);
    expect(perInput[1]).toBeGreaterThan(0);
    expect(perInput[2]).toBe(0);
    const [v1, , v0] = figures;
    expect(v1?.value).toBeCloseTo(perInput.reduce((a, b) => a + b, 0) / 3, 10);
    expect(v0?.value).toBeLessThan(v1?.value as number);
    const few = expect.stringContaining('3 inputs are few') as string;
    expect(v1?.warnings).toEqual(['Of 4 pairs of translations of each input, where the paper takes 19.', few]);
    expect(figures[1]?.warnings).toEqual(['Of all pairs of 3 translations of each input, where StarGAN v2 takes 10.', few]);
  });

  it('by the published counts have no such warning, and of two translations name the one pair', async () => {
    const [full, complete] = (await measure([noise(1, 10, 0.5)])).figures;
    for (const figure of [full, complete]) expect(figure?.warnings).toEqual([expect.stringContaining('1 input is few')]);
    const [single] = (await measure([noise(1, 2, 0.5)])).figures;
    expect(single?.meaning).toContain('of 1 pair of translations');
    expect(single?.warnings[0]).toBe('Of 1 pair of translations of each input, where the paper takes 19.');
  });

  it('compare real images by neighbours of a seeded order', async () => {
    const load = (index: number) => Promise.resolve(noise(index, 1, 0));
    const { value, count } = await realDiversity(versions[0] as Lpips, 6, load);
    expect(count).toBe(5);
    expect(value).toBeGreaterThan(0.05);
    expect((await realDiversity(versions[0] as Lpips, 3, () => load(1))).value).toBe(0);
    await expect(realDiversity(versions[0] as Lpips, 1, load)).rejects.toThrow('at least 2');
  });

  it('refuses no input, and single translations', async () => {
    await expect(measure([])).rejects.toThrow(ArgumentError);
    await expect(measure([noise(1, 1, 0)])).rejects.toThrow('at least 2 images');
  });
});
