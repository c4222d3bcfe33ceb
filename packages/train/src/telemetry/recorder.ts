/** Records a run in its folder: losses.csv, events.jsonl, TensorBoard's files, sample images and report.html. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { StepEvent, TrainEvent, TrainEventListener } from '../events.js';
import { formatBytes } from '../format.js';
import { RunHistory } from '../report/history/history.js';
import type { ReportFacts } from '../report/render/about.js';
import { type ReportAssets, renderReport } from '../report/render/page.js';
import { writeFileAtomicSync } from '../run/atomic.js';
import type { RunFolder } from '../run/folder.js';
import { readManifest, type RunManifest } from '../run/manifest.js';
import { textIfAny } from '../run/text.js';
import { eventToJson } from './console.js';
import { type CsvLog, type EventFileLog, openCsvLog, openEventFile, openJsonLines } from './logFiles.js';
import { repairEventLog, repairTable } from './repair.js';
import { replayEvents } from './replay.js';
import { fileOfGrid, sampleFiles } from './sampleFiles.js';
import { tensorboardValues } from './tensorboard.js';

/** How `recordRun` records. */
export interface RecordOptions {
  /** The step that a resumed run continues from. */
  readonly fromStep?: number | undefined;
  /** What the report is called; the folder's name by default. */
  readonly title?: string;
  /** Least seconds between two reports of a running run. Default 10. */
  readonly reportSeconds?: number;
  /** Room for the full-size images in `samples/`; beyond it, images between close neighbours are deleted. Default 2 GB. */
  readonly maxSampleBytes?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Takes a run's events; see `recordRun`. */
export interface RunRecorder {
  /** What was wrong with the logs of the run that is resumed, in sentences for its user. */
  readonly notices: readonly string[];
  /** Takes the run's events, `start` first; warnings may precede it. */
  readonly listener: TrainEventListener;
  /** Writes the report as of now and closes all files. */
  close(): void;
}

/** The chart library's files, from the installed npm package. */
function loadReportAssets(): ReportAssets {
  const folder = dirname(createRequire(import.meta.url).resolve('uplot'));
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { uplotScript: read('uPlot.iife.min.js'), uplotStyle: read('uPlot.min.css') };
}

/** What made the run, for people: of the newest start, and how many there were. */
function manifestFacts({ seed, sessions }: RunManifest): ReportFacts {
  const last = sessions.at(-1)!;
  return [
    ['Seed', String(seed)],
    ['munit', last.munit],
    ['Node.js', last.node],
    ['System', last.platform],
    ['Processor', `${last.processor}, ${last.threads} threads, ${formatBytes(last.memoryBytes)}`],
    ['Started', sessions.map(({ startedAt, fromStep }) => `${startedAt.slice(0, 16).replace('T', ' ')} UTC${fromStep > 0 ? ` (from step ${fromStep})` : ''}`).join('; ')],
    ...(last.command.length === 0 ? [] : [['Command', last.command.join(' ')] as const]),
  ];
}

/** What of a step is the same whenever it is computed: no times, so that a resumed run's table equals an uninterrupted one's. */
const rowOf = ({ learningRate, learningRateDiscriminator, terms }: StepEvent): Record<string, number> => ({
  learning_rate: learningRate,
  ...(learningRateDiscriminator === undefined ? {} : { learning_rate_dis: learningRateDiscriminator }),
  ...terms,
});

/** The files of one start. They open with the `start` event, which holds the step to resume from. */
interface Logs {
  readonly csv: CsvLog;
  /** Opened at the first evaluation, unless an earlier start has left rows. */
  metrics: CsvLog | undefined;
  readonly tensorboard: EventFileLog;
}

/**
 * Records the run in `run`. The listener wants the events in order, `start` first (warnings may precede it); for a resumed run the
 * logs are cut back to the step of `start`.
 *
 * @throws RunFolderError from the listener when the disk is full or cannot be written. After that the recorder stays silent.
 */
export function recordRun(run: RunFolder, options: RecordOptions = {}): RunRecorder {
  const { paths } = run;
  const { title = basename(paths.folder), reportSeconds = 10, maxSampleBytes = 2e9, now = () => Date.now() } = options;
  const { resumed } = run;
  const history = new RunHistory();
  const notices = resumed ? [...repairEventLog(paths.events), ...repairTable(paths.losses, options.fromStep !== undefined && options.fromStep > 0)] : [];
  if (resumed) replayEvents(history, paths.events, paths.folder);
  const events = openJsonLines(paths.events, !resumed);
  const unknownTerms = new Set<string>();
  let logs: Logs | undefined;
  let assets: ReportAssets | undefined;
  let reported = -Infinity;
  let broken = false;

  const writeReport = (): void => {
    assets ??= loadReportAssets();
    const manifest = readManifest(paths);
    const facts = manifest === undefined ? [] : manifestFacts(manifest);
    writeFileAtomicSync(paths.report, renderReport(history.data(), { title, assets, facts }));
    reported = now();
  };

  const open = (step: number): void => {
    // A second start in one process: the device was lost, and the run continues from a checkpoint.
    const resumeStep = resumed || logs !== undefined ? step : undefined;
    logs?.csv.close();
    logs?.metrics?.close();
    logs?.tensorboard.close();
    logs = {
      csv: openCsvLog(paths.losses, resumeStep),
      metrics: textIfAny(paths.metrics) !== undefined ? openCsvLog(paths.metrics, resumeStep) : undefined,
      tensorboard: openEventFile(paths.tensorboard, resumeStep),
    };
  };

  const writeStep = (event: StepEvent): void => {
    const lost = logs?.csv.append(event.step, rowOf(event)).filter((name) => !unknownTerms.has(name)) ?? [];
    for (const name of lost) unknownTerms.add(name);
    if (lost.length > 0) {
      take({ kind: 'warning', step: event.step, message: `losses.csv has no column for ${lost.join(', ')}; TensorBoard's files have them.` });
    }
  };

  const samples = sampleFiles(paths, maxSampleBytes);

  const logged = (event: TrainEvent): unknown => {
    if (event.kind !== 'sample') return eventToJson(event);
    const images = event.images.map(({ image: _, cells: __, ...labels }) => ({ ...labels, file: fileOfGrid(labels.name, event.step) }));
    return { kind: event.kind, step: event.step, images };
  };

  const rewind = (step: number): void => {
    logs?.csv.rewind(step);
    logs?.metrics?.rewind(step);
    logs?.tensorboard.rewind(step);
  };

  const take = (event: TrainEvent): void => {
    const time = now();
    if (event.kind === 'start') open(event.step);
    if (event.kind === 'step') writeStep(event);
    if (event.kind === 'evaluation' && logs !== undefined) {
      logs.metrics ??= openCsvLog(paths.metrics);
      logs.metrics.append(event.step, event.metrics);
    }
    if (event.kind === 'sample') {
      const { thumbnails, values } = samples.write(event);
      history.addSamples(event.step, thumbnails);
      if (values.length > 0) logs?.tensorboard.write(event.step, values);
    }
    if (event.kind === 'nonFinite' && event.action === 'restored') rewind(event.restoredStep ?? 0);
    events.append({ time, ...(logged(event) as object) });
    if (event.kind !== 'sample') history.apply(event, time);
    const values = tensorboardValues(event);
    if (values.length > 0 && 'step' in event) logs?.tensorboard.write(event.step ?? 0, values);
    if (event.kind === 'checkpoint') for (const log of [events, logs?.csv, logs?.metrics, logs?.tensorboard]) log?.sync();
    const wanted = event.kind !== 'step' && event.kind !== 'warning' && event.kind !== 'styles';
    if (logs !== undefined && (wanted || time - reported >= reportSeconds * 1000)) writeReport();
  };

  const guarded = (work: () => void): void => {
    if (broken) return;
    try {
      work();
    } catch (error) {
      broken = true;
      throw error;
    }
  };

  return {
    notices,
    listener: (event) => guarded(() => take(event)),
    close() {
      /** The first failure is reported, and stops none of the rest. */
      const failures: unknown[] = [];
      const attempt = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          failures.push(error);
        }
      };
      if (logs !== undefined) attempt(() => guarded(writeReport));
      broken = true;
      for (const log of [events, logs?.csv, logs?.metrics, logs?.tensorboard]) attempt(() => log?.close());
      if (failures.length > 0) throw failures[0];
    },
  };
}
