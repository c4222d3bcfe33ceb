/** A training run from a configuration to its folder: what `munit train` does. */
import { totalmem } from 'node:os';
import { CheckpointMismatchError, type DeviceName, type DeviceReport, openDevice, RunFolderError } from '@munit/core';
import type { VggParams } from '@munit/layers';
import type { TrainingConfig, TrainingConfigInput } from '../config/index.js';
import { resolveConfig } from '../config/index.js';
import type { TrainEventListener } from '../events.js';
import type { Score } from '../loop/best.js';
import { train, type TrainOptions } from '../loop/train.js';
import { estimateMemory } from '../memory/estimate.js';
import { createNetworks, createObjective, initialState } from '../methods/create.js';
import type { Networks } from '../methods/method.js';
import { recordRun } from '../telemetry/recorder.js';
import { type Checkpoints, type LoadedCheckpoint, openCheckpoints, openRunFolder, ReleaseStack, requireUntrained, type RunFolder } from '../run/index.js';
import { checkpointFault, configOfCheckpoint, describeNotice, judgeOnBenchmark, Notices, requireMemory, type Restored, resumedConfig, type RunData, stateOfCheckpoint, storedConfig } from '../setup/index.js';
import { disposeState } from '../state/state.js';
import { openRunData } from './dataset.js';
import { writeRunModel } from './model.js';
import { loadVgg } from './vgg.js';

export interface RunTrainingOptions {
  /** The run folder: made when it is not there. */
  readonly folder: string;
  /** With `resume`, only what may change on the way: the lengths and intervals. */
  readonly config?: TrainingConfigInput;
  /** Go on with the run that the folder holds, with its configuration. */
  readonly resume?: boolean | undefined;
  /** Delete the run that the folder holds. */
  readonly overwrite?: boolean | undefined;
  readonly device?: DeviceName | 'auto';
  readonly threads?: number;
  /** Fail at the first broken image. */
  readonly strict?: boolean;
  readonly maxBroken?: number;
  readonly onEvent?: TrainEventListener;
  readonly signal?: AbortSignal;
  /** The command that started this, for the record. */
  readonly command?: readonly string[];
}

