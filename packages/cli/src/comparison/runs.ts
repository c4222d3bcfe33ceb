/** The runs of a comparison, one after the other, each continued where it stopped. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type DeviceName, RunFolderError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import type { TrainingConfig, TrainEvent } from '@munit/train';
import { configOfRun, type RunOutcome, runTraining } from '@munit/train/node';
import type { ComparisonPlan, MethodPlan } from './plan.js';

/** One run: a method with a seed. */
export interface Run {
  readonly method: MethodPlan;
  readonly seed: number;
  readonly config: TrainingConfig;
  /** Its run folder. */
  readonly folder: string;
}

/** What a run has cost so far, over all its starts: kept beside its folder. */
export interface RunCost {
  readonly step: number;
  /** Of training, saving and showing samples. */
  readonly seconds: number;
  /** Of a step, as last reported. */
  readonly stepMs: number;
  /** The most memory of the process. */
  readonly residentBytes: number;
  /** The most memory of tensors. */
  readonly tensorBytes: number;
}

/** How runs are trained. */
export interface RunOptions {
  readonly device: DeviceName | 'auto';
  readonly threads: number | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
}

/** All runs of a comparison, those of one seed together, so that a comparison that is cut short has compared something. */
export const runsOf = ({ methods, seeds }: ComparisonPlan, out: string): Run[] =>
  seeds.flatMap((seed) => methods.map((method) => ({ method, seed, config: method.configs.get(seed) as TrainingConfig, folder: join(out, 'runs', method.folder, `seed-${seed}`) })));

const costPath = ({ folder }: Run): string => `${folder}.json`;

const nothing: RunCost = { step: 0, seconds: 0, stepMs: NaN, residentBytes: 0, tensorBytes: 0 };

/** What a run has cost so far. */
export async function costOf(run: Run): Promise<RunCost> {
  const text = await readFile(costPath(run), 'utf8').catch(() => undefined);
  if (text === undefined) return nothing;
  const { stepMs, ...stored } = JSON.parse(text) as RunCost & { readonly stepMs: number | null };
  return { ...stored, stepMs: stepMs ?? NaN };
}

/** Whether a run has trained as long as it should. */
export const isDone = ({ config, method: { budget } }: Run, { step, seconds }: RunCost): boolean => step >= config.max_iter || ('minutes' in budget && seconds >= 60 * budget.minutes);

async function keepCost(run: Run, cost: RunCost): Promise<void> {
  await mkdir(dirname(costPath(run)), { recursive: true });
  await writeFileAtomically(costPath(run), new TextEncoder().encode(`${JSON.stringify(cost)}\n`));
}

/** Options that a run may have otherwise than the comparison: places, and what does not change what is learned. */
const comparable = ({ max_iter: _max, num_workers: _workers, ...config }: TrainingConfig): unknown => JSON.parse(JSON.stringify(config));

/**
 * Trains a run to the end of its budget, from its latest checkpoint where there is one. Returns what it has cost: less than
 * the budget when the signal stopped it.
 * @throws RunFolderError when the folder holds a run with another configuration; and as `runTraining`
 */
export async function trainRun(run: Run, { device, threads, signal, onEvent }: RunOptions): Promise<RunCost> {
  const resume = existsSync(join(run.folder, 'run.json'));
  // A run whose folder was removed is trained again, and costs what it then costs.
  const before = resume ? await costOf(run) : nothing;
  if (resume) await checkSame(run);
  if (isDone(run, before)) return before;
  const { budget } = run.method;
  const minutes = 'minutes' in budget ? budget.minutes : Infinity;
  const started = performance.now();
  const timeUp = new AbortController();
  let cost = before;
  let saving: Promise<void> = Promise.resolve();
  const spent = (): number => before.seconds + (performance.now() - started) / 1000;
  const listener = (event: TrainEvent): void => {
    if (event.kind === 'step') {
      cost = { ...cost, step: event.step, stepMs: event.stepMs, residentBytes: Math.max(cost.residentBytes, event.residentBytes), tensorBytes: Math.max(cost.tensorBytes, event.tensorBytes) };
      if (spent() >= minutes * 60) timeUp.abort();
    }
    if (event.kind === 'checkpoint') {
      // What comes after the last checkpoint is trained again after a kill, and counts again.
      cost = { ...cost, step: event.step, seconds: spent() };
      const kept = cost;
      saving = saving.then(() => keepCost(run, kept));
      // Whoever awaits it below hears of a failure.
      saving.catch(() => undefined);
    }
    onEvent(event);
  };
  const options = { folder: run.folder, device, threads, signal: AbortSignal.any([signal, timeUp.signal]), onEvent: listener, command: ['munit', 'compare'] };
  const training = runTraining(resume ? { ...options, resume: true, config: { max_iter: run.config.max_iter } } : { ...options, config: run.config });
  let outcome: RunOutcome;
  try {
    outcome = await training;
  } finally {
    await saving;
  }
  cost = { ...cost, step: outcome.step, seconds: spent() };
  await keepCost(run, cost);
  return cost;
}

async function checkSame(run: Run): Promise<void> {
  const stored = await configOfRun(run.folder);
  if (isDeepStrictEqual(comparable(stored), comparable(run.config))) return;
  throw new RunFolderError(`${run.folder} holds a run with another configuration than the comparison has for '${run.method.name}'.`, {
    remedy: 'Give another --out, or restore the YAML file that the comparison was started with.',
  });
}
