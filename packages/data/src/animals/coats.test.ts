import { describe, expect, it } from 'vitest';
import { coats } from './coats.js';
import { coatOf } from './metrics/coat.js';
import { sampleAnimal } from './sample.js';
import { partCounts } from './types.js';

const distance = (p: readonly number[], q: readonly number[]): number => Math.hypot(...p.map((value, c) => value - q[c]!));

describe('the coats', () => {
  it('are twelve, and far enough apart to be recognised', () => {
    const pairs = coats.flatMap((a, i) => coats.slice(i + 1).map((b) => distance(a.rgb, b.rgb)));
    expect(coats).toHaveLength(12);
    expect(Math.min(...pairs)).toBeGreaterThan(49);
    coats.forEach(({ rgb: [red, green, blue] }, coat) => expect(coatOf([red - 12, green + 12, blue - 12])).toBe(coat));
  });

  it('are not recognised in white, black, or half way between two', () => {
    expect([coatOf([255, 255, 255]), coatOf([0, 0, 0]), coatOf([190, 20, 20])]).toEqual([undefined, undefined, undefined]);
  });
});

describe('sampleAnimal', () => {
  const samples = Array.from({ length: 4000 }, (_, i) => sampleAnimal({ size: 64, seed: 5 }, 'train', 'b', i));

  it('draws every part and coat equally often, a patch and hair half of the time', () => {
    // Five standard deviations of a binomial count.
    const fair = (count: number, share: number): void => {
      const mean = share * samples.length;
      expect(Math.abs(count - mean)).toBeLessThan(5 * Math.sqrt(mean * (1 - share)));
    };
    for (let coat = 0; coat < 12; coat++) fair(samples.filter((sample) => sample.coat === coat).length, 1 / 12);
    for (const [part, choices] of Object.entries(partCounts) as [keyof typeof partCounts, number][]) {
      const optional = part === 'patch' || part === 'hair';
      for (let choice = 0; choice < choices; choice++) fair(samples.filter(({ content }) => content.parts[part] === choice).length, (optional ? 0.5 : 1) / choices);
    }
  });

  it('moves nothing unless it is to vary, and then within bounds', () => {
    expect(samples.every(({ content: { pose } }) => pose.turn === 0 && pose.scale === 1 && pose.x === 0 && pose.y === 0 && pose.line === 8 / 440)).toBe(true);
    const poses = Array.from({ length: 500 }, (_, i) => sampleAnimal({ size: 64, seed: 5, vary: 0.5 }, 'train', 'a', i).content.pose);
    const range = (of: (pose: (typeof poses)[number]) => number): readonly [number, number] => [Math.min(...poses.map(of)), Math.max(...poses.map(of))];
    const [least, most] = range(({ turn }) => turn);
    expect([least < -9, least >= -10, most > 9, most <= 10]).toEqual([true, true, true, true]);
    const [small, large] = range(({ scale }) => scale);
    expect([small < 0.86, small >= 0.85, large > 0.99, large <= 1]).toEqual([true, true, true, true]);
  });

  it('pairs the test pictures, and the training ones only where that is wanted', () => {
    const both = (options: { readonly paired?: boolean }, split: 'train' | 'test'): boolean =>
      JSON.stringify(sampleAnimal({ size: 64, seed: 1, ...options }, split, 'a', 3)) === JSON.stringify(sampleAnimal({ size: 64, seed: 1, ...options }, split, 'b', 3));
    expect([both({}, 'test'), both({}, 'train'), both({ paired: true }, 'train')]).toEqual([true, false, true]);
  });
});
