/** A training run from a configuration to its folder: what `munit train` does. */
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename } from 'node:path';
import { checkOptions, ConfigError, DeviceLostError, type DeviceName, type DeviceReport, type OptionNames, perDomain, RunFolderError } from '@munit/core';
import { writeModel } from '@munit/formats/node';
import type { PresetName } from '../../config/presets.js';
import { resolveConfig } from '../../config/resolve.js';
import type { TrainingConfig, TrainingConfigInput } from '../../config/schema.js';
import type { TrainEventListener } from '../../events.js';
import type { PerceptualNetwork } from '../../methods/method.js';
import { recordRun } from '../../telemetry/recorder.js';
import { openCheckpoints } from '../../run/checkpoints.js';
import { openRunFolder, type RunFolder } from '../../run/folder.js';
import { readManifest, type RunManifest } from '../../run/manifest.js';
import { type RunPaths, runPaths } from '../../run/paths.js';
import { configOfCheckpoint } from '../checkpoint.js';
import { resumedConfig, storedConfig } from '../config.js';
import { Notices } from '../notices.js';
import type { ImageFeed, OtherImages } from '../ports.js';
import { ReleaseStack } from '../release.js';
import { type TrainingOutcome, TrainingSession } from '../session.js';
import { vggOfBytes } from '../vgg.js';
import { openRunData } from './dataset.js';
import { folderStore } from './folderStore.js';
import { measureTranslations } from './measure.js';
import { lastMetrics } from './model.js';
import { checkPlaces } from './places.js';

/** What a run in a folder is started or resumed with. */
export interface RunTrainingOptions {
  /** The run folder; created when it does not exist. */
  readonly folder: string;
  /** With `resume`, only what may change on the way: the lengths and intervals, and where images are. */
  readonly config?: TrainingConfigInput | undefined;
  /** The preset that `config` changes. Not with `resume`. */
  readonly preset?: PresetName | undefined;
  /** Continue the run that the folder holds, with its configuration. */
  readonly resume?: boolean | undefined;
  /** Delete the run that the folder holds. */
  readonly overwrite?: boolean | undefined;
  /** Default `auto`. */
  readonly device?: DeviceName | 'auto' | undefined;
  /** Threads of the device 'simd'. */
  readonly threads?: number | undefined;
  /** The most that the device may take, bytes; networks are computed again in the backward pass where that makes the run fit. */
  readonly memory?: number | undefined;
  /** With `resume`, when the images are not those of the run: refuse (the default), or keep the weights and begin the order again. */
  readonly otherImages?: OtherImages | undefined;
  /** Fail at the first broken image. */
  readonly strict?: boolean | undefined;
  /** Broken images that a domain may have. */
  readonly maxBroken?: number | undefined;
  /** Takes the events of the run, in order. */
  readonly onEvent?: TrainEventListener | undefined;
  /** Aborting stops after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** The command that started this, for the record. */
  readonly command?: readonly string[] | undefined;
}

const optionNames: OptionNames<RunTrainingOptions> = {
  folder: true,
  config: true,
  preset: true,
  resume: true,
  overwrite: true,
  device: true,
  threads: true,
  memory: true,
  otherImages: true,
  strict: true,
  maxBroken: true,
  onEvent: true,
  signal: true,
  command: true,
};

