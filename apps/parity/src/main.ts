/**
 * `pnpm parity [--device NAME] [--only TEXT]`: compares munit with dumps of the published code.
 * Reads every file of MUNIT_REFERENCE_DIR (default: the copies in the repository), prints a line per case, exits with 1 on a failure.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type DeviceName, memory, MunitError, openDevice, readSafetensors } from '@munit/core';
import { readLayerCases, readTrainingRun } from '@munit/testing';
import { listMetricFiles, listReferenceFiles, referenceDirectory } from '@munit/testing/files';
import { Command } from 'commander';
import { checkCheckpoints, checkpointFolders } from './checkpoints.js';
import { checkLayerCase } from './layers.js';
import { failure, formatLine, type Line } from './line.js';
import { checkLpipsReal, vggWeightsFile } from './lpips.js';
import { checkMetrics } from './metrics.js';
import { checkTrainingRun } from './training.js';
import { checkTransforms, transformsFolder } from './transforms.js';

interface Options {
  readonly device: DeviceName | 'auto';
  readonly threads?: number;
  readonly only?: string;
  readonly layersOnly?: boolean;
}

async function main(options: Options): Promise<number> {
  const directory = referenceDirectory();
  const device = await openDevice(options.device, options.threads === undefined ? {} : { threads: options.threads });
  console.log(`device ${device.name}: ${device.report.description}`);
  console.log(`reference files of ${directory}`);
  console.log('result, largest error as a share of what is allowed, case');
  const counts = { passed: 0, failed: 0 };
  const report = (lines: readonly Line[]): void => {
    for (const line of lines) {
      console.log(formatLine(line));
      counts[line.passed ? 'passed' : 'failed']++;
    }
  };
  for (const { name, run } of casesOf(directory, options)) report(await guarded(name, run));
  if (counts.passed + counts.failed === 0) {
    console.error(`No case of ${directory} ${options.only === undefined ? 'could be found' : `has '${options.only}' in its name`}.`);
    return 1;
  }
  const left = memory().numTensors;
  if (left > 0) report([failure('memory', `${left} tensors were left behind`)]);
  device.dispose();
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 ? 0 : 1;
}

interface Case {
  readonly name: string;
  readonly run: () => Promise<readonly Line[]>;
}

function casesOf(directory: string, { only, layersOnly }: Options): Case[] {
  const { layers, training } = listReferenceFiles(directory);
  const parsed = (path: string): ReturnType<typeof readSafetensors> => readSafetensors(new Uint8Array(readFileSync(path)));
  const layerCases = layers === undefined ? [] : readLayerCases(parsed(layers));
  const cases: Case[] = layerCases.map((layerCase) => ({ name: `layers/${layerCase.name}`, run: async () => [await checkLayerCase(layerCase)] }));
  for (const path of layersOnly === true ? [] : training) {
    const name = basename(path, '.safetensors');
    cases.push({ name, run: () => checkTrainingRun(name, readTrainingRun(parsed(path))) });
  }
  for (const folder of layersOnly === true ? [] : checkpointFolders(directory)) {
    cases.push({ name: basename(folder), run: () => checkCheckpoints(folder) });
  }
  const transforms = layersOnly === true ? undefined : transformsFolder(directory);
  if (transforms !== undefined) cases.push({ name: 'transforms', run: () => checkTransforms(transforms) });
  const { metrics, lpips } = layersOnly === true ? {} : listMetricFiles(directory);
  if (metrics !== undefined) cases.push({ name: 'metrics', run: async () => checkMetrics(parsed(metrics)) });
  if (lpips !== undefined) cases.push({ name: 'lpips_real', run: async () => checkLpipsReal(parsed(lpips), vggWeightsFile(directory)) });
  return cases.filter(({ name }) => only === undefined || name.includes(only));
}

/** A case that throws is a failed case, not the end of the report. */
async function guarded(name: string, run: () => Promise<readonly Line[]>): Promise<readonly Line[]> {
  try {
    return await run();
  } catch (error) {
    return [failure(name, error)];
  }
}

const program = new Command('parity')
  .description('Compares munit with dumps of the published code in MUNIT_REFERENCE_DIR (default: the copies in the repository).')
  .option('--device <name>', 'auto, cuda, webgpu, tensorflow, simd or cpu', 'auto')
  .option('--threads <count>', 'threads of the simd device', Number)
  .option('--only <text>', 'only cases whose name contains this')
  .option('--layers-only', 'only the cases of layers.safetensors')
  .action(async (options: Options) => {
    try {
      process.exitCode = await main(options);
    } catch (error) {
      console.error(error instanceof MunitError ? error.message : error);
      process.exitCode = 1;
    }
  });
await program.parseAsync();
