import { describe, expect, it } from 'vitest';
import type { StepEvent } from '../../events.js';
import { RunHistory, styleDivergence } from './history.js';
import { thinOut } from './samples.js';
import { SeriesHistory } from './series.js';

const step = (at: number, terms: Record<string, number> = { gen: at }): StepEvent => ({
  kind: 'step', step: at, totalSteps: 100, terms, learningRate: 1e-4, stepMs: 10, dataWaitMs: 0, etaSeconds: 1, residentBytes: 1, tensorBytes: 1,
});
const start = (at = 0) => ({ kind: 'start', totalSteps: 100, step: at, device: 'CPU', config: { lr: 1 }, memoryEstimateBytes: 5 }) as const;

describe('SeriesHistory', () => {
  it('averages neighbours in bounded room and keeps the mean', () => {
    const series = new SeriesHistory(4);
    for (let i = 1; i <= 32; i++) series.push(i, { x: i });
    const { steps, values } = series.table();
    expect(steps).toEqual([4, 8, 12, 16, 20, 24, 28, 32]);
    expect(values['x']).toEqual([2.5, 6.5, 10.5, 14.5, 18.5, 22.5, 26.5, 30.5]);
    for (let i = 33; i <= 5000; i++) series.push(i, { x: i });
    const table = series.table();
    expect(table.steps.length).toBeLessThanOrEqual(8);
    expect(table.steps.at(-1)).toBe(5000);
  });

  it('shows gaps where a value is missing or not finite', () => {
    const series = new SeriesHistory();
    series.push(1, { x: 1, y: Number.NaN });
    series.push(2, { y: 0.123456789 });
    expect(series.table().values).toEqual({ x: [1, null], y: [null, 0.12346] });
  });

  it('goes back', () => {
    const series = new SeriesHistory();
    for (let i = 1; i <= 5; i++) series.push(i, { x: i });
    series.rewind(2);
    series.push(3, { x: 9 });
    expect(series.table()).toEqual({ steps: [1, 2, 3], values: { x: [1, 2, 9] } });
  });
});

describe('thinOut', () => {
  it('keeps the first and the newest and spreads the rest evenly by ratio', () => {
    const moments = Array.from({ length: 100 }, (_, i) => ({ step: (i + 1) * 100 }));
    const kept = thinOut(moments, () => 10, 60).map((moment) => moment.step);
    expect(kept).toHaveLength(6);
    expect([kept[0], kept.at(-1)]).toEqual([100, 10_000]);
    const ratios = kept.slice(1).map((at, i) => at / kept[i]!);
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeLessThan(3);
  });
  it('keeps the newest even when it is too large alone', () => {
    expect(thinOut([{ step: 1 }, { step: 2 }], () => 100, 10)).toEqual([{ step: 2 }]);
  });
});

describe('styleDivergence', () => {
  it('is 0 for N(0, I) and follows the closed form elsewhere', () => {
    expect(styleDivergence({ mean: [0, 0], std: [1, 1] })).toBe(0);
    expect(styleDivergence({ mean: [2], std: [1] })).toBeCloseTo(2, 12);
    expect(styleDivergence({ mean: [0], std: [Math.E] })).toBeCloseTo(0.5 * (Math.E ** 2 - 3), 12);
    expect(styleDivergence({ mean: [0], std: [0] })).toBeCloseTo(0.5 * (1e-6 - 1 + 6 * Math.log(10)), 9);
  });
});

