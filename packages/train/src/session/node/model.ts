/** From a run to a model for use and sharing: the averaged generators, and what a reader should know about them. */
import { basename } from 'node:path';
import { checkOptions, type DeviceName, openDevice, type OptionNames, perDomain, RunFolderError } from '@munit/core';
import type { Model, WeightsDtype } from '@munit/formats';
import { writeModel } from '@munit/formats/node';
import * as z from 'zod';
import type { TrainingConfig } from '../../config/schema.js';
import { readEventLog } from '../../telemetry/replay.js';
import { type Checkpoints, type LoadedCheckpoint, openCheckpoints } from '../../run/checkpoints.js';
import { readManifest } from '../../run/manifest.js';
import { type RunPaths, runPaths } from '../../run/paths.js';
import { restoreCheckpoint } from '../checkpoint.js';
import { storedConfig } from '../config.js';
import { exportedModel, type Metrics } from '../model.js';
import { disposeState, type TrainState } from '../../state/state.js';

/** The model of a training state: the averaged weights where there are some. */
export function modelOfState(state: Pick<TrainState, 'step' | 'gen' | 'ema'>, config: TrainingConfig, metrics: Metrics = {}): Promise<Model> {
  return exportedModel(state, config, { names: perDomain((domain) => basename(config[`data_folder_train_${domain}`] ?? '')), metrics });
}

const evaluationSchema = z.object({ kind: z.literal('evaluation'), step: z.number(), metrics: z.record(z.string(), z.number().nullable()) });

/** What the last evaluation up to `step` found, by the run's own record; empty without one. */
export function lastMetrics(paths: RunPaths, step: number): Metrics {
  const evaluations = readEventLog(paths.events).flatMap((line) => {
    const event = evaluationSchema.safeParse(line);
    return event.success && event.data.step <= step ? [event.data] : [];
  });
  const found = evaluations.at(-1)?.metrics ?? {};
  return Object.fromEntries(Object.entries(found).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** Which checkpoint of a run: the best, the latest, or that of a step. */
export type CheckpointName = 'best' | 'latest' | number;

/** @throws RunFolderError that names the steps that there are */
export async function pickCheckpoint(checkpoints: Checkpoints, which: CheckpointName, folder: string): Promise<LoadedCheckpoint> {
  const loaded =
    which === 'latest' ? await checkpoints.latestCheckpoint() : which === 'best' ? await checkpoints.bestCheckpoint() : await checkpoints.checkpointAt(which);
  if (loaded !== undefined) return loaded;
  const steps = checkpoints.list().map(({ step }) => step);
  throw new RunFolderError(`The run in ${folder} has no checkpoint '${which}'.`, {
    remedy: steps.length === 0 ? 'Train it first.' : `It has those of the steps ${steps.join(', ')}.`,
  });
}

/** Which weights of which run. */
export interface RunModelOptions {
  /** The run folder; another process may be training in it. */
  readonly run: string;
  /** Default latest. */
  readonly checkpoint?: CheckpointName | undefined;
  /** Where the weights pass through. Default `cpu`: nothing is computed. */
  readonly device?: DeviceName | 'auto' | undefined;
}

/** What `exportModel` writes, and where. */
export interface ExportModelOptions extends RunModelOptions {
  /** The model folder. */
  readonly out: string;
  /** How weights are stored. Default `float32`. */
  readonly dtype?: WeightsDtype | undefined;
  /** Replace the model that is there. Default false. */
  readonly overwrite?: boolean | undefined;
}

const exportNames: OptionNames<ExportModelOptions> = { run: true, checkpoint: true, device: true, out: true, dtype: true, overwrite: true };

/**
 * The model of a run's checkpoint, in memory. Opens a device and closes it.
 * @throws RunFolderError when there is no run or no such checkpoint
 */
export async function modelOfRun(options: RunModelOptions): Promise<{ readonly step: number; readonly model: Model }> {
  checkOptions('modelOfRun', options, { run: true, checkpoint: true, device: true });
  return modelOf(options);
}

async function modelOf({ run, checkpoint = 'latest', device: name = 'cpu' }: RunModelOptions): Promise<{ readonly step: number; readonly model: Model }> {
  const paths = runPaths(run);
  const manifest = readManifest(paths);
  if (manifest === undefined) throw new RunFolderError(`${run} holds no run.`, { remedy: 'Give the folder that `munit train` wrote.' });
  const config = storedConfig(manifest.config, paths.manifest);
  const loaded = await pickCheckpoint(openCheckpoints(paths.checkpoints, { readOnly: true }), checkpoint, run);
  const device = await openDevice(name);
  try {
    const { state } = restoreCheckpoint(loaded, config);
    try {
      return { step: loaded.step, model: await modelOfState(state, config, lastMetrics(paths, loaded.step)) };
    } finally {
      disposeState(state);
    }
  } finally {
    device.dispose();
  }
}

/** Writes a checkpoint of a run as a model folder; returns its step. @throws as `modelOfRun`; ModelSourceError when `out` cannot be written */
export async function exportModel(options: ExportModelOptions): Promise<{ readonly step: number }> {
  checkOptions('exportModel', options, exportNames);
  const { out, dtype, overwrite = false } = options;
  const { step, model } = await modelOf(options);
  await writeModel(out, model, { overwrite, ...(dtype === undefined ? {} : { dtype }) });
  return { step };
}
