/** The command's connections to the world, so that tests can stand in for it. */
import { exitCodes } from './exitCodes.js';

/** A stream that text is written to; `process.stdout` is one. */
export interface OutputStream {
  /** Writes `text` as it is, without a line break after it. What it returns is ignored: a full buffer is not waited for. */
  write(text: string): unknown;
  /** True for a terminal, where progress may be redrawn in place; otherwise progress is written in lines. */
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters; help is wrapped to it (100 where it is undefined). */
  readonly columns?: number | undefined;
}

/** What may ask a command to stop. */
export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What a command writes to, and how it hears of an interrupt: `processIo` in the `munit` command, a stand-in in tests. */
export interface CliIo {
  /** Results: what a pipe wants. */
  readonly stdout: OutputStream;
  /** Progress and errors. */
  readonly stderr: OutputStream;
  /** Calls `listener` at each Ctrl-C, SIGTERM and SIGHUP until the returned function is called. */
  onInterrupt(listener: (kind: Interrupt) => void): () => void;
  /** From now on the work matters more than its output: where nobody reads stdout, the command continues all the same. */
  continueUnread?(): void;
  /** Ends the process at once. */
  exitNow(code: number): void;
}

let unreadIsFine = false;

/**
 * Keeps failing output from ending the process: progress that cannot be shown (a closed terminal, a reader that is gone, a full disk behind
 * a redirection) is dropped. A command whose results nobody reads (`munit … | head`) ends, but not one that trains.
 */
export function watchOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (unreadIsFine) return;
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.ok);
  });
}

const interrupts: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The streams and signals of this process; `exitNow` ends it. */
export const processIo: CliIo = {
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt(listener) {
    for (const kind of interrupts) process.on(kind, listener);
    return () => {
      for (const kind of interrupts) process.off(kind, listener);
    };
  },
  continueUnread() {
    unreadIsFine = true;
  },
  exitNow: (code) => process.exit(code),
};
