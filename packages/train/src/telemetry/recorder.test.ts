import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolderError } from '@munit/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainEvent, TrainEventListener } from '../events.js';
import { contactSheet } from '../images/grid.js';
import { openRunFolder, type RunFolder } from '../run/folder.js';
import { readJsonLines } from './logFiles.js';
import { recordRun } from './recorder.js';
import { sampleFiles } from './sampleFiles.js';

let work = '';
beforeEach(() => (work = mkdtempSync(join(tmpdir(), 'munit-record-'))));
afterEach(() => rmSync(work, { recursive: true, force: true }));

const picture = (value: number) => ({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(value) }) as const;

const start = (step: number): TrainEvent => ({ kind: 'start', totalSteps: 40, step, device: 'CPU', config: { lr: 1 }, memoryEstimateBytes: 1 });

/** What a loop emits at one step; the times differ from run to run, the numbers do not. */
function emitStep(emit: TrainEventListener, step: number): void {
  emit({
    kind: 'step', step, totalSteps: 40, terms: { loss_gen_total: Math.cos(step), loss_dis_total: step / 7 }, learningRate: 1e-4 / step,
    stepMs: Math.random() * 100, dataWaitMs: 1, etaSeconds: Math.random(), residentBytes: 1e8 * Math.random(), tensorBytes: 1,
  });
  if (step % 10 === 0) {
    const sheet = contactSheet({ name: 'a-to-b', rows: [{ name: 'x.png', input: picture(step), styles: [] }] });
    emit({ kind: 'sample', step, images: [sheet] });
    emit({ kind: 'evaluation', step, metrics: { contentIoU: step / 40 } });
    emit({ kind: 'styles', step, statistics: { a: { mean: [0], std: [1] } }, values: { a: Float32Array.of(1, 2) } });
  }
}

function session(folder: string, from: number, to: number, resume: boolean): RunFolder {
  const run = openRunFolder(folder, { resume });
  const recorder = recordRun(run);
  run.writeManifest({ seed: 3, config: { lr: 1 }, device: {}, fromStep: from });
  recorder.listener(start(from));
  if (resume) recorder.listener({ kind: 'resumed', step: from });
  for (let step = from + 1; step <= to; step++) emitStep(recorder.listener, step);
  if (to === 40) recorder.listener({ kind: 'done', step: to, seconds: 1, reason: 'finished' });
  recorder.close();
  run.close();
  return run;
}

interface Page {
  readonly charts: readonly { readonly id: string; readonly steps: readonly number[]; readonly curves: unknown }[];
  readonly moments: readonly { readonly step: number }[];
  readonly live: boolean;
}
const pageOf = (run: RunFolder): Page => JSON.parse(/id="munit-data">(.*?)<\/script>/s.exec(readFileSync(run.paths.report, 'utf8'))![1]!) as Page;

