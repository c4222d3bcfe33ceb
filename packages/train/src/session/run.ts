/** A training run from a configuration to its folder: what `munit train` does. */
import { totalmem } from 'node:os';
import { ConfigError, type DeviceName, type DeviceReport, openDevice, OutOfMemoryError } from '@munit/core';
import type { BatchesState, DataNotice } from '@munit/data';
import type { VggParams } from '@munit/layers';
import type { TrainingConfig, TrainingConfigInput } from '../config/index.js';
import { configSchema, resolveConfig } from '../config/index.js';
import { evaluateSynthetic } from '../evaluate/index.js';
import type { TrainEventListener } from '../events.js';
import { train, type TrainOptions } from '../loop/index.js';
import { estimateMemory } from '../memory/estimate.js';
import { createModel, type Model } from '../networks/index.js';
import { adam } from '../optimizer/index.js';
import { recordRun } from '../record/index.js';
import { type Checkpoints, openCheckpoints, openRunFolder, type RunFolder } from '../run/index.js';
import { decodeState, disposeState, initialState, type Params, type PerDomain, type TrainState } from '../state/index.js';
import { createObjective } from '../step/index.js';
import { openRunData, type RunData } from './dataset.js';
import { writeRunModel } from './model.js';
import { loadVgg } from './vgg.js';

export interface RunTrainingOptions {
  /** The run folder: made when it is not there. */
  readonly folder: string;
  /** The resolved configuration; with `resume`, only what may change on the way (see `resumable`). */
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

/** What may be given anew when a run goes on; everything else would make it another run. */
const resumable = ['max_iter', 'log_iter', 'image_save_iter', 'image_display_iter', 'snapshot_save_iter', 'keep_last', 'keep_every', 'num_workers'] as const;

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
  const config = folder.manifest === undefined ? resolveConfig(options.config) : resumedConfig(folder.manifest.config, options.config ?? {});
  const notices = new Notices(folder.notices);
  const checkpoints = openCheckpoints(folder.paths.checkpoints, { keepLast: config.keep_last, keepEvery: config.keep_every, onNotice: (text) => notices.add(text) });
  const device = await openDevice(options.device ?? 'auto', options.threads === undefined ? {} : { threads: options.threads });
  try {
    const estimate = estimateMemory(config).totalBytes;
    requireMemory(estimate, device.name);
    const vgg = await loadVgg(config);
    const prepared = await prepare(config, checkpoints);
    const data = await openRunData(config, {
      state: prepared.data,
      strict: options.strict ?? false,
      ...(options.maxBroken === undefined ? {} : { maxBroken: options.maxBroken }),
      onNotice: (notice) => notices.add(describe(notice)),
    }).catch((error: unknown) => {
      disposeState(prepared.state);
      throw error;
    });
    folder.writeManifest({ seed: config.seed, config, device: device.report, fromStep: prepared.state.step, ...(options.command === undefined ? {} : { command: options.command }) });
    const recorder = recordRun(folder);
    let metrics: Readonly<Record<string, number>> = {};
    const listener: TrainEventListener = (event) => {
      if (event.type === 'evaluation') metrics = event.metrics;
      recorder.listener(event);
      options.onEvent?.(event);
    };
    const started = performance.now();
    try {
      listener({ type: 'start', totalSteps: config.max_iter, step: prepared.state.step, device: device.report.description, config, memoryEstimateBytes: estimate });
      if (options.resume === true) listener({ type: 'resumed', step: prepared.state.step });
      notices.tell((message) => listener({ type: 'warning', message }));
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

/** What happens before the run can say it: said as soon as it can. */
class Notices {
  #waiting: string[];
  #listener: ((message: string) => void) | undefined;

  constructor(first: readonly string[]) {
    this.#waiting = [...first];
  }

  add(message: string): void {
    if (this.#listener === undefined) this.#waiting.push(message);
    else this.#listener(message);
  }

  /** From now on `listener` is told, what waits first. */
  tell(listener: (message: string) => void): void {
    this.#listener = listener;
    for (const message of this.#waiting) listener(message);
    this.#waiting = [];
  }
}

interface Prepared {
  readonly model: Model;
  readonly state: TrainState;
  /** Where the data stood at the checkpoint; undefined at the start of a run. */
  readonly data: BatchesState | undefined;
}

const optimizerOf = (config: TrainingConfig): ReturnType<typeof adam<PerDomain<Params>>> =>
  adam<PerDomain<Params>>({ beta1: config.beta1, beta2: config.beta2, weightDecay: config.weight_decay });

/** The newest whole checkpoint, or a fresh state. */
async function prepare(config: TrainingConfig, checkpoints: Checkpoints): Promise<Prepared> {
  const model = createModel(config);
  const fresh = initialState(model, optimizerOf(config), { seed: config.seed, average: config.ema_half_life_images > 0 });
  const latest = await checkpoints.latestCheckpoint();
  if (latest === undefined) return { model, state: fresh, data: undefined };
  try {
    const { state, metadata } = decodeState(latest.bytes, fresh);
    checkpoints.discardAfter(state.step);
    return { model, state, data: JSON.parse(metadata['data'] ?? 'null') as BatchesState };
  } finally {
    disposeState(fresh);
  }
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
      listener({ type: 'checkpoint', step, path, best });
    },
    restore: async () => {
      const latest = await checkpoints.latestCheckpoint();
      if (latest === undefined) return undefined;
      const like = initialState(model, optimizerOf(config), { seed: config.seed, average: config.ema_half_life_images > 0 });
      try {
        return decodeState(latest.bytes, like).state;
      } finally {
        disposeState(like);
      }
    },
    ...(synthetic === undefined
      ? {}
      : {
          evaluate: async (gen: PerDomain<Params>) => {
            const figures = await evaluateSynthetic(model, gen, { set: synthetic, inputs: 16, styles: 20, examples: 64, seed: config.seed, signal: options.signal });
            return { metrics: { ...figures }, score: figures.contentIoU + figures.modesCovered / 8 + (Number.isNaN(figures.guidedAccuracy) ? 0 : figures.guidedAccuracy) };
          },
        }),
  };
}

function resumedConfig(stored: unknown, changes: TrainingConfigInput): TrainingConfig {
  const config = configSchema.parse(stored);
  const refused = Object.keys(changes).filter((key) => !(resumable as readonly string[]).includes(key));
  if (refused.length > 0) {
    throw new ConfigError(`A resumed run keeps its configuration, but ${refused.join(', ')} came anew.`, {
      remedy: `Only ${resumable.join(', ')} may change; start another run for the rest.`,
    });
  }
  return resolveConfig({ ...config, ...changes } as TrainingConfigInput);
}

/** WebAssembly addresses 4 GiB; other devices share the machine's memory or have their own limits. */
function requireMemory(bytes: number, device: DeviceName): void {
  const limit = device === 'simd' ? 4 * 2 ** 30 : device === 'cpu' || device === 'tensorflow' ? totalmem() : Infinity;
  if (bytes <= limit) return;
  const gib = (n: number): string => `${(n / 2 ** 30).toFixed(1)} GiB`;
  throw new OutOfMemoryError(`Training with this configuration needs about ${gib(bytes)}, but the device '${device}' has ${gib(limit)}.`, {
    remedy: 'Make batch_size, the crop or gen.dim smaller; accumulate gives back a larger effective batch.',
  });
}

function describe(notice: DataNotice): string {
  const where = `${notice.name} (domain ${notice.domain.toUpperCase()})`;
  return notice.kind === 'broken' ? `Skipped ${where}: it ${notice.reason}. ${notice.count} broken so far.` : `${where} ${notice.note}.`;
}

