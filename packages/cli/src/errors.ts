import { exitCodeOf, exitCodes } from './exitCodes.js';
import { inOptions } from './remedies.js';

/** A wrong use that only the command line can see. Shaped like munit's own errors. */
export class UsageError extends Error {
  readonly code = 'ARGUMENT';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(`${message} ${remedy}`);
    this.name = 'UsageError';
    this.remedy = remedy;
  }
}

/** What munit's errors have; told by shape, so that nothing has to be loaded to print one. */
interface KnownError {
  readonly message: string;
  readonly code: string;
  readonly remedy?: string;
}

const isKnown = (error: unknown): error is KnownError & Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'remedy' in error && (error.remedy === undefined || typeof error.remedy === 'string');

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** The message without the remedy that is repeated below it. */
function withoutRemedy({ message, remedy }: KnownError): string {
  return remedy !== undefined && message.endsWith(remedy) ? message.slice(0, -remedy.length).trimEnd() : message;
}

function causes(error: unknown): string[] {
  const lines: string[] = [];
  for (let at = error instanceof Error ? error.cause : undefined; at instanceof Error; at = at.cause) lines.push(`  Cause: ${at.message}`);
  return lines;
}

export interface RenderedError {
  /** Lines for stderr, each ended. */
  readonly text: string;
  readonly exitCode: number;
}

/** An error for people: what happened and what to do; the stack only for what nobody foresaw, or with `debug`. */
export function renderError(error: unknown, debug = false): RenderedError {
  if (isAbort(error)) return { text: 'munit: stopped.\n', exitCode: exitCodes.interrupted };
  const stack = error instanceof Error && error.stack !== undefined ? [error.stack] : [];
  if (!isKnown(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { text: `${[`munit: unexpected error: ${message}`, ...causes(error), ...stack].join('\n')}\n`, exitCode: exitCodes.unexpected };
  }
  const lines = [
    `munit: ${inOptions(withoutRemedy(error))}`,
    ...(error.remedy === undefined ? [] : [`  ${inOptions(error.remedy)}`]),
    ...(debug ? [...causes(error), ...stack] : []),
  ];
  return { text: `${lines.join('\n')}\n`, exitCode: exitCodeOf(error.code) };
}