describe('recordRun', () => {
  it('leaves the same table, curves and images whether a run was interrupted or not', () => {
    const whole = session(join(work, 'whole'), 0, 40, false);
    session(join(work, 'broken'), 0, 33, false);
    const broken = session(join(work, 'broken'), 20, 40, true);
    const table = readFileSync(whole.paths.losses, 'utf8');
    expect(table.split('\n')).toHaveLength(42);
    expect(table.split('\n')[0]).toBe('step,learning_rate,loss_gen_total,loss_dis_total');
    expect(readFileSync(broken.paths.losses, 'utf8')).toBe(table);
    const [wholePage, brokenPage] = [pageOf(whole), pageOf(broken)];
    expect(brokenPage.charts).toEqual(wholePage.charts);
    expect(brokenPage.moments).toEqual(wholePage.moments);
    expect(brokenPage.moments.map(({ step }) => step)).toEqual([10, 20, 30, 40]);
    expect(brokenPage.live).toBe(false);
    expect(readdirSync(broken.paths.samples)).toEqual(['00000010-a-to-b.png', '00000020-a-to-b.png', '00000030-a-to-b.png', '00000040-a-to-b.png']);
    expect(readdirSync(broken.paths.tensorboard)).toHaveLength(2);
    const report = readFileSync(broken.paths.report, 'utf8');
    expect(report).toContain('from step 20');
    expect(report).toContain('uPlot (v1.6');
  });

  it('logs every event with its time, images by their file', () => {
    const run = session(join(work, 'run'), 0, 10, false);
    const lines = readJsonLines(run.paths.events) as { kind: string; time: number }[];
    expect(lines.map(({ kind }) => kind)).toEqual(['start', ...Array.from({ length: 10 }, () => 'step'), 'sample', 'evaluation', 'styles']);
    expect(lines.find(({ kind }) => kind === 'sample')).toMatchObject({
      step: 10,
      images: [{ name: 'a-to-b', columns: ['input'], rows: ['x.png'], file: 'samples/00000010-a-to-b.png' }],
    });
    expect(Math.abs(lines[0]!.time - Date.now())).toBeLessThan(60_000);
  });

  it('cuts the table back when the loop restores an earlier state', () => {
    const run = openRunFolder(join(work, 'run'));
    const { listener, close } = recordRun(run);
    listener(start(0));
    for (let step = 1; step <= 8; step++) emitStep(listener, step);
    listener({ kind: 'nonFinite', step: 9, term: 'loss_gen_total', value: Number.NaN, action: 'restored', restoredStep: 5 });
    emitStep(listener, 6);
    close();
    run.close();
    const steps = readFileSync(run.paths.losses, 'utf8').trimEnd().split('\n').slice(1).map((line) => Number(line.split(',')[0]));
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('warns once of a term that came too late for the table', () => {
    const run = openRunFolder(join(work, 'run'));
    const { listener, close } = recordRun(run);
    listener(start(0));
    emitStep(listener, 1);
    for (const step of [2, 3]) {
      listener({ kind: 'step', step, totalSteps: 40, terms: { r1: 1 }, learningRate: 1, stepMs: 1, dataWaitMs: 0, etaSeconds: 0, residentBytes: 0, tensorBytes: 0 });
    }
    close();
    run.close();
    const warnings = (readJsonLines(run.paths.events) as { kind: string; message?: string }[]).filter(({ kind }) => kind === 'warning');
    expect(warnings.map(({ message }) => message)).toEqual(["losses.csv has no column for r1; TensorBoard's files have them."]);
  });

  it('rewrites the report at most every few seconds while only steps come', () => {
    const run = openRunFolder(join(work, 'run'));
    let time = 1_700_000_000_000;
    const { listener, close } = recordRun(run, { now: () => time, reportSeconds: 10, title: 'timed' });
    const shown = (): string => /<b>([\d,]+)<\/b> of/.exec(readFileSync(run.paths.report, 'utf8'))![1]!;
    listener(start(0));
    for (let step = 1; step <= 9; step++) {
      time += 2000;
      emitStep(listener, step);
      expect(shown()).toBe(step < 5 ? '0' : '5');
    }
    close();
    expect(shown()).toBe('9');
    run.close();
  });

  it('fails with a clear error once, then stays silent', () => {
    const run = openRunFolder(join(work, 'run'));
    const { listener, close } = recordRun(run);
    listener(start(0));
    rmSync(run.paths.samples, { recursive: true });
    writeFileSync(run.paths.samples, 'in the way');
    expect(() => emitStep(listener, 10)).toThrow(RunFolderError);
    listener({ kind: 'done', step: 10, seconds: 1, reason: 'failed', message: 'x' });
    close();
    run.close();
  });

  it('resumes from the log of an earlier version, which names the kind of an event `type`', () => {
    const { paths } = session(join(work, 'run'), 0, 20, false);
    writeFileSync(paths.events, readFileSync(paths.events, 'utf8').replaceAll('"kind":', '"type":'));
    const run = session(join(work, 'run'), 20, 40, true);
    expect(pageOf(run).moments.map(({ step }) => step)).toEqual([10, 20, 30, 40]);
    expect(pageOf(run).charts[0]?.steps).toHaveLength(40);
  });

  it('resumes over a damaged event log', () => {
    session(join(work, 'run'), 0, 20, false);
    const paths = openRunFolder(join(work, 'run'), { resume: true });
    const text = readFileSync(paths.paths.events, 'utf8');
    writeFileSync(paths.paths.events, `nonsense\n{"type":"step"}\n{"time":1,"type":"step","step":3}\n[]\n${text}{"time":`);
    paths.close();
    const run = session(join(work, 'run'), 20, 40, true);
    expect(pageOf(run).moments.map(({ step }) => step)).toEqual([10, 20, 30, 40]);
  });
});

describe('sampleFiles', () => {
  it('keeps the folder within its room: the first, the newest, and between them by ratio', () => {
    const run = openRunFolder(join(work, 'run'));
    let state = 1;
    const noise = Uint8Array.from({ length: 12288 }, () => (state = (state * 48271) % 2147483647) >>> 8);
    const image = { width: 64, height: 64, channels: 3, data: noise } as const;
    const write = (step: number): string[] => {
      // A new one each time: what is there already counts, as after a resume.
      const { thumbnails } = sampleFiles(run.paths, 60_000).write({ kind: 'sample', step, images: [{ name: 'a/b', image }] });
      return thumbnails.map(({ file }) => file);
    };
    expect(write(10)).toEqual(['samples/00000010-a_b.png']);
    for (let step = 20; step <= 400; step += 10) write(step);
    const steps = readdirSync(run.paths.samples).map((name) => Number(name.slice(0, 8)));
    expect(steps).toHaveLength(4);
    expect([steps[0], steps.at(-1)]).toEqual([10, 400]);
    run.close();
  });

  it('gives TensorBoard an image for each tenth that the run grows', () => {
    const run = openRunFolder(join(work, 'run'));
    const files = sampleFiles(run.paths, 1e9);
    const shown = [100, 105, 110, 200, 201, 50, 52].filter(
      (step) => files.write({ kind: 'sample', step, images: [{ name: 'x', image: picture(1) }] }).values.length > 0,
    );
    expect(shown).toEqual([100, 110, 200, 50]);
    run.close();
  });
});
