/** Evaluating a run on images whose truth is known after the fact: what `munit evaluate` does. */
import { type DeviceName, openDevice, RunFolderError } from '@munit/core';
import { type AnimalPair, resampledAnimalFigures } from '@munit/data/animals';
import type { ResampledFigure, SyntheticSetOptions } from '@munit/data/synthetic';
import type { TrainingConfig } from '../../config/schema.js';
import { translateAnimals } from '../../evaluateAnimals.js';
import { evaluateSynthetic } from '../../evaluateSynthetic.js';
import { createNetworks } from '../../methods/create.js';
import { type LoadedCheckpoint, openCheckpoints } from '../../run/checkpoints.js';
import { readManifest } from '../../run/manifest.js';
import { runPaths } from '../../run/paths.js';
import { restoreCheckpoint } from '../checkpoint.js';
import { storedConfig } from '../config.js';
import { disposeState } from '../../state/state.js';
import { animalPairsOf, syntheticSetOf } from './dataset.js';
import { type CheckpointName, pickCheckpoint } from './model.js';

/** What `evaluateRun` evaluates, and how. */
export interface EvaluateRunOptions {
  /** The run folder. */
  readonly folder: string;
  /** Default latest. */
  readonly checkpoint?: CheckpointName | undefined;
  /** Default `auto`. */
  readonly device?: DeviceName | 'auto' | undefined;
  /** Threads of a device on the CPU. Default: all cores. */
  readonly threads?: number | undefined;
  /** Test images of each domain. */
  readonly inputs: number;
  /** Random styles for each image. */
  readonly styles: number;
  /** Seed of the random styles. */
  readonly seed: number;
  /** Stops the evaluation. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each input and example that is done, of all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Metrics of a checkpoint. */
export interface RunEvaluation {
  /** The step of the checkpoint. */
  readonly step: number;
  /** Values by the name of the metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same as functions of resampled inputs, for intervals. */
  readonly resampled: Readonly<Record<string, ResampledFigure>>;
}

/**
 * Measures a checkpoint of a run on held-out images of the benchmark, or of a set of animals.
 * @throws RunFolderError when there is no run, no such checkpoint, or the run was on neither
 */
export async function evaluateRun(options: EvaluateRunOptions): Promise<RunEvaluation> {
  const paths = runPaths(options.folder);
  const manifest = readManifest(paths);
  if (manifest === undefined) throw new RunFolderError(`${options.folder} holds no run.`, { remedy: 'Give the folder that `munit train` wrote.' });
  const config = storedConfig(manifest.config, paths.manifest);
  const set = (await syntheticSetOf(config)) ?? (await animalPairsOf(config, Math.max(2, options.inputs)));
  if (set === undefined) {
    throw new RunFolderError(`The run in ${options.folder} was not trained on the synthetic benchmark or on animals, so its truth is not known.`, {
      remedy: 'Train on a set of `munit data synthetic` or `munit data animals`, at its own size, or set synthetic_count.',
    });
  }
  const loaded = await pickCheckpoint(openCheckpoints(paths.checkpoints, { readOnly: true }), options.checkpoint ?? 'latest', options.folder);
  const device = await openDevice(options.device ?? 'auto', options.threads === undefined ? {} : { threads: options.threads });
  try {
    return await measure(loaded, config, options, set);
  } finally {
    device.dispose();
  }
}

async function measure(loaded: LoadedCheckpoint, config: TrainingConfig, options: EvaluateRunOptions, set: SyntheticSetOptions | readonly AnimalPair[]): Promise<RunEvaluation> {
  const networks = createNetworks(config);
  const { state } = restoreCheckpoint(loaded, config);
  const { inputs, styles, seed, signal, onProgress } = options;
  const known = { inputs, styles, examples: inputs, seed, signal };
  try {
    if (!('size' in set)) {
      const resampled = resampledAnimalFigures(await translateAnimals(networks, state.ema ?? state.gen, { ...known, pairs: set }));
      const metrics = Object.fromEntries(Object.entries(resampled).map(([name, { count, figure }]) => [name, figure(new Uint8Array(count).fill(1))]));
      return { step: loaded.step, metrics, resampled };
    }
    const tally = await evaluateSynthetic(networks, state.ema ?? state.gen, { ...known, set, onProgress });
    return { step: loaded.step, metrics: { ...tally.figures() }, resampled: tally.resampled() };
  } finally {
    disposeState(state);
  }
}
