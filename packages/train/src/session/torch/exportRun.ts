/** A run as a folder that `munit_torch` trains in: `munit export-run`. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { checkOptions, ConfigError, type OptionNames, RunFolderError } from '@munit/core';
import { isInside, realPlace } from '@munit/formats/node';
import type { TrainingConfig } from '../../config/schema.js';
import { writeFileAtomic, writeFileAtomicSync } from '../../run/atomic.js';
import { openCheckpoints } from '../../run/checkpoints.js';
import { digestLines, sha256Of } from '../../run/digest.js';
import { withRunFolderErrors } from '../../run/errors.js';
import { munitVersion } from '../../run/manifest.js';
import { runPaths } from '../../run/paths.js';
import { learnsFromPairs } from '../images.js';
import { type CheckpointName, pickCheckpoint } from '../node/model.js';
import { configOfRun } from '../node/runTraining.js';
import { toTorchCheckpoint } from './checkpoint.js';
import { describedNetworks } from './description.js';
import { type ImagesProgress, writeImages } from './images.js';
import { imagesFileOf, RUN_FORMAT, type TorchPaths, torchPaths } from './layout.js';

/** Which run, and where it goes. */
export interface ExportRunOptions {
  /** The run folder; another process may be training in it. */
  readonly run: string;
  /** The folder to make. */
  readonly out: string;
  /** Default latest. */
  readonly checkpoint?: CheckpointName | undefined;
  /** Steps that the run is to have in all. Default: as it is configured. */
  readonly steps?: number | undefined;
  /** Replace an exported run that is there. Default false. */
  readonly overwrite?: boolean | undefined;
  /** How many images are written, of how many. */
  readonly onProgress?: ImagesProgress | undefined;
  /** Stops the writing. What was written by then cannot be trained: it has no run.json. */
  readonly signal?: AbortSignal | undefined;
}

const optionNames: OptionNames<ExportRunOptions> = { run: true, out: true, checkpoint: true, steps: true, overwrite: true, onProgress: true, signal: true };

/** What was written. */
export interface ExportedRun {
  /** The folder that was made. */
  readonly out: string;
  /** The step of the state that training continues from. */
  readonly step: number;
  /** Its method. */
  readonly trainer: TrainingConfig['trainer'];
}

/** What `munit_torch` does not have. @throws ConfigError */
function checkCovered(config: TrainingConfig): void {
  const problems = [
    ...(config.vgg_w > 0 ? ['the perceptual loss (vgg_w)'] : []),
    ...(config.use_dropout ? ['dropout (use_dropout)'] : []),
    ...(config.consistency_w > 0 ? ["the discriminators' consistency (consistency_w)"] : []),
    ...(config.gen.spectral_norm ? ['spectral norm in generators (gen.spectral_norm)'] : []),
  ];
  if (problems.length === 0) return;
  throw new ConfigError(`This run cannot be trained by munit_torch, which does not have ${problems.join(' and ')}.`, { remedy: 'Train it with munit.' });
}

/** @throws RunFolderError when there is something at `out` that is not to be replaced */
function prepare(paths: TorchPaths, overwrite: boolean): void {
  const { folder } = paths;
  withRunFolderErrors(`write into ${folder}`, () => {
    const held = existsSync(folder) ? readdirSync(folder) : [];
    if (held.length > 0 && !held.includes(basename(paths.run))) throw new RunFolderError(`${folder} is not empty, and holds no exported run.`, { remedy: 'Choose another folder (--out).' });
    if (held.length > 0 && !overwrite) throw new RunFolderError(`${folder} already holds an exported run.`, { remedy: 'Take it back first (munit import-run), choose another folder (--out), or replace it with --overwrite.' });
    if (held.length > 0 && !/"format":\s*"munit-torch-run-/.test(readFileSync(paths.run, 'utf8'))) throw new RunFolderError(`${folder} holds a run.json of something else.`, { remedy: 'Choose another folder (--out).' });
    // First: a half-deleted export must not look whole.
    for (const path of [paths.run, paths.checkpoints, paths.images, paths.events, paths.imported]) rmSync(path, { recursive: true, force: true });
    mkdirSync(paths.checkpoints, { recursive: true });
  });
}

/**
 * Writes configuration, networks, state and images of a run into a folder of its own.
 * @throws RunFolderError when there is no run or no such checkpoint, or `out` cannot be used; ConfigError when `munit_torch` cannot train it
 * @throws DataError when the images cannot be read; AbortedError
 */
export async function exportRun(options: ExportRunOptions): Promise<ExportedRun> {
  checkOptions('exportRun', options, optionNames);
  const { run, checkpoint = 'latest', steps, overwrite = false, onProgress, signal } = options;
  const paths = torchPaths(resolve(options.out));
  if (isInside(await realPlace(paths.folder), await realPlace(run))) {
    throw new RunFolderError(`${options.out} lies within the run ${run}.`, { remedy: 'Choose a folder outside of it (--out).' });
  }
  const config = await configOfRun(run, steps === undefined ? {} : { max_iter: steps });
  checkCovered(config);
  const checkpoints = openCheckpoints(runPaths(run).checkpoints, { readOnly: true });
  const { step, bytes } = await pickCheckpoint(checkpoints, checkpoint, run);
  const state = toTorchCheckpoint(bytes, config);
  prepare(paths, overwrite);
  await writeImages(paths.folder, config, { onProgress, signal });
  const path = join(paths.checkpoints, `step-${String(step).padStart(8, '0')}.safetensors`);
  writeFileAtomicSync(`${path}.sha256`, digestLines([sha256Of(state)], basename(path)));
  await writeFileAtomic(path, state);
  const description = {
    format: RUN_FORMAT,
    munit: munitVersion(),
    step,
    checkpoint: sha256Of(bytes),
    // Scores by other rules do not compare with the losses that munit_torch sees.
    best: checkpoints.best()?.metrics['reconstruction'] ?? null,
    paired: learnsFromPairs(config),
    images: { a: imagesFileOf('a'), b: imagesFileOf('b') },
    networks: describedNetworks(config),
    config,
  };
  // Last: a folder without it does not hold an exported run.
  writeFileAtomicSync(paths.run, `${JSON.stringify(description)}\n`);
  return { out: paths.folder, step, trainer: config.trainer };
}
