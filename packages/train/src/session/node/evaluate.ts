/** Evaluating a run on images whose truth is known after the fact: what `munit evaluate` does. */
import { ArgumentError, checkOptions, type DeviceName, openDevice, type OptionNames, RunFolderError } from '@munit/core';
import { type AnimalJudgements, type AnimalPair, animalFigures, resampledAnimalFigures } from '@munit/data/animals';
import { type BenchmarkJudgements, BenchmarkTally, type ResampledFigure, type SyntheticSetOptions } from '@munit/data/synthetic';
import type { TrainingConfig } from '../../config/schema.js';
import { judgeOnAnimals } from '../../evaluateAnimals.js';
import { evaluateSynthetic, placesOf } from '../../evaluateSynthetic.js';
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
  /** Whether the input, and the example, at a place from 0 on is judged, for `judgeRun`: of the others another process judges. Default all. */
  readonly only?: ((place: number) => boolean) | undefined;
  /** Stops the evaluation. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each input and example that is done, of all of them. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const optionNames: OptionNames<EvaluateRunOptions> = {
  folder: true,
  checkpoint: true,
  device: true,
  threads: true,
  inputs: true,
  styles: true,
  seed: true,
  only: true,
  signal: true,
  onProgress: true,
};

/** Metrics of a checkpoint. */
export interface RunEvaluation {
  /** The step of the checkpoint. */
  readonly step: number;
  /** Values by the name of the metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The same as functions of resampled inputs, for intervals. */
  readonly resampled: Readonly<Record<string, ResampledFigure>>;
}

/** What a checkpoint's outputs were judged to be, by the places of their inputs: plain data, which JSON carries. */
export type RunJudgements = { readonly step: number; /** Of the random outputs, in order. */ readonly places: readonly number[]; /** Of the guided outputs. */ readonly guidedPlaces: readonly number[] } & (
  | { readonly set: 'benchmark'; readonly judgements: BenchmarkJudgements }
  | { readonly set: 'animals'; readonly judgements: AnimalJudgements }
);

/**
 * Measures a checkpoint of a run on held-out images of the benchmark, or of a set of animals.
 * @throws RunFolderError when there is no run, no such checkpoint, or the run was on neither
 */
export const evaluateRun = async (options: Omit<EvaluateRunOptions, 'only'>): Promise<RunEvaluation> => figuresOfRun([await judgeRun(options)]);

/**
 * The figures of what `judgeRun` has found, in one part or in several: those of the whole, whatever the parts.
 * @throws ArgumentError unless the parts are of one checkpoint and set and have each place once, from 0 on
 */
export function figuresOfRun(parts: readonly RunJudgements[]): RunEvaluation {
  const [first] = parts;
  if (first === undefined || parts.some(({ step, set }) => step !== first.step || set !== first.set)) throw new ArgumentError('These judgements are not of one checkpoint.', { remedy: 'Give all parts of one evaluation.' });
  const { step } = first;
  if (first.set === 'animals') {
    const judged = joined<AnimalJudgements['random'][number], AnimalJudgements['guided'][number]>(parts);
    return { step, metrics: { ...animalFigures(judged) }, resampled: resampledAnimalFigures(judged) };
  }
  const tally = new BenchmarkTally(joined<BenchmarkJudgements['random'][number], BenchmarkJudgements['guided'][number]>(parts));
  return { step, metrics: { ...tally.figures() }, resampled: tally.resampled() };
}

/** Judgements in the order of their places. */
function joined<R, G>(parts: readonly RunJudgements[]): { readonly random: readonly R[]; readonly guided: readonly G[] } {
  const inOrder = <T>(placed: readonly (readonly [place: number, value: T])[]): T[] => {
    const sorted = [...placed].sort(([a], [b]) => a - b);
    if (sorted.some(([place], i) => place !== i)) throw new ArgumentError('These judgements do not have each place once.', { remedy: 'Give all parts of one evaluation.' });
    return sorted.map(([, value]) => value);
  };
  return {
    random: inOrder(parts.flatMap(({ places, judgements }) => judgements.random.map((value, i) => [places[i] as number, value as R] as const))),
    guided: inOrder(parts.flatMap(({ guidedPlaces, judgements }) => judgements.guided.map((value, i) => [guidedPlaces[i] as number, value as G] as const))),
  };
}

/**
 * Judges a checkpoint's outputs, all or some: `figuresOfRun` measures them.
 * @throws RunFolderError as `evaluateRun`
 */
export async function judgeRun(options: EvaluateRunOptions): Promise<RunJudgements> {
  checkOptions('evaluateRun', options, optionNames);
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

async function measure(loaded: LoadedCheckpoint, config: TrainingConfig, options: EvaluateRunOptions, set: SyntheticSetOptions | readonly AnimalPair[]): Promise<RunJudgements> {
  const networks = createNetworks(config);
  const { state } = restoreCheckpoint(loaded, config);
  const { inputs, styles, seed, only, signal, onProgress } = options;
  const known = { inputs, styles, examples: inputs, seed, only, signal };
  const placed = (count: number) => ({ step: loaded.step, places: placesOf(count, only), guidedPlaces: placesOf(inputs, only) });
  try {
    if (!('size' in set)) {
      const judgements = await judgeOnAnimals(networks, state.ema ?? state.gen, { ...known, pairs: set });
      return { ...placed(Math.min(inputs, set.length)), set: 'animals', judgements };
    }
    const tally = await evaluateSynthetic(networks, state.ema ?? state.gen, { ...known, set, onProgress });
    return { ...placed(inputs), set: 'benchmark', judgements: tally.judgements() };
  } finally {
    disposeState(state);
  }
}
