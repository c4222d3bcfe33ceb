/** The work of `munit compare`: trains all runs, measures all alike, and writes one report; what is there already is kept. */
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomically } from '@munit/formats/node';
import { progressReporter } from '@munit/train';
import { deviceNameOf } from '../deviceOptions.js';
import { UsageError } from '../errors.js';
import type { CliIo } from '../io.js';
import { type Measured, measureRun, picturesOf } from './measure.js';
import { pageOf } from './page.js';
import { type Budget, type ComparisonPlan, type MethodPlan, readPlan } from './plan.js';
import type { CompareRequest } from './request.js';
import { isDone, type Run, type RunCost, runsOf, trainRun } from './runs.js';
import { csvOf, markdownOf, type MeasuredRun, shown, tablesOf } from './table.js';

/** Whether all of it is done; false when the signal stopped it. @throws as training and `evaluate`, and ConfigError for the YAML file */
export async function compare(request: CompareRequest, io: CliIo, signal: AbortSignal): Promise<boolean> {
  const { plan: path, out } = request;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`The comparison ${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`, 'Check the path.');
  });
  const plan = readPlan(text);
  const runs = runsOf(plan, out);
  await mkdir(out, { recursive: true });
  const measured: MeasuredRun[] = [];
  for (const [i, run] of runs.entries()) {
    const name = `${run.method.name}, seed ${run.seed}`;
    io.stderr.write(`[${i + 1} of ${runs.length}] ${name}\n`);
    const cost = await train(run, request, io, signal);
    if (!isDone(run, cost) || signal.aborted) return false;
    const found = await measureUnlessStopped(run, cost, plan, request, io, signal);
    if (found === undefined) return false;
    measured.push({ method: run.method.name, seed: run.seed, cost, ...found });
    // After each run, so that a comparison that is cut short has a report.
    await writeReport(plan, runs, measured, request);
  }
  io.stdout.write(`${markdownOf(tablesOf(measured), titleOf(request), notesOf(measured, plan.methods))}\nThe report: ${join(out, 'report.html')}\n`);
  return true;
}

function train(run: Run, { device, threads, progress }: CompareRequest, io: CliIo, signal: AbortSignal): Promise<RunCost> {
  const onEvent = progressReporter({ mode: progress, stream: io.stderr });
  return trainRun(run, { device: deviceNameOf(device), threads, signal, onEvent });
}

/** Undefined when the signal stopped it. */
async function measureUnlessStopped(run: Run, cost: RunCost, { evaluation }: ComparisonPlan, { device, threads }: CompareRequest, io: CliIo, signal: AbortSignal): Promise<Measured | undefined> {
  try {
    return await measureRun(run, cost, { evaluation, device, threads, io, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

const titleOf = ({ plan }: CompareRequest): string => `Comparison of ${basename(plan).replace(/\.ya?ml$/, '')}`;

const lengthOf = (budget: Budget): string => ('steps' in budget ? `${budget.steps} steps` : `${budget.minutes} minutes`);

/** Names the runs whose length is not the budget's: a configuration may end before the minutes do, and a run may have been longer once. */
function lengthsOf(measured: readonly MeasuredRun[], methods: readonly MethodPlan[]): string[] {
  const other = measured.filter(({ method, cost }) => {
    const budget = methods.find(({ name }) => name === method)?.budget as Budget;
    return 'steps' in budget ? cost.step !== budget.steps : cost.seconds < 60 * budget.minutes;
  });
  const runs = other.map(({ method, seed, cost }) => `${method}, seed ${seed}: ${cost.step} steps in ${shown(cost.seconds / 60)} minutes`);
  return runs.length === 0 ? [] : [`Trained for another length, so that they do not compare: ${runs.join('; ')}.`];
}

const notesOf = (measured: readonly MeasuredRun[], methods: readonly MethodPlan[]): string[] => [...new Set(measured.flatMap(({ warnings }) => warnings)), ...lengthsOf(measured, methods)];

async function writeReport({ seeds, budget, evaluation, methods }: ComparisonPlan, runs: readonly Run[], measured: readonly MeasuredRun[], request: CompareRequest): Promise<void> {
  const [title, tables] = [titleOf(request), tablesOf(measured)];
  const inPictures = runs.filter(({ method, seed }) => seed === seeds[0] && measured.some((one) => one.method === method.name && one.seed === seed));
  const others = methods.filter((method) => method.budget !== budget).map((method) => `${method.name} for ${lengthOf(method.budget)}`).join(', ');
  const about = [
    `Each method trained for ${lengthOf(budget)}${others === '' ? '' : ` (${others})`} on each of ${seeds.length} seeds (${seeds.join(', ')}); at most ${evaluation.inputs} inputs, ${evaluation.styles} random translations of each, on the device ${request.device}.`,
    'Values are means over the seeds; in brackets the widest 95 % interval of a seed, by resampling inputs or images. Green is best.',
    ...notesOf(measured, methods),
    ...(measured.length === methods.length * seeds.length ? [] : [`Not all of it yet: ${measured.length} of ${methods.length * seeds.length} runs.`]),
  ];
  const page = pageOf({ title, about, methods: inPictures.map(({ method }) => method.name), tables, pictures: await picturesOf(inPictures) });
  const files = { 'report.html': page, 'report.md': markdownOf(tables, title, notesOf(measured, methods)), 'report.csv': csvOf(measured) };
  for (const [name, content] of Object.entries(files)) await writeFileAtomically(join(request.out, name), new TextEncoder().encode(content));
}
