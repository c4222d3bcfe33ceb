/** The work of `munit evaluate`: translations, figures, a JSON file and a page; what is there already is kept. */
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDevice } from '@munit/core';
import { visible, visibleJson } from '@munit/core/text';
import { writeFileAtomically } from '@munit/formats/node';
import { checkShard, shardFolder } from '@munit/infer/node';
import type { RunJudgements } from '@munit/train/node';
import { deviceNameOf } from '../deviceOptions.js';
import { type Counter, counter } from '../counter.js';
import type { CliIo } from '../io.js';
import { onlyBenchmark, type RunWork } from './benchmark.js';
import { checkSettings } from './folder.js';
import { measureSubject } from './measure.js';
import { renderPage } from './page/page.js';
import type { EvaluateRequest } from './request.js';
import { beginShard, finishShard } from './shards.js';
import { isRun, openSubject } from './subject.js';
import { formatLeftOut, formatSections } from './table.js';
import type { Progress } from './translations.js';
import type { EvaluationFile, Measured } from './types.js';

const version = (): string => (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** Where the results go. */
const folderOf = ({ out, what }: EvaluateRequest): string => out ?? (what.length === 1 && isRun(what[0] as string) ? join(what[0] as string, 'evaluation') : 'evaluation');

/** What the shards have left for a merge. */
export interface Joined {
  /** The device as the shards name it. */
  readonly device: string;
  readonly judged: readonly RunJudgements[] | undefined;
}

/**
 * Evaluates, writes `evaluation.json` and `evaluation.html`, and prints the figures. A shard measures its part, and leaves it for the merge.
 * @param joined of a merge: what its shards have found, apart from what is in the folder
 */
export async function evaluate(request: EvaluateRequest, io: CliIo, signal: AbortSignal, joined?: Joined): Promise<void> {
  const out = folderOf(request);
  const { shard } = request;
  if (shard !== undefined) checkShard(shard);
  const folder = shard === undefined ? out : shardFolder(out, shard);
  const counters = new Map<string, Counter>();
  const onProgress: Progress = (what, done, total) => {
    const shown = counters.get(what) ?? counter(io.stderr, what);
    counters.set(what, shown);
    shown.show(done, total);
  };
  if (shard !== undefined) await beginShard(folder);
  const found = await measure({ request, folder, judged: joined?.judged, signal, onProgress }).finally(() => [...counters.values()].at(-1)?.clear());
  if (shard === undefined) return report(request, folder, joined === undefined ? found : { ...found, device: joined.device }, io);
  const { state, names, device, step } = found;
  await checkSettings(out, state, 'Give another --out, or move it away.');
  await finishShard(folder, { shard, state, step, names, device, request: { ...request, shard: undefined } });
  if (request.json) io.stdout.write(`${visibleJson({ out, shard })}\n`);
  else io.stdout.write(`${visible(found.name)}\nShard ${shard.index} of ${shard.count} is measured. When all are: munit merge ${visible(out)}\n`);
}

async function report(request: EvaluateRequest, folder: string, { name, step, sections, ...found }: Measured, io: CliIo): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { device, subject, settings, weights, leftOut, warnings } = found;
  const file: EvaluationFile = {
    format: 'munit-evaluation', version: 1, versions: { munit: version(), node: process.version }, device, subject, settings, weights, leftOut, warnings,
    sections: sections.map(({ exhibits: _, ...section }) => section),
  };
  await writeFileAtomically(join(folder, 'evaluation.json'), new TextEncoder().encode(`${JSON.stringify(file, undefined, 2)}\n`));
  await writeFileAtomically(join(folder, 'evaluation.html'), new TextEncoder().encode(renderPage(name, file, sections)));
  const page = join(folder, 'evaluation.html');
  if (request.json) io.stdout.write(`${visibleJson(step === undefined ? { ...file, page } : { ...ofRun(request, file, step), evaluation: file, page })}\n`);
  else {
    io.stdout.write(`${visible(name)}\n${formatSections(sections)}${formatLeftOut(leftOut)}`);
    for (const warning of warnings) io.stdout.write(`! ${visible(warning)}\n`);
    io.stdout.write(`The pictures behind the figures: ${page}\n`);
  }
}

/** Figures whose truth is known by their names, as programs look for them. */
function ofRun({ what, inputs }: EvaluateRequest, { sections, settings }: EvaluationFile, step: number): Record<string, unknown> {
  const figures = sections.flatMap((section) => section.figures.map(({ name, value }) => [name, value] as const));
  return { run: what[0], step, inputs, styles: settings['styles'], ...Object.fromEntries(figures) };
}

async function measure(work: RunWork): Promise<Measured> {
  const { request } = work;
  const onBenchmarkOnly = request.protocols !== undefined && request.protocols.every((name) => name === 'synthetic');
  if (onBenchmarkOnly) return onlyBenchmark(work);
  const device = await openDevice(deviceNameOf(request.device), request.threads === undefined ? {} : { threads: request.threads });
  try {
    const subject = await openSubject(request, device);
    try {
      if (request.protocols === undefined && subject.kind === 'model' && subject.known) return await onlyBenchmark(work);
      return await measureSubject({ ...work, subject, device });
    } finally {
      await subject.dispose();
    }
  } finally {
    device.dispose();
  }
}