export interface RunOutcome {
  readonly folder: string;
  readonly report: string;
  /** The model folder: the averaged generators, for use and sharing. */
  readonly model: string;
  readonly config: TrainingConfig;
  readonly device: DeviceReport;
  readonly step: number;
  readonly reason: 'finished' | 'interrupted';
  readonly seconds: number;
  /** The last evaluation's figures; empty without a benchmark. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Trains in a run folder until the end or until the signal aborts; either way everything is saved, and `resume` goes on
 * bit for bit as if it had never stopped.
 *
 * @throws ConfigError, DataError, RunFolderError, DeviceUnavailableError, OutOfMemoryError before anything is trained
 * @throws NonFiniteError when a loss is not finite for the second time
 */
export async function runTraining(options: RunTrainingOptions): Promise<RunOutcome> {
  const opened = new ReleaseStack((what, error) => options.onEvent?.({ kind: 'warning', message: `${what} could not be closed: ${error instanceof Error ? error.message : String(error)}` }));
  try {
    const folder = openRunFolder(options.folder, options);
    opened.add('The run folder', () => folder.close());
    return await inFolder(folder, options, opened);
  } finally {
    await opened.release();
  }
}

async function inFolder(folder: RunFolder, options: RunTrainingOptions, opened: ReleaseStack): Promise<RunOutcome> {
  const notices = new Notices(folder.notices);
  const config = await configOf(folder, options, (text) => notices.add(text));
  const checkpoints = openCheckpoints(folder.paths.checkpoints, { keepLast: config.keep_last, keepEvery: config.keep_every, onNotice: (text) => notices.add(text) });
  const device = await openDevice(options.device ?? 'auto', options.threads === undefined ? {} : { threads: options.threads });
  opened.add('The device', () => device.dispose());
  const estimate = estimateMemory(config).totalBytes;
  requireMemory(estimate, device.name, totalmem());
  const vgg = await loadVgg(config);
  const prepared = await prepare(config, checkpoints, folder);
  const data = await openRunData(config, {
    state: prepared.data,
    strict: options.strict ?? false,
    ...(options.maxBroken === undefined ? {} : { maxBroken: options.maxBroken }),
    onNotice: (notice) => notices.add(describeNotice(notice)),
  }).catch((error: unknown) => {
    disposeState(prepared.state);
    throw error;
  });
  opened.add('The images', () => data.batches.dispose());
  folder.writeManifest({ seed: config.seed, config, device: device.report, fromStep: prepared.state.step, ...(options.command === undefined ? {} : { command: options.command }) });
  const recorder = recordRun(folder);
  opened.add('The logs', () => recorder.close());
  let metrics: Readonly<Record<string, number>> = {};
  const listener: TrainEventListener = (event) => {
    if (event.kind === 'evaluation') metrics = event.metrics;
    recorder.listener(event);
    options.onEvent?.(event);
  };
  const started = performance.now();
  listener({ kind: 'start', totalSteps: config.max_iter, step: prepared.state.step, device: device.report.description, config, memoryEstimateBytes: estimate });
  if (options.resume === true) listener({ kind: 'resumed', step: prepared.state.step });
  notices.tell((message) => listener({ kind: 'warning', message }));
  const result = await train(loopOptions(config, prepared, data, { checkpoints, folder, listener, vgg }, options));
  const step = result.state.step;
  try {
    await writeRunModel(folder.paths, result.state, config);
  } finally {
    disposeState(result.state);
  }
  const seconds = (performance.now() - started) / 1000;
  return { folder: folder.paths.folder, report: folder.paths.report, model: folder.paths.model, config, device: device.report, step, reason: result.reason, seconds, metrics };
}

/**
 * The configuration of a fresh run, or the stored one of a run that is resumed: from `run.json`, or, where that is lost, from the
 * newest checkpoint.
 */
async function configOf({ manifest, paths, resumed }: RunFolder, { config }: RunTrainingOptions, onNotice: (message: string) => void): Promise<TrainingConfig> {
  if (!resumed) return resolveConfig(config);
  if (manifest !== undefined) return resumedConfig(storedConfig(manifest.config, `${paths.manifest} (written by munit ${manifest.sessions.at(-1)?.munit})`), config);
  const newest = await openCheckpoints(paths.checkpoints, { readOnly: true }).latestCheckpoint();
  if (newest === undefined) throw new RunFolderError(`${paths.folder} holds neither run.json nor a checkpoint.`, { remedy: 'Check the path.' });
  onNotice('run.json is missing: the configuration has been taken from the newest checkpoint.');
  return resumedConfig(configOfCheckpoint(newest.bytes), config);
}

interface Prepared extends Restored {
  readonly networks: Networks;
}

/** The newest checkpoint that can be used, or a fresh state. */
async function prepare(config: TrainingConfig, checkpoints: Checkpoints, { paths, resumed }: RunFolder): Promise<Prepared> {
  const networks = createNetworks(config);
  const latest = await newestUsable(checkpoints);
  if (latest === undefined) {
    if (resumed) requireUntrained(paths);
    return { networks, state: initialState(config, networks), data: undefined };
  }
  const restored = restore(latest, config);
  checkpoints.discardAfter(restored.state.step);
  return { networks, ...restored };
}

/** The newest checkpoint that is whole and whose values are finite. */
const newestUsable = (checkpoints: Checkpoints): Promise<LoadedCheckpoint | undefined> => checkpoints.latestCheckpoint(({ bytes }) => checkpointFault(bytes));

/** @throws CheckpointMismatchError when the file is of another step than its name says */
function restore({ step, path, bytes }: LoadedCheckpoint, config: TrainingConfig): Restored {
  const restored = stateOfCheckpoint(bytes, config);
  if (restored.state.step === step) return restored;
  disposeState(restored.state);
  throw new CheckpointMismatchError(`${path} holds the state of step ${restored.state.step}.`, { remedy: 'Restore the checkpoint from a copy, or delete it to resume from an older one.' });
}

/** What the best checkpoint's score is called beside it. `score` was also the unweighted sum of some losses, before losses were weighted: see `scoreOf`. */
const scoreKeys = { metric: 'score', losses: 'reconstruction' } as const satisfies Record<Score['rule'], string>;

/** The best checkpoint's score by whichever rule it has one. */
function scoreOf(metrics: Readonly<Record<string, number>> | undefined): Score | undefined {
  for (const rule of ['losses', 'metric'] as const) {
    const value = metrics?.[scoreKeys[rule]];
    if (value !== undefined) return { rule, value };
  }
  return undefined;
}

interface RunTools {
  readonly checkpoints: Checkpoints;
  readonly folder: RunFolder;
  readonly listener: TrainEventListener;
  readonly vgg: VggParams | undefined;
}

function loopOptions(
  config: TrainingConfig,
  { networks, state }: Prepared,
  data: RunData,
  { checkpoints, folder, listener, vgg }: RunTools,
  options: RunTrainingOptions,
): TrainOptions {
  const { synthetic } = data;
  return {
    config,
    networks,
    objective: createObjective(config, networks, vgg),
    state,
    data: data.batches,
    display: data.display,
    onEvent: listener,
    signal: options.signal,
    residentBytes: () => process.memoryUsage.rss(),
    bestScore: scoreOf(checkpoints.best()?.metrics),
    save: async ({ step, bytes, best, score }) => {
      folder.requireSpace(bytes.byteLength, 'the next checkpoint');
      const { path } = await checkpoints.saveCheckpoint(step, bytes, best && score !== undefined ? { best, metrics: { [scoreKeys[score.rule]]: score.value } } : {});
      listener({ kind: 'checkpoint', step, path, best });
    },
    restore: async () => {
      const latest = await newestUsable(checkpoints);
      return latest === undefined ? undefined : restore(latest, config).state;
    },
    ...(synthetic === undefined ? {} : { evaluate: (gen) => judgeOnBenchmark(networks, gen, { set: synthetic, seed: config.seed, signal: options.signal }) }),
  };
}
