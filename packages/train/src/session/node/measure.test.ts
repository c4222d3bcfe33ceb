import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@munit/core';
import { encodePng } from '@munit/images/png';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../config/resolve.js';
import type { TrainEvent } from '../../events.js';
import { parseCsv } from '../../telemetry/csv.js';
import { openTraining } from '../browser/openTraining.js';
import { runTraining } from './runTraining.js';

const work = mkdtempSync(join(tmpdir(), 'munit-measure-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const tiny = {
  synthetic_count: 12, max_iter: 3, batch_size: 1, display_size: 1, crop_image_height: 32, crop_image_width: 32, log_iter: 1,
  image_save_iter: 100, image_display_iter: 100, snapshot_save_iter: 1,
  gen: { dim: 2, mlp_dim: 4, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 },
  metrics: ['lpips-diversity' as const, 'kid-alexnet' as const], metrics_images: 3,
};

describe('metrics during training', () => {
  it('come at their interval, go into the table and the report, and keep the best checkpoint', async () => {
    const events: TrainEvent[] = [];
    const folder = join(work, 'run');
    await runTraining({ folder, config: { ...tiny, metrics_iter: 1, best_metric: 'kid-alexnet' }, device: 'simd', threads: 1, onEvent: (event) => events.push(event) });
    const evaluations = events.flatMap((event) => (event.kind === 'evaluation' ? [event] : []));
    expect(evaluations.map(({ step }) => step)).toEqual([1, 2, 3]);
    for (const { metrics } of evaluations) {
      expect(metrics['lpips-diversity']).toBeGreaterThanOrEqual(0);
      expect(metrics['lpips-diversity']).toBeLessThan(0.5);
      expect(metrics['contentIoU']).toBeGreaterThanOrEqual(0);
    }
    const { columns, rows } = parseCsv(readFileSync(join(folder, 'metrics.csv'), 'utf8'));
    expect(columns).toContain('kid-alexnet');
    expect(rows.map(({ step, values }) => [step, values['kid-alexnet']])).toEqual(evaluations.map(({ step, metrics }) => [step, metrics['kid-alexnet']]));
    // The best is the one of the least distance so far.
    let least = Infinity;
    const expected = evaluations.map(({ metrics }) => {
      const better = (metrics['kid-alexnet'] as number) < least;
      least = Math.min(least, metrics['kid-alexnet'] as number);
      return better;
    });
    expect(events.flatMap((event) => (event.kind === 'checkpoint' && event.step > 0 ? [event.best] : []))).toEqual(expected);
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    expect(warnings).toContain('lpips-diversity: 3 inputs are few: the interval over inputs says little.');
    expect(new Set(warnings).size).toBe(warnings.length);
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('Kernel distance (AlexNet)');
  }, 120_000);

  it('have names, and a best metric that is measured', async () => {
    expect(() => resolveConfig({ ...tiny, metrics: ['fid' as 'fid-alexnet'] })).toThrow(ConfigError);
    expect(() => resolveConfig({ ...tiny, best_metric: 'fid-alexnet' })).toThrow("'best_metric' is 'fid-alexnet', which is neither one of 'metrics' nor a figure of a benchmark");
    const other = { ...tiny, max_iter: 1, best_metric: 'coatsCovered' };
    await expect(runTraining({ folder: join(work, 'other'), config: other, device: 'simd', threads: 1 })).rejects.toThrow(ConfigError);
  }, 60_000);

  it('are refused where nothing can measure them', async () => {
    const { metrics, metrics_images } = tiny;
    const image = new Blob([encodePng({ width: 16, height: 16, channels: 3, data: new Uint8Array(768).fill(90) }) as Uint8Array<ArrayBuffer>]);
    const sets = { a: [image, image], b: [image, image] };
    await expect(openTraining({ sets, config: { metrics, metrics_images }, device: 'simd', threads: 1 })).rejects.toThrow("'metrics' are measured in run folders only");
  });
});
