import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@munit/core';
import { afterAll, describe, expect, it } from 'vitest';
import { tiny } from '../../../test/firstSteps.js';
import { runTraining, type RunTrainingOptions } from './runTraining.js';

const root = mkdtempSync(join(tmpdir(), 'munit-fresh-'));
const folder = join(root, 'run');
afterAll(() => rmSync(root, { recursive: true }));

const start = (options: Partial<RunTrainingOptions>): Promise<unknown> => runTraining({ folder, device: 'simd', threads: 1, ...options });

describe('a run that cannot work', () => {
  it('makes no folder', async () => {
    await expect(start({ config: { ...tiny, synthetic_count: 4, crop_image_height: 30 } })).rejects.toThrow(ConfigError);
    expect(existsSync(folder)).toBe(false);
  });

  it('makes no folder when its images are not there', async () => {
    const images = { data_folder_train_a: join(root, 'nowhere'), data_folder_train_b: root };
    await expect(start({ config: { ...tiny, ...images } })).rejects.toThrow(/nowhere does not exist/);
    expect(existsSync(folder)).toBe(false);
  });

  it('deletes no other run', async () => {
    await start({ preset: 'quick', config: { ...tiny, synthetic_count: 4, max_iter: 1 } });
    const manifest = readFileSync(join(folder, 'run.json'), 'utf8');
    // What the configuration does not say is the preset's.
    expect(JSON.parse(manifest)).toMatchObject({ config: { lr: 5e-4, lr_policy: 'linear', ema_half_life_images: 500, max_iter: 1 } });
    await expect(start({ overwrite: true, config: { ...tiny, synthetic_count: 4, beta1: 1 } })).rejects.toThrow(/'beta1' is 1/);
    const images = { data_folder_train_a: join(root, 'nowhere'), data_folder_train_b: root };
    await expect(start({ overwrite: true, config: { ...tiny, ...images } })).rejects.toThrow(/nowhere does not exist/);
    expect(readFileSync(join(folder, 'run.json'), 'utf8')).toBe(manifest);
    await expect(start({ resume: true, preset: 'quick' })).rejects.toThrow(/A preset cannot be given when resuming/);
  }, 60_000);
});