/** How a run in a folder ended. */
export interface RunOutcome {
  /** The run folder. */
  readonly folder: string;
  /** The report's path. */
  readonly report: string;
  /** The model folder: the averaged generators, for use and sharing. */
  readonly model: string;
  /** The resolved configuration. */
  readonly config: TrainingConfig;
  /** The device that trained, and why it was taken. */
  readonly device: DeviceReport;
  /** Steps done. */
  readonly step: number;
  /** Why it ended. */
  readonly reason: 'finished' | 'interrupted';
  /** Wall-clock time of this start. */
  readonly seconds: number;
  /** The last evaluation's figures; empty without a benchmark. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Trains in a run folder until the end or until the signal aborts; either way everything is saved, and `resume` continues bit for bit as if
 * it had never stopped. A device that is lost on the way is opened again, and training continues from the latest checkpoint.
 *
 * @throws ArgumentError, ConfigError, DataError, RunFolderError, DeviceUnavailableError, OutOfMemoryError before anything is trained
 * @throws NonFiniteError when a state is not finite for the second time
 * @throws DeviceLostError when the device is lost again before the next checkpoint
 */
export async function runTraining(options: RunTrainingOptions): Promise<RunOutcome> {
  checkOptions('runTraining', options, optionNames);
  const opened = new ReleaseStack((what, error) => options.onEvent?.({ kind: 'warning', message: `${what} could not be closed: ${error instanceof Error ? error.message : String(error)}` }));
  try {
    // What can be known of a fresh run is known before its folder is made, or another run in it deleted.
    const fresh = freshConfig(options);
    if (fresh !== undefined) await checkPlaces(options.folder, fresh);
    const folder = openRunFolder(options.folder, options);
    opened.add('The run folder', () => folder.close());
    return await inFolder(folder, options, fresh, opened);
  } finally {
    await opened.release();
  }
}

async function inFolder(folder: RunFolder, options: RunTrainingOptions, fresh: TrainingConfig | undefined, opened: ReleaseStack): Promise<RunOutcome> {
  const { paths } = folder;
  const notices = new Notices(folder.notices);
  const warn = (message: string): void => notices.add(message);
  const config = fresh ?? (await storedConfigOf(paths, folder.manifest, options.config, warn));
  const checkpoints = openCheckpoints(paths.checkpoints, { keepLast: config.keep_last, keepEvery: config.keep_every, onNotice: warn });
  let metrics: Readonly<Record<string, number>> = {};
  let savedStep = -1;
  let listener: TrainEventListener = () => undefined;
  const session = await TrainingSession.open(
    {
      ...options,
      config,
      images: folderFeed(config),
      checkpoints: folderStore(folder, checkpoints),
      vgg: () => loadVgg(config),
      resumed: folder.resumed,
      evaluate: true,
      measure: measureTranslations,
      machineBytes: totalmem(),
      residentBytes: () => process.memoryUsage.rss(),
      onEvent: (event) => listener(event),
    },
    notices,
  );
  opened.add('The training', () => session.dispose());
  folder.writeManifest({ seed: config.seed, config, device: session.device, fromStep: session.completedSteps, command: options.command ?? [] });
  const recorder = recordRun(folder, { fromStep: session.completedSteps });
  for (const notice of recorder.notices) notices.add(notice);
  opened.add('The logs', () => recorder.close());
  listener = (event) => {
    if (event.kind === 'evaluation') metrics = event.metrics;
    if (event.kind === 'checkpoint') savedStep = event.step;
    recorder.listener(event);
    options.onEvent?.(event);
  };
  const started = performance.now();
  const { step, reason } = await runToEnd(session, () => savedStep, warn);
  await writeModel(paths.model, await session.export(lastMetrics(paths, step)), { overwrite: true });
  const seconds = (performance.now() - started) / 1000;
  return { folder: paths.folder, report: paths.report, model: paths.model, config, device: session.device, step, reason, seconds, metrics };
}

/** Runs; a device that is lost is opened again, as long as each loss finds a checkpoint that the one before did not. */
async function runToEnd(session: TrainingSession, savedStep: () => number, warn: (message: string) => void): Promise<TrainingOutcome> {
  for (let before = -2; ; ) {
    try {
      return await session.run();
    } catch (error) {
      const saved = savedStep();
      if (!(error instanceof DeviceLostError) || saved <= before) throw error;
      before = saved;
      await session.recover();
      warn(`The device was lost. It has been opened again (${session.device.description}), and training continues from step ${session.completedSteps}.`);
    }
  }
}

/** The configuration of a run that begins; undefined for one that is resumed with its own. @throws ConfigError */
function freshConfig({ config, preset, resume }: RunTrainingOptions): TrainingConfig | undefined {
  if (resume !== true) return resolveConfig(config, preset);
  if (preset !== undefined) throw new ConfigError('A preset cannot be given when resuming.', { remedy: 'Leave the preset out.' });
  return undefined;
}

/** From `run.json`, or, where that is lost, from the newest checkpoint. */
async function storedConfigOf(paths: RunPaths, manifest: RunManifest | undefined, changes: TrainingConfigInput | undefined, onNotice: (message: string) => void): Promise<TrainingConfig> {
  if (manifest !== undefined) return resumedConfig(storedConfig(manifest.config, `${paths.manifest} (written by munit ${manifest.sessions.at(-1)?.munit})`), changes);
  const newest = await openCheckpoints(paths.checkpoints, { readOnly: true }).latestCheckpoint();
  if (newest === undefined) throw new RunFolderError(`${paths.folder} holds neither run.json nor a checkpoint.`, { remedy: 'Check the path.' });
  onNotice('run.json is missing: the configuration has been taken from the newest checkpoint.');
  return resumedConfig(configOfCheckpoint(newest.bytes), changes);
}

/**
 * The configuration with which `runTraining` would resume a run; the folder is left alone, and another process may be training in it.
 * @throws RunFolderError when there is no run; ConfigError when `changes` holds more than may change
 */
export function configOfRun(folder: string, changes: TrainingConfigInput = {}): Promise<TrainingConfig> {
  const paths = runPaths(folder);
  return storedConfigOf(paths, readManifest(paths), changes, () => undefined);
}

/** The images of a disk. */
function folderFeed(config: TrainingConfig): ImageFeed {
  return {
    open: (wanted, { onWarning: _, ...options }) => openRunData(wanted, options),
    names: perDomain((domain) => basename(config[`data_folder_train_${domain}`] ?? '')),
  };
}

/** @throws ConfigError when the file that the configuration names cannot be read; CheckpointMismatchError when it holds another network */
async function loadVgg(config: TrainingConfig): Promise<PerceptualNetwork> {
  const path = config.vgg_weights;
  if (path === undefined) {
    throw new ConfigError(`The perceptual loss (vgg_w ${config.vgg_w}) needs the weights of VGG16, but vgg_weights names no file.`, {
      remedy: 'Set vgg_weights to a vgg16 .pth file of torchvision, or vgg_w to 0.',
    });
  }
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new ConfigError(`The weights of VGG16 cannot be read from ${path}.`, { cause, remedy: 'Check the path in vgg_weights.' });
  });
  return vggOfBytes(new Uint8Array(bytes), config, path);
}
