/** A run on a terminal, in a log, or as JSON for a program. */
import { visible, visibleJson } from '@munit/core/text';
import type { StepEvent, TrainEvent, TrainEventListener } from '../events.js';
import { formatBytes, formatDuration, formatMilliseconds, formatNumber, termLabel } from '../format.js';

const total = /total|^loss$/i;

/** The losses for one line: the totals where there are any, else the first three terms. */
export function summarizeTerms(terms: StepEvent['terms']): string {
  const names = Object.keys(terms);
  const totals = names.filter((name) => total.test(name));
  return (totals.length > 0 ? totals : names.slice(0, 3)).map((name) => `${termLabel(name)} ${formatNumber(terms[name]!)}`).join('  ');
}

/** Share of the step's time that went into waiting for images; '' while it is nothing to speak of. */
const waiting = ({ stepMs, dataWaitMs }: StepEvent): string => {
  const share = dataWaitMs / stepMs;
  return share >= 0.02 ? `  waits for images ${Math.round(share * 100)} %` : '';
};

/** What a step says, without the bar. */
export const summarizeStep = (event: StepEvent): string =>
  `${formatMilliseconds(event.stepMs)}/step  ETA ${formatDuration(event.etaSeconds)}  ${summarizeTerms(event.terms)}  ${formatBytes(event.residentBytes)}${waiting(event)}`;

const metrics = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join('  ');

const endings = { finished: 'Finished', interrupted: 'Stopped and saved', failed: 'Failed' } as const;

/** An event in one line, which a terminal shows as it is; `undefined` for events that only move the bar. */
export function describeEvent(event: TrainEvent): string | undefined {
  const text = sentenceOf(event);
  return text === undefined ? undefined : visible(text);
}

function sentenceOf(event: TrainEvent): string | undefined {
  switch (event.kind) {
    case 'start':
      return `Training on ${event.device}: ${event.totalSteps} steps, about ${formatBytes(event.memoryEstimateBytes)} of memory.`;
    case 'resumed':
      return `Resumed at step ${event.step}.`;
    case 'step':
    case 'styles':
      return undefined;
    case 'sample':
      return `Step ${event.step}: new images (${event.images.map(({ name }) => name).join(', ')}).`;
    case 'evaluation':
      return `Step ${event.step}: ${metrics(event.metrics)}`;
    case 'checkpoint':
      return `Step ${event.step}: saved ${event.path}${event.best ? ' (the best so far)' : ''}`;
    case 'warning':
      return `Warning: ${event.message}`;
    case 'nonFinite': {
      const what = `Step ${event.step}: ${termLabel(event.term)} is ${event.value}.`;
      return event.action === 'restored'
        ? `Warning: ${what} Went back to the state of step ${event.restoredStep ?? 0}, once.`
        : `Error: ${what} Training stops.`;
    }
    case 'done': {
      const end = `${endings[event.reason]} at step ${event.step} after ${formatDuration(event.seconds)}.`;
      return event.message === undefined ? end : `${end} ${event.message}`;
    }
  }
}

/** `auto` is `bar` on a terminal and `lines` elsewhere. */
export type ProgressMode = 'auto' | 'bar' | 'lines' | 'json' | 'quiet';

/** Where progress is written; `process.stderr` is one. */
export interface ProgressStream {
  /** Takes text; whole lines end in a line feed. */
  write(text: string): unknown;
  /** Whether it is a terminal, on which a line can be redrawn. */
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal, characters. Default 80. */
  readonly columns?: number | undefined;
}

/** How `progressReporter` writes. */
export interface ProgressOptions {
  /** Default `auto`. */
  readonly mode?: ProgressMode;
  /** Where to write. */
  readonly stream: ProgressStream;
  /** Seconds between two lines about steps where there is no terminal. */
  readonly everySeconds?: number;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
}

const barCells = 20;
const redrawMs = 100;
const clearLine = '\r\u001B[K';

function bar({ step, totalSteps }: StepEvent): string {
  const done = totalSteps > 0 ? Math.min(1, step / totalSteps) : 0;
  const full = Math.round(done * barCells);
  return `${'█'.repeat(full)}${'░'.repeat(barCells - full)} ${Math.floor(done * 100)} %  ${step}/${totalSteps}`;
}

/** One line at the bottom of a terminal that is redrawn; other events scroll above it. */
function barReporter(stream: ProgressStream, now: () => number): TrainEventListener {
  let drawn = -Infinity;
  let current = '';
  const draw = (): unknown => stream.write(`${clearLine}${current.slice(0, Math.max(10, (stream.columns ?? 80) - 1))}`);
  return (event) => {
    if (event.kind === 'step') {
      current = `${bar(event)}  ${summarizeStep(event)}`;
      if (now() - drawn < redrawMs && event.step < event.totalSteps) return;
      drawn = now();
      draw();
      return;
    }
    const line = describeEvent(event);
    if (line === undefined) return;
    // The bar's last state stays above the closing line.
    if (event.kind === 'done' && current !== '') {
      draw();
      stream.write('\n');
      current = '';
    }
    stream.write(`${current === '' ? '' : clearLine}${line}\n`);
    if (current !== '') draw();
  };
}

/** Whole lines, for logs and pipes: the first step, then one every few seconds, and the last. */
function lineReporter(stream: ProgressStream, everySeconds: number, now: () => number): TrainEventListener {
  let written = -Infinity;
  return (event) => {
    if (event.kind === 'step') {
      if (now() - written < everySeconds * 1000 && event.step < event.totalSteps) return;
      written = now();
      stream.write(`Step ${event.step}/${event.totalSteps}: ${summarizeStep(event)}\n`);
      return;
    }
    const line = describeEvent(event);
    if (line !== undefined) stream.write(`${line}\n`);
  };
}

/** An event as JSON can carry it: images by size, codes by count, numbers that are not finite by name. */
export function eventToJson(event: TrainEvent): unknown {
  switch (event.kind) {
    case 'sample': {
      const images = event.images.map(({ image, cells: _, ...rest }) => ({ ...rest, width: image.width, height: image.height }));
      return { ...event, images };
    }
    case 'styles':
      return { kind: event.kind, step: event.step, statistics: event.statistics };
    case 'nonFinite':
      return { ...event, value: String(event.value) };
    default:
      return event;
  }
}

const isTrouble = (event: TrainEvent): boolean =>
  event.kind === 'warning' || event.kind === 'nonFinite' || (event.kind === 'done' && event.reason === 'failed');

/**
 * Reports what a training run does on `stream`, to a person or to a program.
 *
 * - `bar`: one line with bar, time per step, time left, losses and memory, redrawn in place
 * - `lines`: plain lines, one about the steps every `everySeconds`
 * - `json`: each event as one line of JSON (images by their size)
 * - `quiet`: only warnings and failures
 */
export function progressReporter({ mode = 'auto', stream, everySeconds = 10, now = () => performance.now() }: ProgressOptions): TrainEventListener {
  switch (mode) {
    case 'auto':
      return stream.isTTY === true ? barReporter(stream, now) : lineReporter(stream, everySeconds, now);
    case 'bar':
      return barReporter(stream, now);
    case 'lines':
      return lineReporter(stream, everySeconds, now);
    case 'json':
      return (event) => void stream.write(`${visibleJson(eventToJson(event))}\n`);
    case 'quiet':
      return (event) => {
        if (isTrouble(event)) stream.write(`${describeEvent(event)}\n`);
      };
  }
}
