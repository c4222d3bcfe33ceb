/** Logs as files of a run folder. Node only. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomicSync } from '../run/atomic.js';
import { withRunFolderErrors } from '../run/errors.js';
import { textIfAny } from '../run/text.js';
import { csvHeader, csvRow, parseCsv, truncateCsv } from './csv.js';
import { frameRecord, sessionStartEvent, summaryEvent, type SummaryValue, versionEvent } from './tensorboard.js';

/** A file that only grows. Each call hands its bytes to the system at once: a killed process loses nothing that was appended. */
class AppendedFile {
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  append(content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    withRunFolderErrors(`write ${this.#path}`, () => {
      this.#descriptor ??= openSync(this.#path, 'a');
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    });
  }

  /** Safe against a loss of power, too. */
  sync(): void {
    const descriptor = this.#descriptor;
    if (descriptor !== undefined) withRunFolderErrors(`write ${this.#path}`, () => fsyncSync(descriptor));
  }

  close(): void {
    const descriptor = this.#descriptor;
    // The system lets go of it even when it reports an error.
    this.#descriptor = undefined;
    if (descriptor !== undefined) withRunFolderErrors(`write ${this.#path}`, () => closeSync(descriptor));
  }
}

/** A table of numbers by step, as a CSV file. */
export interface CsvLog {
  /**
   * Adds a row. The first row of a fresh table fixes its columns; a value that is missing later is an empty cell.
   * @returns names without a column, whose values are not kept
   */
  append(step: number, values: Readonly<Record<string, number>>): string[];
  /** Takes back the rows after `step`. */
  rewind(step: number): void;
  /** The same, after making sure that the disk has it. */
  sync(): void;
  close(): void;
}

/**
 * Opens the table at `path`, or starts one. With `resumeStep`, rows after that step are dropped, so that an interrupted and
 * resumed run has the table of an uninterrupted one.
 * @throws RunFolderError when it cannot be written
 */
export function openCsvLog(path: string, resumeStep?: number): CsvLog {
  const file = new AppendedFile(path);
  let columns: readonly string[] | undefined;
  const rewind = (step: number): void => {
    file.close();
    const text = textIfAny(path);
    if (text === undefined) return;
    const kept = truncateCsv(text, step);
    writeFileAtomicSync(path, kept);
    columns = kept === '' ? undefined : parseCsv(kept).columns;
  };
  if (resumeStep === undefined) writeFileAtomicSync(path, '');
  else rewind(resumeStep);
  return {
    append(step, values) {
      if (columns === undefined) {
        columns = Object.keys(values);
        file.append(csvHeader(columns));
      }
      file.append(csvRow(step, columns, values));
      const known = columns;
      return Object.keys(values).filter((name) => !known.includes(name));
    },
    rewind,
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** A TensorBoard event file. */
export interface EventFileLog {
  readonly path: string;
  write(step: number, values: readonly SummaryValue[]): void;
  /** Marks what was written after `step` as void. */
  rewind(step: number): void;
  sync(): void;
  close(): void;
}

let filesOfThisProcess = 0;

/**
 * A new event file in `folder`; TensorBoard reads all files of a folder as one run. With `resumeStep`, what earlier files hold
 * after that step is declared void.
 * @throws RunFolderError when it cannot be written
 */
export function openEventFile(folder: string, resumeStep?: number, now: () => number = () => Date.now() / 1000): EventFileLog {
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  const seconds = String(Math.floor(now())).padStart(10, '0');
  const path = join(folder, `events.out.tfevents.${seconds}.${host}.${process.pid}.${filesOfThisProcess++}`);
  const file = new AppendedFile(path);
  const rewind = (step: number): void => file.append(frameRecord(sessionStartEvent(now(), step + 1)));
  file.append(frameRecord(versionEvent(now())));
  if (resumeStep !== undefined) rewind(resumeStep);
  return {
    path,
    write: (step, values) => file.append(frameRecord(summaryEvent(now(), step, values))),
    rewind,
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** One JSON object per line. */
export interface JsonLinesLog {
  append(value: unknown): void;
  sync(): void;
  close(): void;
}

/** Opens `path` for appending, after what is there; `fresh` empties it first. */
export function openJsonLines(path: string, fresh = false): JsonLinesLog {
  if (fresh) writeFileAtomicSync(path, '');
  else {
    const text = textIfAny(path) ?? '';
    // A line that a killed process has cut short would swallow the next one.
    if (text !== '' && !text.endsWith('\n')) writeFileAtomicSync(path, text.slice(0, text.lastIndexOf('\n') + 1));
  }
  const file = new AppendedFile(path);
  return {
    append: (value) => file.append(`${JSON.stringify(value)}\n`),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** Every whole line of a file of JSON lines; other lines are skipped. An absent file has no lines. */
export function readJsonLines(path: string): unknown[] {
  return (textIfAny(path) ?? '')
    .split('\n')
    .flatMap((line) => {
      if (line === '') return [];
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        return [];
      }
    });
}
