/** A run that `munit_torch` has trained, back in its run folder: `munit import-run`. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkOptions, type DeviceName, openDevice, RunFolderError } from '@munit/core';
import { writeModel } from '@munit/formats/node';
import * as z from 'zod';
import type { TrainingConfig } from '../../config/schema.js';
import type { StepEvent } from '../../events.js';
import { sampleGrids } from '../../loop/samples.js';
import { createNetworks } from '../../methods/create.js';
import { writeFileAtomicSync } from '../../run/atomic.js';
import { type Checkpoints, type LoadedCheckpoint, openCheckpoints } from '../../run/checkpoints.js';
import { sha256Of } from '../../run/digest.js';
import { openRunFolder, type RunFolder } from '../../run/folder.js';
import { runPaths } from '../../run/paths.js';
import { disposeState } from '../../state/state.js';
import { recordRun, type RunRecorder } from '../../telemetry/recorder.js';
import { type LoggedEvent, readEventLog } from '../../telemetry/replay.js';
import { checkpointFault, restoreCheckpoint } from '../checkpoint.js';
import { storedConfig } from '../config.js';
import { openRunData } from '../node/dataset.js';
import { lastMetrics, modelOfState } from '../node/model.js';
import { fromTorchCheckpoint } from './checkpoint.js';
import { type TorchPaths, torchPaths, type TorchRun, torchRunSchema } from './layout.js';

/** Which exported run, and the run folder that takes it. */
export interface ImportRunOptions {
  /** The folder that `munit export-run` made and `munit_torch` has trained in. */
  readonly from: string;
  /** The run that it was exported from, or a folder that does not exist yet. */
  readonly run: string;
  /** What translates the fixed inputs for the report. Default auto. */
  readonly device?: DeviceName | 'auto' | undefined;
  /** What the user should know. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

/** What was taken. */
export interface ImportedRun {
  /** The run folder. */
  readonly run: string;
  /** The step that the run had. */
  readonly fromStep: number;
  /** The step that it has now. */
  readonly step: number;
}

/** @throws RunFolderError when the folder holds no exported run of this format */
function readRun(paths: TorchPaths): TorchRun {
  try {
    return torchRunSchema.parse(JSON.parse(readFileSync(paths.run, 'utf8')));
  } catch (cause) {
    throw new RunFolderError(`${paths.folder} holds no exported run that this version of munit can read.`, { cause, remedy: 'Give the folder that `munit export-run` made.' });
  }
}

const importedSchema = z.object({ checkpoints: z.array(z.string()) });

/** The SHA-256 of the checkpoints that run folders were given from this folder. */
function importedOf(paths: TorchPaths): string[] {
  if (!existsSync(paths.imported)) return [];
  return importedSchema.parse(JSON.parse(readFileSync(paths.imported, 'utf8'))).checkpoints;
}

/**
 * Takes the newest checkpoint of an exported run, the best one, and its logged steps, into a run folder: table, curves, TensorBoard and report
 * continue, and so does `munit train --resume`. The same folder can be taken again later.
 * @throws RunFolderError when there is nothing new, or the run has been trained since by other means
 */
export async function importRun(options: ImportRunOptions): Promise<ImportedRun> {
  checkOptions('importRun', options, { from: true, run: true, device: true, onNotice: true });
  const { from, run, device = 'auto', onNotice = () => undefined } = options;
  const paths = torchPaths(resolve(from));
  const exported = readRun(paths);
  const config = storedConfig(exported.config, paths.run);
  const source = openCheckpoints(paths.checkpoints, { readOnly: true, onNotice });
  const newest = await source.latestCheckpoint();
  if (newest === undefined) throw new RunFolderError(`${from} holds no checkpoint.`, { remedy: 'Export the run again.' });
  const bytes = fromTorchCheckpoint(newest.bytes, config);
  const fault = checkpointFault(bytes);
  if (fault !== undefined) throw new RunFolderError(`The checkpoint of step ${newest.step} in ${from} ${fault}.`, { remedy: 'Continue from an earlier one.' });

  const folder = openRunFolder(run, { resume: existsSync(runPaths(run).manifest) });
  try {
    const checkpoints = openCheckpoints(folder.paths.checkpoints, { keepLast: config.keep_last, keepEvery: config.keep_every, onNotice });
    const held = folder.resumed ? await checkpoints.latestCheckpoint() : undefined;
    if (held !== undefined) requireSame(held, newest, [exported.checkpoint, ...importedOf(paths)], { run, from });
    const fromStep = held?.step ?? 0;
    folder.requireSpace(bytes.byteLength, 'the checkpoint');
    const events = readEventLog(paths.events);
    const description = sessionOf(events) ?? 'PyTorch';
    folder.writeManifest({ seed: config.seed, config, device: { name: 'munit_torch', description }, fromStep });
    const taken: Taken = { config, bytes, newest, source, checkpoints, fromStep, description, events, device };
    // First: a run that has the state must be known as one that was given it, whatever happens in between.
    writeFileAtomicSync(paths.imported, `${JSON.stringify({ checkpoints: [...importedOf(paths), sha256Of(bytes)] })}\n`);
    await record(folder, taken);
    return { run: folder.paths.folder, fromStep, step: newest.step };
  } finally {
    folder.close();
  }
}

/** Refuses a run whose newest state is not one that this folder comes from or has given it. */
function requireSame(held: LoadedCheckpoint, { step }: LoadedCheckpoint, known: readonly string[], { run, from }: { readonly run: string; readonly from: string }): void {
  if (!known.includes(sha256Of(held.bytes))) {
    throw new RunFolderError(`The run in ${run} is at step ${held.step}, which is not a state that ${from} was exported from: it has been trained since, or is another run.`, {
      remedy: 'Take it into a new folder (munit import-run FOLDER NEW), or export the run again.',
    });
  }
  if (step > held.step) return;
  throw new RunFolderError(`${from} is at step ${step}, and the run in ${run} is at ${held.step}: there is nothing to take.`, { remedy: 'Train in it first: python3 -m munit_torch train FOLDER.' });
}

/** What the last process of `munit_torch` said of itself. */
function sessionOf(events: readonly LoggedEvent[]): string | undefined {
  const last = events.filter(({ kind }) => kind === 'session').at(-1);
  return typeof last?.['device'] === 'string' ? last['device'] : undefined;
}

interface Taken {
  readonly config: TrainingConfig;
  readonly bytes: Uint8Array;
  readonly newest: LoadedCheckpoint;
  readonly source: Checkpoints;
  readonly checkpoints: Checkpoints;
  readonly fromStep: number;
  readonly description: string;
  readonly events: readonly LoggedEvent[];
  readonly device: DeviceName | 'auto';
}

/** Checkpoints, logs, samples and model of what was taken, in the order in which a run would have left them. */
async function record(folder: RunFolder, { config, bytes, newest, source, checkpoints, fromStep, description, events, device }: Taken): Promise<void> {
  let time = Date.now();
  const recorder: RunRecorder = recordRun(folder, { fromStep, now: () => time, reportSeconds: 3600 });
  try {
    recorder.listener({ kind: 'start', totalSteps: config.max_iter, step: fromStep, device: description, config, memoryEstimateBytes: 0 });
    if (folder.resumed) recorder.listener({ kind: 'resumed', step: fromStep });
    const best = source.best();
    for (const event of events.filter(({ kind, step }) => kind === 'step' && Number(step) > fromStep && Number(step) <= newest.step)) {
      time = event.time;
      recorder.listener(stepOf(event));
    }
    time = Date.now();
    // A run that is judged by a benchmark keeps the best by that; the losses say nothing about it.
    const byLosses = checkpoints.best()?.metrics['score'] === undefined;
    const better = byLosses && best !== undefined && best.step > fromStep ? best : undefined;
    if (better !== undefined && better.step < newest.step) {
      const earlier = await source.checkpointAt(better.step);
      if (earlier !== undefined) await save(checkpoints, recorder, earlier.step, fromTorchCheckpoint(earlier.bytes, config), better.metrics);
    }
    await save(checkpoints, recorder, newest.step, bytes, better?.step === newest.step ? better.metrics : undefined);
    await show(folder, recorder, bytes, newest.step, config, device);
    recorder.listener({ kind: 'done', step: newest.step, seconds: secondsOf(events, fromStep, newest.step), reason: newest.step >= config.max_iter ? 'finished' : 'interrupted' });
  } finally {
    recorder.close();
  }
}

async function save(checkpoints: Checkpoints, recorder: RunRecorder, step: number, bytes: Uint8Array, best: Readonly<Record<string, number>> | undefined): Promise<void> {
  const { path } = await checkpoints.saveCheckpoint(step, bytes, best === undefined ? {} : { best: true, metrics: best });
  recorder.listener({ kind: 'checkpoint', step, path, best: best !== undefined, bytes: bytes.byteLength });
}

/** The fixed inputs as the averaged weights translate them, and the model folder. */
async function show(folder: RunFolder, recorder: RunRecorder, bytes: Uint8Array, step: number, config: TrainingConfig, choice: DeviceName | 'auto'): Promise<void> {
  const device = await openDevice(choice);
  try {
    const networks = createNetworks(config);
    const { state } = restoreCheckpoint({ step, bytes }, config, networks);
    try {
      const data = await openRunData(config);
      await data.batches.dispose();
      recorder.listener({ kind: 'sample', step, images: await sampleGrids(networks, state.ema ?? state.gen, data.display, config.seed) });
      await writeModel(folder.paths.model, await modelOfState(state, config, lastMetrics(folder.paths, step)), { overwrite: true });
    } finally {
      disposeState(state);
    }
  } finally {
    device.dispose();
  }
}

const stepSchema = z.object({
  kind: z.literal('step'),
  step: z.int(),
  totalSteps: z.int(),
  terms: z.record(z.string(), z.number()),
  learningRate: z.number(),
  learningRateDiscriminator: z.number(),
  stepMs: z.number(),
  dataWaitMs: z.number(),
  etaSeconds: z.number(),
  residentBytes: z.number(),
  tensorBytes: z.number(),
});

/** @throws RunFolderError when a logged step is not one */
function stepOf({ time: _, ...event }: LoggedEvent): StepEvent {
  const parsed = stepSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new RunFolderError(`events.jsonl holds a step that cannot be read (${JSON.stringify(event).slice(0, 80)}).`, { cause: parsed.error, remedy: 'Remove the line: the step is then missing in the curves only.' });
}

/** From the first to the last logged step. */
function secondsOf(events: readonly LoggedEvent[], from: number, to: number): number {
  const times = events.filter(({ kind, step }) => kind === 'step' && Number(step) > from && Number(step) <= to).map(({ time }) => time);
  return times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) / 1000;
}
