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

/** What the system says of a file when an operation on it fails, as Node reports it. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
}

/** Of a read or a write that fails the system says no path: those that only a disk can have are known by their code. */
const isOfSystem = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error && typeof error.syscall === 'string' && (('path' in error && typeof error.path === 'string') || Object.hasOwn(ofDisks, error.code));

/** What people can do about the errors of disks; another one of a file names what happened just as plainly. */
const ofDisks: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space there, and start the command again.'],
  EDQUOT: ['your quota of that disk is used up', 'Free some space there, and start the command again.'],
  EIO: ['the disk reports an error', 'Check the disk and its connection, and start the command again.'],
  EROFS: ['that disk can only be read', 'Give a place that can be written.'],
  EACCES: ['access is denied', 'Check the permissions there.'],
  EPERM: ['the system does not permit it', 'Check the permissions there.'],
  ENOENT: ['it does not exist', 'Check the path; if it was there before, something has removed it meanwhile.'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n), and start the command again.'],
  ENFILE: ['too many files are open on this machine', 'Close other programs, and start the command again.'],
  ENAMETOOLONG: ['the name is too long for that disk', 'Give shorter names.'],
};

const problemOf = ({ code, path, dest, message }: SystemError): readonly [problem: string, remedy: string] => {
  const [problem, remedy] = ofDisks[code] ?? [message, 'Check the path, the disk and the permissions.'];
  const where = path === undefined ? '' : `${visible(path)}${dest === undefined ? '' : ` (or ${visible(dest)})`}: `;
  return [`${where}${visible(problem)}.`, remedy];
};

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
  if (isOfSystem(error)) {
    const [problem, remedy] = problemOf(error);
    return { text: `${[`munit: ${problem}`, `  ${remedy}`, ...(debug ? [...causes(error), ...stack] : [])].join('\n')}\n`, exitCode: exitCodes.data };
  }
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
