/** Writes down a run in its folder: losses.csv, events.jsonl, TensorBoard's files, sample pictures and report.html. */
import { basename } from 'node:path';
import type { StepEvent, TrainEvent, TrainEventListener } from '../events.js';
import { type CsvLog, type EventFileLog, openCsvLog, openEventFile, openJsonLines } from '../logs/files.js';
import { eventToJson } from '../progress/index.js';
import { type ReportAssets, renderReport, RunHistory } from '../report/index.js';
import { readManifest, type RunFolder, writeFileAtomicSync } from '../run/index.js';
import { loadReportAssets } from './assets.js';
import { manifestFacts } from './facts.js';
import { fileOfGrid, samplePictures } from './pictures.js';
import { replayEvents } from './replay.js';
import { tensorboardValues } from './tensorboard.js';

export interface RecordOptions {
  /** What the report is called; the folder's name by default. */
  readonly title?: string;
  /** Least seconds between two reports of a run that goes on. */
  readonly reportSeconds?: number;
  /** Room for the full-size pictures in `samples/`; beyond it, those between close neighbours go. Default 2 GB. */
  readonly maxSampleBytes?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Takes a run's events; see `recordRun`. */
export interface RunRecorder {
  readonly listener: TrainEventListener;
  /** Writes the report as of now and closes all files. */
  close(): void;
}

/** What of a step is the same whenever it is computed: no times, so that a resumed run's table equals an uninterrupted one's. */
const rowOf = ({ learningRate, learningRateDiscriminator, terms }: StepEvent): Record<string, number> => ({
  learning_rate: learningRate,
  ...(learningRateDiscriminator === undefined ? {} : { learning_rate_dis: learningRateDiscriminator }),
  ...terms,
});

/** The files of one start. They open with the `start` event, which tells where the run goes on. */
interface Logs {
  readonly csv: CsvLog;
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
  const resumed = run.manifest !== undefined;
  const history = new RunHistory();
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
    const resumeStep = resumed ? step : undefined;
    logs = { csv: openCsvLog(paths.losses, resumeStep), tensorboard: openEventFile(paths.tensorboard, resumeStep) };
  };

  const writeStep = (event: StepEvent): void => {
    const lost = logs?.csv.append(event.step, rowOf(event)).filter((name) => !unknownTerms.has(name)) ?? [];
    for (const name of lost) unknownTerms.add(name);
    if (lost.length > 0) {
      take({ type: 'warning', step: event.step, message: `losses.csv has no column for ${lost.join(', ')}; TensorBoard's files have them.` });
    }
  };

  const pictures = samplePictures(paths, maxSampleBytes);

  const logged = (event: TrainEvent): unknown => {
    if (event.type !== 'sample') return eventToJson(event);
    const images = event.images.map(({ image: _, pictures: __, ...labels }) => ({ ...labels, file: fileOfGrid(labels.name, event.step) }));
    return { type: event.type, step: event.step, images };
  };

  const rewind = (step: number): void => {
    logs?.csv.rewind(step);
    logs?.tensorboard.rewind(step);
  };

  const take = (event: TrainEvent): void => {
    const time = now();
    if (event.type === 'start') open(event.step);
    if (event.type === 'step') writeStep(event);
    if (event.type === 'sample') {
      const { thumbnails, values } = pictures.write(event);
      history.addSamples(event.step, thumbnails);
      if (values.length > 0) logs?.tensorboard.write(event.step, values);
    }
    if (event.type === 'nonFinite' && event.action === 'restored') rewind(event.restoredStep ?? 0);
    events.append({ time, ...(logged(event) as object) });
    if (event.type !== 'sample') history.apply(event, time);
    const values = tensorboardValues(event);
    if (values.length > 0 && 'step' in event) logs?.tensorboard.write(event.step ?? 0, values);
    if (event.type === 'checkpoint') for (const log of [events, ...(logs === undefined ? [] : [logs.csv, logs.tensorboard])]) log.sync();
    const wanted = event.type !== 'step' && event.type !== 'warning' && event.type !== 'styles';
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
    listener: (event) => guarded(() => take(event)),
    close() {
      if (logs !== undefined) guarded(writeReport);
      broken = true;
      events.close();
      logs?.csv.close();
      logs?.tensorboard.close();
    },
  };
}
