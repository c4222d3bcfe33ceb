/** A training run from a configuration to its folder: what `munit train` does. */
import { totalmem } from 'node:os';
import { type DeviceName, type DeviceReport, openDevice } from '@munit/core';
import type { VggParams } from '@munit/layers';
import type { TrainingConfig, TrainingConfigInput } from '../config/index.js';
import { resolveConfig } from '../config/index.js';
import type { TrainEventListener } from '../events.js';
import { train, type TrainOptions } from '../loop/index.js';
import { estimateMemory } from '../memory/estimate.js';
import { createModel, type Model } from '../networks/index.js';
import { recordRun } from '../telemetry/recorder.js';
import { type Checkpoints, openCheckpoints, openRunFolder, type RunFolder } from '../run/index.js';
import { describeNotice, freshState, judgeOnBenchmark, Notices, requireMemory, type Restored, resumedConfig, type RunData, stateOfCheckpoint } from '../setup/index.js';
import { disposeState } from '../state/index.js';
import { createObjective } from '../step/index.js';
import { openRunData } from './dataset.js';
import { writeRunModel } from './model.js';
import { loadVgg } from './vgg.js';

export interface RunTrainingOptions {
  /** The run folder: made when it is not there. */
  readonly folder: string;
  /** With `resume`, only what may change on the way: the lengths and intervals. */
  readonly config?: TrainingConfigInput;
  /** Go on with the run that the folder holds, with its configuration. */
  readonly resume?: boolean;
  /** Delete the run that the folder holds. */
  readonly overwrite?: boolean;
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
  const folder = openRunFolder(options.folder, { resume: options.resume ?? false, overwrite: options.overwrite ?? false });
  try {
    return await inFolder(folder, options);
  } finally {
    folder.close();
  }
}

async function inFolder(folder: RunFolder, options: RunTrainingOptions): Promise<RunOutcome> {
  const config = folder.manifest === undefined ? resolveConfig(options.config) : resumedConfig(folder.manifest.config, options.config);
  const notices = new Notices(folder.notices);
  const checkpoints = openCheckpoints(folder.paths.checkpoints, { keepLast: config.keep_last, keepEvery: config.keep_every, onNotice: (text) => notices.add(text) });
  const device = await openDevice(options.device ?? 'auto', options.threads === undefined ? {} : { threads: options.threads });
  try {
    const estimate = estimateMemory(config).totalBytes;
    requireMemory(estimate, device.name, totalmem());
    const vgg = await loadVgg(config);
    const prepared = await prepare(config, checkpoints);
    const data = await openRunData(config, {
      state: prepared.data,
      strict: options.strict ?? false,
      ...(options.maxBroken === undefined ? {} : { maxBroken: options.maxBroken }),
      onNotice: (notice) => notices.add(describeNotice(notice)),
    }).catch((error: unknown) => {
      disposeState(prepared.state);
      throw error;
    });
    folder.writeManifest({ seed: config.seed, config, device: device.report, fromStep: prepared.state.step, ...(options.command === undefined ? {} : { command: options.command }) });
    const recorder = recordRun(folder);
    let metrics: Readonly<Record<string, number>> = {};
    const listener: TrainEventListener = (event) => {
      if (event.kind === 'evaluation') metrics = event.metrics;
      recorder.listener(event);
      options.onEvent?.(event);
    };
    const started = performance.now();
    try {
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
    } finally {
      recorder.close();
      await data.batches.dispose();
    }
  } finally {
    device.dispose();
  }
}

interface Prepared extends Restored {
  readonly model: Model;
}

/** The newest whole checkpoint, or a fresh state. */
async function prepare(config: TrainingConfig, checkpoints: Checkpoints): Promise<Prepared> {
  const model = createModel(config);
  const latest = await checkpoints.latestCheckpoint();
  if (latest === undefined) return { model, state: freshState(config, model), data: undefined };
  const restored = stateOfCheckpoint(latest.bytes, config);
  checkpoints.discardAfter(restored.state.step);
  return { model, ...restored };
}

interface RunTools {
  readonly checkpoints: Checkpoints;
  readonly folder: RunFolder;
  readonly listener: TrainEventListener;
  readonly vgg: VggParams | undefined;
}

function loopOptions(
  config: TrainingConfig,
  { model, state }: Prepared,
  data: RunData,
  { checkpoints, folder, listener, vgg }: RunTools,
  options: RunTrainingOptions,
): TrainOptions {
  const { synthetic } = data;
  return {
    config,
    model,
    objective: createObjective(config, vgg),
    state,
    data: data.batches,
    display: data.display,
    onEvent: listener,
    signal: options.signal,
    residentBytes: () => process.memoryUsage.rss(),
    bestScore: checkpoints.best()?.metrics['score'],
    save: async ({ step, bytes, best, score }) => {
      folder.requireSpace(bytes.byteLength, 'the next checkpoint');
      const { path } = await checkpoints.saveCheckpoint(step, bytes, best ? { best, metrics: { score } } : {});
      listener({ kind: 'checkpoint', step, path, best });
    },
    restore: async () => {
      const latest = await checkpoints.latestCheckpoint();
      return latest === undefined ? undefined : stateOfCheckpoint(latest.bytes, config).state;
    },
    ...(synthetic === undefined ? {} : { evaluate: (gen) => judgeOnBenchmark(model, gen, { set: synthetic, seed: config.seed, signal: options.signal }) }),
  };
}
