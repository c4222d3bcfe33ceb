import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAnimalSet } from '@munit/data/node';
import { afterAll, expect, it } from 'vitest';
import { tiny } from '../../../test/firstSteps.js';
import { animalPairsOf } from './dataset.js';
import { runTraining } from './runTraining.js';
import { resolveConfig } from '../../config/resolve.js';

const root = mkdtempSync(join(tmpdir(), 'munit-animals-'));
afterAll(() => rmSync(root, { recursive: true }));

it('a run on animals is judged by their truth, as long as its pictures are used as they are', async () => {
  const data = join(root, 'set');
  await writeAnimalSet(data, { size: 32, seed: 1, count: 4, testCount: 3 });
  const config = { ...tiny, data_root: data, new_size: 32, crop_image_height: 32, crop_image_width: 32, max_iter: 1, display_size: 1 };
  const { metrics } = await runTraining({ folder: join(root, 'run'), config, device: 'simd', threads: 1 });
  expect(Object.keys(metrics).sort()).toEqual(['coatUndecided', 'coatsCovered', 'coatsCoveredOverall', 'contentIoU', 'detail', 'guidedCoat', 'guidedColourError']);
  // After one step the pictures mean nothing, but every share is a share.
  for (const name of ['contentIoU', 'detail', 'guidedCoat', 'coatUndecided']) expect(metrics[name]).toSatisfy((value: number) => value >= 0 && value <= 1);
  expect(await animalPairsOf(resolveConfig(config), 2)).toHaveLength(2);
  expect(await animalPairsOf(resolveConfig({ ...config, new_size: 40 }), 2)).toBeUndefined();
}, 60_000);