describe('RunHistory', () => {
  it('follows a run that is killed and resumed: what came after the checkpoint never happened', () => {
    const history = new RunHistory();
    history.apply(start(), 1000);
    for (let i = 1; i <= 10; i++) history.apply(step(i), 1000 + i * 1000);
    history.apply({ kind: 'evaluation', step: 4, metrics: { iou: 0.4 } }, 11_000);
    history.apply({ kind: 'evaluation', step: 9, metrics: { iou: 0.9 } }, 11_000);
    history.apply({ kind: 'styles', step: 9, statistics: { a: { mean: [0], std: [1] } } }, 11_000);
    // Killed; an hour later it resumes from step 6.
    history.apply(start(6), 3_600_000);
    history.apply({ kind: 'resumed', step: 6 }, 3_600_000);
    history.apply(step(7, { gen: 70 }), 3_605_000);
    const data = history.data();
    expect(data.losses).toEqual({ steps: [1, 2, 3, 4, 5, 6, 7], values: { gen: [1, 2, 3, 4, 5, 6, 70] } });
    expect(data.evaluations.map((event) => event.step)).toEqual([4]);
    expect(data.styles).toBeUndefined();
    expect(data.resumedAt).toEqual([6]);
    // Ten seconds of the first start, five of the second; nothing was trained in the hour between.
    expect(data.trainingSeconds).toBe(15);
    expect(data).toMatchObject({ status: 'running', step: 7, totalSteps: 100, device: 'CPU' });
  });

  it('goes back when a loss was not finite, and says so', () => {
    const history = new RunHistory();
    history.apply(start(), 0);
    for (let i = 1; i <= 5; i++) history.apply(step(i), i);
    history.apply({ kind: 'nonFinite', step: 6, term: 'dis', value: Infinity, action: 'restored', restoredStep: 3 }, 7);
    expect(history.data().losses.steps).toEqual([1, 2, 3]);
    history.apply({ kind: 'nonFinite', step: 6, term: 'dis', value: Number.NaN, action: 'stopped' }, 8);
    history.apply({ kind: 'done', step: 6, seconds: 1, reason: 'failed', message: 'NaN.' }, 9);
    expect(history.data().warnings).toEqual([
      { message: 'dis became Infinity; training went back to the state of step 3.', severity: 'warning', step: 6, count: 1 },
      { message: 'dis became NaN; training stopped.', severity: 'error', step: 6, count: 1 },
      { message: 'NaN.', severity: 'error', step: 6, count: 1 },
    ]);
    expect(history.data().status).toBe('failed');
  });

  it('counts warnings that repeat, and bounds their number', () => {
    const history = new RunHistory();
    for (let i = 0; i < 3; i++) history.apply({ kind: 'warning', message: 'x.png is broken' }, 0);
    for (let i = 0; i < 500; i++) history.apply({ kind: 'warning', message: `${i}` }, 0);
    const { warnings } = history.data();
    expect(warnings[0]).toMatchObject({ message: 'x.png is broken', count: 3 });
    expect(warnings).toHaveLength(200);
  });

  it('says how fast the newest steps of this start are, whatever a single log says', () => {
    const history = new RunHistory();
    const log = (at: number, stepMs: number, dataWaitMs = 0): void => history.apply({ ...step(at), stepMs, dataWaitMs }, 0);
    history.apply(start(), 0);
    expect(history.data().pace).toBeUndefined();
    // The first steps compile; the last ones waited for another program.
    for (const [i, ms] of [900, 100, 100, 120, 110, 5000].entries()) log(10 * (i + 1), ms);
    expect(history.data().pace).toEqual({ stepMs: 115, waiting: 0, steps: 60 });
    // On another machine it starts from scratch: 20 steps of 10 ms that wait for 5 each, and one of 40 that waits for 20.
    history.apply(start(60), 0);
    log(80, 10, 5);
    log(81, 40, 20);
    expect(history.data().pace).toEqual({ stepMs: 25, waiting: (20 * 5 + 20) / (20 * 10 + 40), steps: 21 });
    // What went wrong is done again, and counts once.
    history.apply({ kind: 'nonFinite', step: 82, term: 'dis', value: Infinity, action: 'restored', restoredStep: 80 }, 0);
    log(81, 10, 5);
    expect(history.data().pace).toEqual({ stepMs: 10, waiting: 0.5, steps: 21 });
    // Only so many logs count.
    for (let i = 0; i < 21; i++) log(82 + i, 30);
    expect(history.data().pace).toEqual({ stepMs: 30, waiting: 0, steps: 21 });
  });

  it('marks the best checkpoint', () => {
    const history = new RunHistory();
    history.apply({ kind: 'checkpoint', step: 1, path: 'one', best: true }, 0);
    history.apply({ kind: 'checkpoint', step: 2, path: 'two', best: false }, 0);
    expect(history.data()).toMatchObject({ checkpoint: { step: 2, path: 'two' }, bestCheckpoint: { step: 1, path: 'one' } });
  });
});
