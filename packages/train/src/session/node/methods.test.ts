/** Every method in a run folder: trained, shown, judged, stopped, resumed, and exported as a model that others load. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from '@munit/formats/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingConfigInput } from '../../config/schema.js';
import type { TrainEvent } from '../../events.js';
import { runTraining } from './runTraining.js';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'munit-methods-')), 'run');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const common: TrainingConfigInput = { synthetic_count: 6, crop_image_height: 16, crop_image_width: 16, batch_size: 2, max_iter: 3, log_iter: 1, image_display_iter: 3, image_save_iter: 3, snapshot_save_iter: 3, display_size: 2 };
const variants: readonly (readonly [string, TrainingConfigInput, { readonly styles: number; readonly columns: readonly string[]; readonly grids: number }])[] = [
  ['MUNIT without style reconstruction', { without: ['style'], gen: { dim: 2, mlp_dim: 2, style_dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1, num_scales: 1 } }, { styles: 2, columns: ['rebuilt', 'guided'], grids: 2 }],
  ['CycleGAN', { trainer: 'CycleGAN', gen: { dim: 2, n_res: 1 }, dis: { dim: 2, n_layer: 1 } }, { styles: 0, columns: ['rebuilt'], grids: 2 }],
  ['CycleGAN with noise', { trainer: 'CycleGAN', gen: { dim: 2, n_res: 1, style_dim: 2 }, dis: { dim: 2, n_layer: 1 } }, { styles: 2, columns: [], grids: 2 }],
  ['BicycleGAN', { trainer: 'BicycleGAN', netG: 'unet_16', netD: 'basic_16', netE: 'resnet_32', nef: 2, gen: { dim: 2, style_dim: 2 }, dis: { dim: 2 } }, { styles: 2, columns: ['guided'], grids: 1 }],
];

describe.each(variants)('%s', (_, options, { styles, columns, grids }) => {
  it('runs, resumes, and leaves a report and a model', async () => {
    const events: TrainEvent[] = [];
    const onEvent = (event: TrainEvent): void => void events.push(event);
    const base = { folder, device: 'simd', threads: 1, onEvent } as const;
    expect((await runTraining({ ...base, config: { ...common, ...options } })).step).toBe(3);
    const { report, model: modelFolder, metrics } = await runTraining({ ...base, resume: true, config: { max_iter: 4 } });
    const sample = events.flatMap((event) => (event.kind === 'sample' ? [event] : [])).at(-1);
    expect(sample?.images).toHaveLength(grids);
    for (const name of ['rebuilt', 'guided']) expect((sample?.images[0]?.columns ?? []).includes(name), name).toBe(columns.includes(name));
    expect(Object.keys(metrics)).toContain('contentIoU');
    expect(existsSync(report)).toBe(true);
    const shown = readFileSync(report, 'utf8').replace(/<script[\s\S]*?<\/script>/g, '');
    expect(/.{60}\bundefined\b.{20}/s.exec(shown)).toBeNull();

    const { architecture, training } = await loadModel(modelFolder);
    expect('styleDim' in architecture ? architecture.styleDim : 0).toBe(styles);
    expect(training).toMatchObject({ steps: 4, config: { trainer: options.trainer ?? 'MUNIT', without: options.without ?? [] } });
  }, 120_000);
});
