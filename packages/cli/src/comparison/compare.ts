/** The work of `munit compare`: trains all runs, measures all alike, and writes one report; what is there already is kept. */
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomically } from '@munit/formats/node';
import type { Figure } from '@munit/metrics';
import { progressReporter } from '@munit/train';
import { deviceNameOf } from '../deviceOptions.js';
import { UsageError } from '../errors.js';
import type { CliIo } from '../io.js';
import { measureRun, picturesOf } from './measure.js';
import { pageOf } from './page.js';
import { type ComparisonPlan, readPlan } from './plan.js';
import type { CompareRequest } from './request.js';
import { isDone, type Run, type RunCost, runsOf, trainRun } from './runs.js';
import { csvOf, markdownOf, type MeasuredRun, tablesOf } from './table.js';

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
    const cost = await train(run, plan, request, io, signal);
    if (!isDone(run, cost, plan.budget) || signal.aborted) return false;
    const figures = await measureUnlessStopped(run, cost, plan, request, io, signal);
    if (figures === undefined) return false;
    measured.push({ method: run.method.name, seed: run.seed, cost, figures });
    // After each run, so that a comparison that is cut short has a report.
    await writeReport(plan, runs, measured, request);
  }
  io.stdout.write(`${markdownOf(tablesOf(measured), titleOf(request))}\nThe report: ${join(out, 'report.html')}\n`);
  return true;
}

function train(run: Run, { budget }: ComparisonPlan, { device, threads, progress }: CompareRequest, io: CliIo, signal: AbortSignal): Promise<RunCost> {
  const onEvent = progressReporter({ mode: progress, stream: io.stderr });
  return trainRun(run, budget, { device: deviceNameOf(device), threads, signal, onEvent });
}

/** Undefined when the signal stopped it. */
async function measureUnlessStopped(run: Run, { step }: RunCost, { evaluation }: ComparisonPlan, { device, threads }: CompareRequest, io: CliIo, signal: AbortSignal): Promise<readonly Figure[] | undefined> {
  try {
    return await measureRun(run, step, { evaluation, device, threads, io, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

const titleOf = ({ plan }: CompareRequest): string => `Comparison of ${basename(plan).replace(/\.ya?ml$/, '')}`;

async function writeReport({ seeds, budget, evaluation, methods }: ComparisonPlan, runs: readonly Run[], measured: readonly MeasuredRun[], request: CompareRequest): Promise<void> {
  const [title, tables] = [titleOf(request), tablesOf(measured)];
  const shown = runs.filter(({ method, seed }) => seed === seeds[0] && measured.some((one) => one.method === method.name && one.seed === seed));
  const length = 'steps' in budget ? `${budget.steps} steps` : `${budget.minutes} minutes`;
  const about = [
    `Each method trained for ${length} on each of ${seeds.length} seeds (${seeds.join(', ')}); ${evaluation.inputs} held-out inputs, ${evaluation.styles} random translations of each, on the device ${request.device}.`,
    'Values are means over the seeds; in brackets the widest 95 % interval of a seed, by resampling inputs or images. Green is best.',
    ...(measured.length === methods.length * seeds.length ? [] : [`Not all of it yet: ${measured.length} of ${methods.length * seeds.length} runs.`]),
  ];
  const page = pageOf({ title, about, methods: shown.map(({ method }) => method.name), tables, pictures: await picturesOf(shown) });
  const files = { 'report.html': page, 'report.md': markdownOf(tables, title), 'report.csv': csvOf(measured) };
  for (const [name, content] of Object.entries(files)) await writeFileAtomically(join(request.out, name), new TextEncoder().encode(content));
}
