import type { ResampledFigure } from '@munit/data/synthetic';
import { describe, expect, it } from 'vitest';
import { compareFigures, type Judged, learningJson, learningTable } from './figures.js';

const names = ['contentIoU', 'modesCovered', 'hueKl', 'hueJs', 'hueUndecided', 'texturesCovered', 'lightsCovered', 'guidedAccuracy', 'guidedTexture', 'guidedLight', 'styleConsistency'];

/** A mean over inputs of these values, in the place of every figure. */
function judged(values: readonly number[]): Judged {
  const figure: ResampledFigure = {
    count: values.length,
    figure: (times) => values.reduce((sum, value, i) => sum + value * (times[i] as number), 0) / values.reduce((sum, _, i) => sum + (times[i] as number), 0),
  };
  return Object.fromEntries(names.map((name) => [name, figure]));
}

const spread = Array.from({ length: 50 }, (_, i) => i / 49);
const shifted = (by: number): number[] => spread.map((value) => value + by);

describe('compareFigures', () => {
  it('has every figure of the benchmark, with what perfect sampling and chance give', () => {
    const figures = compareFigures([{ seed: 1, ours: judged(spread), theirs: judged(spread) }], 100);
    expect(figures.map(({ name }) => name)).toEqual(names);
    expect(figures[0]).toMatchObject({ perfect: 1, chance: 0 });
    // 8 (1 − (7/8)^100)
    expect(figures[1]?.perfect).toBeCloseTo(7.99999, 4);
    expect(figures[7]?.chance).toBe(1 / 8);
  });

  it('tells a difference on the same inputs that the intervals of either would hide', () => {
    const [first] = compareFigures([{ seed: 1, ours: judged(shifted(0.02)), theirs: judged(spread) }], 100);
    expect(first?.ours.value).toBeCloseTo(0.52, 9);
    expect(first?.theirs.value).toBeCloseTo(0.5, 9);
    // A mean of 50 values spread evenly over [0, 1] has a standard error of 0.29 / √50 = 0.041.
    const [low, high] = first!.theirs.interval!;
    expect(high - low).toBeGreaterThan(0.12);
    expect(high - low).toBeLessThan(0.2);
    expect(first!.difference.value).toBeCloseTo(0.02, 9);
    for (const end of first!.difference.interval!) expect(end).toBeCloseTo(0.02, 9);
  });

  it('means over seeds, and keeps each', () => {
    const [first] = compareFigures([{ seed: 1, ours: judged(spread), theirs: judged(shifted(0.1)) }, { seed: 2, ours: judged(shifted(0.3)), theirs: judged(spread) }], 100);
    expect(first!.ours.value).toBeCloseTo(0.65, 9);
    expect(first!.theirs.value).toBeCloseTo(0.55, 9);
    expect(first!.difference.value).toBeCloseTo(0.1, 9);
    expect(first!.bySeed.ours.map((value) => value.toFixed(3))).toEqual(['0.500', '0.800']);
    expect(first!.bySeed.theirs.map((value) => value.toFixed(3))).toEqual(['0.600', '0.500']);
  });

  it('has no interval of one input, and refuses what was not judged alike', () => {
    expect(compareFigures([{ seed: 1, ours: judged([0.4]), theirs: judged([0.5]) }], 100)[0]?.difference).toEqual({ value: expect.closeTo(-0.1, 9) as number, interval: undefined });
    expect(() => compareFigures([{ seed: 1, ours: judged(spread), theirs: judged([1, 2]) }], 100)).toThrow('contentIoU was measured on 50 and on 2 inputs');
    expect(() => compareFigures([{ seed: 1, ours: judged(spread), theirs: {} }], 100)).toThrow('contentIoU was not measured of every run');
  });
});

describe('the table', () => {
  it('has a line for each figure, and the seeds where there are several', () => {
    const one = [{ seed: 1, ours: judged([0.4]), theirs: judged([0.5]) }];
    const [head, , line] = learningTable(compareFigures(one, 100), [1]).split('\n');
    expect(head?.split(/ {2,}/)).toEqual(['figure', 'munit', '95 %', 'PyTorch', '95 %', 'difference', '95 %', 'perfect', 'chance']);
    expect(line?.split(/ {2,}/)).toEqual(['contentIoU', '0.400', '–', '0.500', '–', '-0.100', '–', '1.000', '0.000']);
    const two = learningTable(compareFigures([...one, { seed: 2, ours: judged([0.6]), theirs: judged([0.7]) }], 100), [1, 2]).split('\n');
    expect(two[2]).toMatch(/0\.400 0\.600 +0\.500 0\.700$/);
    expect(two).toHaveLength(2 + names.length);
  });

  it('is an object for programs', () => {
    const json = JSON.parse(JSON.stringify(learningJson(compareFigures([{ seed: 1, ours: judged(spread), theirs: judged(spread) }], 100)))) as Record<string, Record<string, unknown>>;
    expect(Object.keys(json)).toEqual(names);
    expect(json['contentIoU']).toMatchObject({ ours: expect.closeTo(0.5, 9) as number, peer: expect.closeTo(0.5, 9) as number, difference: 0, difference_interval: [0, 0], perfect: 1, chance: 0 });
  });
});
