import { ArgumentError, Rng } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval, meanInterval } from './bootstrap.js';

describe('bootstrapInterval', () => {
  it('of a mean is about ± 1.96 standard errors', () => {
    const rng = new Rng(1);
    const values = Array.from({ length: 400 }, () => 5 + 2 * rng.normal());
    const mean = values.reduce((a, b) => a + b, 0) / 400;
    const error = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400 / 400);
    const { low, high, level } = meanInterval(values, { resamples: 4000 });
    expect(level).toBe(0.95);
    expect(low).toBeCloseTo(mean - 1.96 * error, 1);
    expect(high).toBeCloseTo(mean + 1.96 * error, 1);
    const narrow = meanInterval(values, { level: 0.5 });
    expect(narrow.high - narrow.low).toBeLessThan((high - low) / 2);
  });

  it('covers the truth about as often as it says', () => {
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const rng = new Rng(trial);
      const { low, high } = meanInterval(Array.from({ length: 50 }, () => rng.uniform()), { resamples: 300, seed: trial });
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.89);
    expect(covered / 300).toBeLessThan(0.99);
  });

  it('is seeded, draws as many inputs as there are, and leaves out what is not finite', () => {
    const values = [1, 2, 3, 7];
    expect(meanInterval(values, { seed: 4 })).toEqual(meanInterval(values, { seed: 4 }));
    const interval = bootstrapInterval(4, (times) => {
      expect(times.reduce((a, b) => a + b, 0)).toBe(4);
      return (times[0] as number) === 0 ? Number.NaN : 1;
    });
    expect(interval).toEqual({ low: 1, high: 1, level: 0.95 });
  });

  it('refuses what has no interval', () => {
    expect(() => meanInterval([1])).toThrow(ArgumentError);
    expect(() => meanInterval([1, 2], { level: 95 })).toThrow('0.95 for 95 %');
    expect(() => meanInterval([1, 2], { resamples: 1 })).toThrow(ArgumentError);
    expect(() => bootstrapInterval(3, () => Number.NaN)).toThrow(ArgumentError);
  });
});
