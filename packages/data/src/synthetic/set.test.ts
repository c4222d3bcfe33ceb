import { describe, expect, it } from 'vitest';
import { keyedRng } from '../sampling/keyedRng.js';
import { sampleStyle } from './sample.js';
import { renderSample, sampleA, sampleB, syntheticSource } from './set.js';
import { parseTruth, truthOf } from './truth.js';
import { families } from './types.js';

const options = { size: 32, seed: 7 };

describe('samples', () => {
  it('are functions of seed, split, domain and index', () => {
    expect(sampleB(options, 'train', 3)).toEqual(sampleB(options, 'train', 3));
    const contents = [
      sampleA(options, 'train', 0), sampleA(options, 'test', 0), sampleA({ ...options, seed: 8 }, 'train', 0), sampleB(options, 'train', 0), sampleA(options, 'train', 1),
    ].map(({ content }) => content.x);
    expect(new Set(contents).size).toBe(5);
  });

  it('spread evenly over families, hue modes, textures and lights', () => {
    const count = 4000;
    const families_ = new Map<string, number>();
    const modes = new Map<string, number>();
    const rest = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const { content, style } = sampleB(options, 'train', i);
      for (const [map, key] of [[families_, content.family], [modes, String(style.hueMode)], [rest, `${style.texture} ${style.light}`]] as const) {
        map.set(key, (map.get(key) ?? 0) + 1);
      }
      const off = Math.abs(style.hue - 45 * style.hueMode);
      expect(Math.min(off, 360 - off)).toBeLessThanOrEqual(7);
    }
    expect([...families_.keys()].sort()).toEqual([...families].sort());
    // Chi-squared at the 0.1 % level: 27.9 (9 degrees of freedom), 24.3 (7), 37.7 (15).
    for (const [map, limit] of [[families_, 27.9], [modes, 24.3], [rest, 37.7]] as const) {
      const expected = count / map.size;
      expect([...map.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(limit);
    }
  });

  it('have white or softly tinted backgrounds', () => {
    expect(sampleStyle(keyedRng(1)).background).toEqual([255, 255, 255]);
    for (let i = 0; i < 50; i++) for (const v of sampleStyle(keyedRng(1, i), { background: 'soft' }).background) expect(v).toBeGreaterThan(220);
  });
});

describe('syntheticSource', () => {
  it('draws the pictures of the set', async () => {
    const source = syntheticSource('b', { ...options, count: 5, split: 'test' });
    expect(source.names).toEqual(['00000.png', '00001.png', '00002.png', '00003.png', '00004.png']);
    expect((await source.load(2)).image).toEqual(renderSample(options, 'b', 'test', 2));
    expect(() => syntheticSource('a', { ...options, count: 0 })).toThrow('at least 1');
  });
});

describe('the truth', () => {
  it('survives its file', () => {
    const truth = truthOf({ ...options, background: 'soft' }, { train: 3, test: 2 });
    expect(parseTruth(JSON.stringify(truth))).toEqual(truth);
    expect(truth.testB['00001.png']).toEqual(sampleB({ ...options, background: 'soft' }, 'test', 1));
  });

  it('is refused when it is something else', () => {
    expect(() => parseTruth('{')).toThrow('not JSON');
    expect(() => parseTruth('{}')).toThrow('format "munit-synthetic"');
    const truth = truthOf(options, { train: 1, test: 1 });
    expect(() => parseTruth(JSON.stringify({ ...truth, trainB: truth.trainA }))).toThrow('version 3');
    // Version 2 had other textures and lights.
    expect(() => parseTruth(JSON.stringify({ ...truth, version: 2 }))).toThrow('version 3');
  });
});
