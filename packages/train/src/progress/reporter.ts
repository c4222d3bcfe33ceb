import type { StepEvent, TrainEvent, TrainEventListener } from '../events.js';
import { describeEvent, summarizeStep } from './summary.js';

/** `auto` is `bar` on a terminal and `lines` elsewhere. */
export type ProgressMode = 'auto' | 'bar' | 'lines' | 'json' | 'quiet';

/** Where progress is written; `process.stderr` is one. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface ProgressOptions {
  readonly mode?: ProgressMode;
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
    if (event.type === 'step') {
      current = `${bar(event)}  ${summarizeStep(event)}`;
      if (now() - drawn < redrawMs && event.step < event.totalSteps) return;
      drawn = now();
      draw();
      return;
    }
    const line = describeEvent(event);
    if (line === undefined) return;
    // The bar's last state stays above the closing line.
    if (event.type === 'done' && current !== '') {
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
    if (event.type === 'step') {
      if (now() - written < everySeconds * 1000 && event.step < event.totalSteps) return;
      written = now();
      stream.write(`Step ${event.step}/${event.totalSteps}: ${summarizeStep(event)}\n`);
      return;
    }
    const line = describeEvent(event);
    if (line !== undefined) stream.write(`${line}\n`);
  };
}

/** An event as JSON can carry it: pictures by size, codes by count, numbers that are not finite by name. */
export function eventToJson(event: TrainEvent): unknown {
  switch (event.type) {
    case 'sample': {
      const images = event.images.map(({ image, pictures: _, ...rest }) => ({ ...rest, width: image.width, height: image.height }));
      return { ...event, images };
    }
    case 'styles':
      return { type: event.type, step: event.step, statistics: event.statistics };
    case 'nonFinite':
      return { ...event, value: String(event.value) };
    default:
      return event;
  }
}

const isTrouble = (event: TrainEvent): boolean =>
  event.type === 'warning' || event.type === 'nonFinite' || (event.type === 'done' && event.reason === 'failed');

/**
 * Tells a person or a program what a training run does, on `stream`.
 *
 * - `bar`: one line with bar, time per step, time left, losses and memory, redrawn in place
 * - `lines`: plain lines, one about the steps every `everySeconds`
 * - `json`: each event as one line of JSON (pictures by their size)
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
      return (event) => void stream.write(`${JSON.stringify(eventToJson(event))}\n`);
    case 'quiet':
      return (event) => {
        if (isTrouble(event)) stream.write(`${describeEvent(event)}\n`);
      };
  }
}
