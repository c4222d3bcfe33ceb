/** The same comparisons as `pnpm parity`, as tests: on whatever MUNIT_REFERENCE_DIR names, or on the copies in the repository. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Device, memory, openDevice, readSafetensors } from '@munit/core';
import { readLayerCases, readTrainingRun } from '@munit/testing';
import { listMetricFiles, listReferenceFiles, referenceDirectory } from '@munit/testing/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCheckpoints, checkpointFolders } from './checkpoints.js';
import { checkLayerCase } from './layers.js';
import { formatLine, type Line } from './line.js';
import { checkLpipsReal, vggWeightsFile } from './lpips.js';
import { checkMetrics } from './metrics.js';
import { checkTrainingRun } from './training.js';
import { checkTransforms, transformsFolder } from './transforms.js';

const directory = referenceDirectory();
const files = listReferenceFiles(directory);
const parse = (path: string): ReturnType<typeof readSafetensors> => readSafetensors(new Uint8Array(readFileSync(path)));

let device: Device;
beforeAll(async () => {
  device = await openDevice('simd');
});
afterAll(() => device.dispose());

/** All lines pass, there are some, and nothing is left behind. */
function expectPassed(lines: readonly Line[]): void {
  expect(lines.filter((line) => !line.passed).map(formatLine)).toEqual([]);
  expect(lines.length).toBeGreaterThan(0);
  expect(memory().numTensors).toBe(0);
}

describe('layers on simd', () => {
  it.each(files.layers === undefined ? [] : readLayerCases(parse(files.layers)).map((layerCase) => [layerCase.name, layerCase] as const))('%s', async (_, layerCase) => {
    expectPassed([await checkLayerCase(layerCase)]);
  });
});

describe('training on simd', () => {
  it.each(files.training.map((path) => [basename(path, '.safetensors'), path] as const))('%s', async (name, path) => {
    expectPassed(await checkTrainingRun(name, readTrainingRun(parse(path))));
  }, 240_000);
});

// Only a whole set of reference files has these two.
describe.runIf(checkpointFolders(directory).length > 0)('checkpoints on simd', () => {
  it.each(checkpointFolders(directory))('%s', async (folder) => expectPassed(await checkCheckpoints(folder)), 120_000);
});

describe.runIf(transformsFolder(directory) !== undefined)('transforms', () => {
  it('equal torchvision and Pillow', async () => expectPassed(await checkTransforms(transformsFolder(directory) as string)));
});

describe('metrics on simd', () => {
  const { metrics, lpips } = listMetricFiles(directory);
  it.runIf(metrics !== undefined)('of features, and LPIPS on formula weights', async () => expectPassed(await checkMetrics(parse(metrics as string))), 120_000);
  it.runIf(lpips !== undefined)('LPIPS on real weights', async () => expectPassed(await checkLpipsReal(parse(lpips as string), vggWeightsFile(directory))), 240_000);
});
