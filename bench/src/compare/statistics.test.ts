import { describe, expect, it } from 'vitest';
import { comparePairs, median } from './statistics.js';

describe('median', () => {
  it('is the middle value, or the mean of the two', () => {
    expect(median([5])).toBe(5);
    expect(median([9, 1, 4])).toBe(4);
    expect(median([10, 2, 4, 100])).toBe(7);
  });

  it('orders numbers as numbers and leaves the list alone', () => {
    const values = [10, 9, 1];
    expect(median(values)).toBe(9);
    expect(values).toEqual([10, 9, 1]);
  });

  it('refuses an empty list', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('comparePairs', () => {
  it('compares the medians, and tells the ratios of the pairs', () => {
    expect(comparePairs({ ours: [50, 60, 80], theirs: [100, 100, 200] })).toEqual({ ours: 60, theirs: 100, ratio: 0.6, spread: [0.4, 0.6] });
  });

  it('keeps an outlier of one side out of the ratio, and in the spread', () => {
    const { ratio, spread } = comparePairs({ ours: [50, 50, 500], theirs: [100, 100, 100] });
    expect(ratio).toBe(0.5);
    expect(spread).toEqual([0.5, 5]);
  });

  it('refuses what cannot be paired', () => {
    expect(() => comparePairs({ ours: [1, 2], theirs: [1] })).toThrow('2 runs of ours cannot be paired with 1 of theirs');
  });
});
