import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDevice, readSafetensors, RunFolderError } from '@munit/core';
import { loadModel } from '@munit/formats/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveConfig } from '../../config/resolve.js';
import { initialState } from '../../methods/create.js';
import { disposeState } from '../../state/state.js';
import { exportModel, modelOfState } from './model.js';
import { runTraining } from './runTraining.js';

const root = mkdtempSync(join(tmpdir(), 'munit-model-'));
const run = join(root, 'run');
const tiny = {
  synthetic_count: 4,
  crop_image_height: 16,
  crop_image_width: 16,
  max_iter: 2,
  batch_size: 2,
  snapshot_save_iter: 2,
  display_size: 1,
  gen: { dim: 2, mlp_dim: 4, style_dim: 2, n_res: 1 },
  dis: { dim: 2, n_layer: 1, num_scales: 1 },
};

beforeAll(async () => {
  await runTraining({ folder: run, config: tiny, device: 'simd', threads: 1 });
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

/** The values of a checkpoint's tensors whose names begin so, sorted: layouts and names apart. */
function valuesOf(step: number, prefix: string): number[] {
  const { tensors } = readSafetensors(readFileSync(join(run, 'checkpoints', `step-${String(step).padStart(8, '0')}.safetensors`)));
  return [...tensors].flatMap(([name, tensor]) => (name.startsWith(prefix) ? [...tensor.float32()] : [])).sort((x, y) => x - y);
}

async function weightsOf(folder: string): Promise<number[]> {
  const { networks } = await loadModel(folder);
  return [...networks.a].flatMap(([name, { data }]) => (name.includes('running_') ? [] : [...data])).sort((x, y) => x - y);
}

it('is left behind by a run: the average, how it was trained, what it scores', async () => {
  const model = await loadModel(join(run, 'model'));
  expect(model).toMatchObject({
    architecture: { method: 'munit', dim: 2, mlpDim: 4, styleDim: 2, nRes: 1, inputDim: { a: 3, b: 3 } },
    domains: { a: { name: 'outlines' }, b: { name: 'colours' } },
    training: { steps: 2, weights: 'average', config: { batch_size: 2 } },
  });
  const average = valuesOf(2, 'ema.a');
  expect(average.length).toBeGreaterThan(500);
  expect(await weightsOf(join(run, 'model'))).toEqual(average);
  expect(average).not.toEqual(valuesOf(2, 'gen.a'));
  const events = readFileSync(join(run, 'events.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { kind: string; metrics?: { contentIoU: number } });
  const { contentIoU } = events.findLast(({ kind }) => kind === 'evaluation')!.metrics!;
  expect(model.metrics).toMatchObject({ contentIoU });
  expect(readFileSync(join(run, 'model', 'README.md'), 'utf8')).toContain('## Training');
});

it('is made of any checkpoint, while the run is left alone', async () => {
  const out = join(root, 'out');
  expect(await exportModel({ run, checkpoint: 0, out, dtype: 'float32' })).toEqual({ step: 0 });
  expect(await weightsOf(out)).toEqual(valuesOf(0, 'ema.a'));
  await expect(exportModel({ run, out })).rejects.toThrow(/not empty/);
  expect(await exportModel({ run, checkpoint: 'best', out, overwrite: true })).toEqual({ step: 2 });
  await expect(exportModel({ run, checkpoint: 7, out })).rejects.toThrow(/no checkpoint '7'.*0, 2/);
  await expect(exportModel({ run: join(root, 'absent'), out })).rejects.toThrow(RunFolderError);
  expect(existsSync(join(root, 'absent'))).toBe(false);
});

it('names its domains by their folders, and no path of the machine', async () => {
  const config = resolveConfig({ data_folder_train_a: '/home/me/edges', data_folder_train_b: '/home/me/shoes/', vgg_weights: '/home/me/vgg.pth', gen: { dim: 2 }, dis: { dim: 2 } });
  const device = await openDevice('cpu');
  const state = initialState({ ...config, seed: 1, ema_half_life_images: 0 });
  const model = await modelOfState(state, config, { contentIoU: 0.5, guidedAccuracy: NaN });
  disposeState(state);
  device.dispose();
  expect(model.domains).toEqual({ a: { name: 'edges' }, b: { name: 'shoes' } });
  expect(JSON.stringify(model.training)).not.toContain('/home');
  expect(model.training).toMatchObject({ weights: 'trained', steps: 0 });
  expect(model.metrics).toEqual({ contentIoU: 0.5 });
});
