import type { CliIo } from '../io.js';

/** What every command gets. */
export interface CommandContext {
  readonly io: CliIo;
  /** The exit code of a command that did its work and found something wrong. */
  setExitCode(code: number): void;
}

/** Does what a command is asked to do; resolves with the exit code. */
export type Action<T> = (request: T, io: CliIo, signal: AbortSignal) => Promise<number>;
