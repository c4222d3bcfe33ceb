import { exitCodeOf, exitCodes } from './exitCodes.js';
import type { Remedy } from '@munit/core';
import { visible } from '@munit/core/text';
import { wordingOf } from './remedies.js';

/** A wrong use that only the command line can see. Shaped like munit's own errors. */
export class UsageError extends Error {
  readonly code = 'ARGUMENT';
  readonly problem: string;
  readonly remedy: Remedy;

  constructor(problem: string, remedy: string) {
    super(`${problem} ${remedy}`);
    this.name = 'UsageError';
    this.problem = problem;
    this.remedy = { id: 'advice', text: remedy };
  }
}

/** What munit's errors have; recognised by shape, so that nothing has to be loaded to print one. */
interface KnownError {
  readonly code: string;
  readonly problem: string;
  readonly remedy?: Remedy | undefined;
}

const isKnown = (error: unknown): error is KnownError & Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'problem' in error && typeof error.problem === 'string' && 'remedy' in error;

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** What went wrong and what to do, in terms of the command line, in one line. It may quote names of others. */
export const messageOf = ({ problem, remedy }: KnownError): string => visible(remedy === undefined ? problem : `${problem} ${wordingOf(remedy)}`);

function causes(error: unknown): string[] {
  const lines: string[] = [];
  for (let at = error instanceof Error ? error.cause : undefined; at instanceof Error; at = at.cause) lines.push(`  Cause: ${visible(at.message)}`);
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
  const stack = error instanceof Error && error.stack !== undefined ? error.stack.split('\n').map(visible) : [];
  if (!isKnown(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { text: `${[`munit: unexpected error: ${visible(message)}`, ...causes(error), ...stack].join('\n')}\n`, exitCode: exitCodes.unexpected };
  }
  const lines = [
    `munit: ${visible(error.problem)}`,
    ...(error.remedy === undefined ? [] : [`  ${visible(wordingOf(error.remedy))}`]),
    ...(debug ? [...causes(error), ...stack] : []),
  ];
  return { text: `${lines.join('\n')}\n`, exitCode: exitCodeOf(error.code) };
}
