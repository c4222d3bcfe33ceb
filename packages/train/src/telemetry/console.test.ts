import { describe, expect, it } from 'vitest';
import type { StepEvent, TrainEvent } from '../events.js';
import { formatBytes, formatDuration, formatMilliseconds, formatNumber } from '../format.js';
import { describeEvent, type ProgressMode, progressReporter } from './console.js';

const step = (at: number, over: Partial<StepEvent> = {}): StepEvent => ({
  kind: 'step',
  step: at,
  totalSteps: 1000,
  terms: { loss_gen_adv_a: 0.5, loss_gen_total: 12.34567, loss_dis_total: 0.8 },
  learningRate: 1e-4,
  stepMs: 310,
  dataWaitMs: 1,
  etaSeconds: 1180,
  residentBytes: 1.234e9,
  tensorBytes: 5e8,
  ...over,
});
const image = { width: 8, height: 4, channels: 3, data: new Uint8Array(96) } as const;

/** All that a reporter writes for `events`; the clock moves by `tickMs` before each. */
function written(mode: ProgressMode, events: readonly TrainEvent[], { tickMs = 1000, isTTY = false, columns = 200 } = {}): string {
  let text = '';
  let time = 0;
  const listen = progressReporter({ mode, stream: { write: (part) => (text += part), isTTY, columns }, now: () => time });
  for (const event of events) {
    time += tickMs;
    listen(event);
  }
  return text;
}

describe('figures', () => {
  it('are short', () => {
    expect([4.21, 59.4, 185, 3599.7, 7830, 273_600, Number.NaN, Infinity].map(formatDuration)).toEqual([
      '4.2 s', '59 s', '3 min 05 s', '1 h 00 min', '2 h 11 min', '3 d 4 h', '–', '–',
    ]);
    expect([3.14159, 312.4, 1250].map(formatMilliseconds)).toEqual(['3.1 ms', '312 ms', '1.25 s']);
    expect([4_000, 312e6, 1.44e9].map(formatBytes)).toEqual(['4 kB', '312 MB', '1.4 GB']);
    expect([0, 0.123456, 12.3, 1.234e-6, 12_345_678, Number.NaN].map(formatNumber)).toEqual(['0', '0.1235', '12.3', '1.23e-6', '1.23e7', 'NaN']);
  });
});

describe('progressReporter', () => {
  it('draws one line on a terminal and lets others scroll above it', () => {
    const text = written('auto', [step(250), { kind: 'warning', message: 'blank image' }, step(1000), { kind: 'done', step: 1000, seconds: 5, reason: 'finished' }], { isTTY: true });
    const line = (bar: string): string => `${bar}  310 ms/step  ETA 19 min 40 s  gen_total 12.35  dis_total 0.8  1.2 GB`;
    const quarter = line('█████░░░░░░░░░░░░░░░ 25 %  250/1000');
    const clear = '\r\u001B[K';
    const full = line('████████████████████ 100 %  1000/1000');
    expect(text).toBe(`${clear}${quarter}${clear}Warning: blank image\n${clear}${quarter}${clear}${full}${clear}${full}\nFinished at step 1000 after 5.0 s.\n`);
  });

  it('never wraps, and redraws at most ten times a second', () => {
    const text = written('bar', Array.from({ length: 50 }, (_, i) => step(i)), { tickMs: 10, columns: 40 });
    const frames = text.split('\r\u001B[K').slice(1);
    expect(frames).toHaveLength(5);
    expect(Math.max(...frames.map((frame) => frame.length))).toBe(39);
  });

  it('writes plain lines where there is no terminal: the first, one every ten seconds, the last', () => {
    const text = written('auto', [...Array.from({ length: 30 }, (_, i) => step(i + 1)), step(1000)]);
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual(['Step 1/1000', 'Step 11/1000', 'Step 21/1000', 'Step 1000/1000']);
    expect(text).not.toContain('\u001B');
  });

  it('says when training waits for images', () => {
    expect(written('lines', [step(1, { dataWaitMs: 62 })])).toContain('waits for images 20 %');
    expect(written('lines', [step(1, { dataWaitMs: 6 })])).not.toContain('waits');
  });

  it('gives programs one JSON object per line, without pixels', () => {
    const text = written('json', [
      step(1),
      { kind: 'sample', step: 1, images: [{ name: 'a-to-b', image, caption: 'x' }] },
      { kind: 'styles', step: 1, statistics: { a: { mean: [0], std: [1] } }, values: { a: new Float32Array(9) } },
      { kind: 'nonFinite', step: 2, term: 'gen', value: Number.NaN, action: 'stopped' },
    ]);
    const objects = text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(objects[0]).toMatchObject({ kind: 'step', terms: { loss_dis_total: 0.8 } });
    expect(objects.slice(1)).toEqual([
      { kind: 'sample', step: 1, images: [{ name: 'a-to-b', caption: 'x', width: 8, height: 4 }] },
      { kind: 'styles', step: 1, statistics: { a: { mean: [0], std: [1] } } },
      { kind: 'nonFinite', step: 2, term: 'gen', value: 'NaN', action: 'stopped' },
    ]);
  });

  it('is silent but for trouble when quiet', () => {
    const events: TrainEvent[] = [
      step(1),
      { kind: 'checkpoint', step: 1, path: 'x', best: true },
      { kind: 'warning', message: 'broken.png is truncated' },
      { kind: 'done', step: 1, seconds: 1, reason: 'finished' },
      { kind: 'done', step: 1, seconds: 1, reason: 'failed', message: 'No memory.' },
    ];
    expect(written('quiet', events)).toBe('Warning: broken.png is truncated\nFailed at step 1 after 1.0 s. No memory.\n');
  });
});

describe('describeEvent', () => {
  it('has a sentence for every kind of event', () => {
    const events: TrainEvent[] = [
      { kind: 'start', totalSteps: 100, step: 0, device: 'CPU', config: {}, memoryEstimateBytes: 2e9 },
      { kind: 'resumed', step: 50 },
      { kind: 'sample', step: 5, images: [{ name: 'a-to-b', image }] },
      { kind: 'evaluation', step: 5, metrics: { contentIoU: 0.91234 } },
      { kind: 'checkpoint', step: 5, path: 'c', best: true },
      { kind: 'nonFinite', step: 6, term: 'loss_dis_a', value: Infinity, action: 'restored', restoredStep: 5 },
      { kind: 'done', step: 9, seconds: 61, reason: 'interrupted' },
    ];
    expect(events.map(describeEvent)).toEqual([
      'Training on CPU: 100 steps, about 2.0 GB of memory.',
      'Resumed at step 50.',
      'Step 5: new images (a-to-b).',
      'Step 5: contentIoU 0.9123',
      'Step 5: saved c (the best so far)',
      'Warning: Step 6: dis_a is Infinity. Went back to the state of step 5, once.',
      'Stopped and saved at step 9 after 1 min 01 s.',
    ]);
  });
});
