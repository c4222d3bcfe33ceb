import { MunitError, RunFolderError } from '@munit/core';

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
export const isTaken = (error: unknown): boolean => codeOf(error) === 'EEXIST';

/** What the operating system said, in words, and what to do about it. */
const causes: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or choose a folder on another disk. What was saved before is intact.'],
  EDQUOT: ['your disk quota is used up', 'Free some space, or choose a folder on another disk. What was saved before is intact.'],
  EROFS: ['the file system is read-only', 'Choose a folder that can be written.'],
  EACCES: ['permission is denied', 'Choose a folder that you may write, or change its permissions.'],
  EPERM: ['the operation is not permitted', 'Choose a folder that you may write, or change its permissions.'],
  ENOTDIR: ['a part of the path is a file and not a folder', 'Choose another folder.'],
  EEXIST: ['a file of this name is in the way', 'Choose another folder.'],
  ENAMETOOLONG: ['the path is too long', 'Choose a shorter path.'],
  EMFILE: ['this process has too many files open', 'Raise the limit of open files (ulimit -n).'],
  EISDIR: ['a folder is in its place', 'Move that folder away.'],
  ENFILE: ['this machine has too many files open', 'Close other programs, or raise the limit of open files.'],
  EIO: ['the disk reports an error', 'Check the disk; choose a folder on another one.'],
};

/** What went wrong, in a few words: for a notice about something that could be done without. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const known = causes[code]?.[0];
  return known === undefined ? (error instanceof Error ? error.message : String(error)) : `${known} (${code})`;
}

/** Whether a failure to read says something about the process, and nothing about the file. */
export const isOutOfHandles = (error: unknown): boolean => ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(codeOf(error));

/** A file system's error as one that names the file, the reason and the remedy; errors of munit pass unchanged. */
export function runFolderError(error: unknown, doing: string): MunitError {
  if (error instanceof MunitError) return error;
  const code = codeOf(error);
  const [what, remedy] = causes[code] ?? [error instanceof Error ? error.message : String(error), undefined];
  return new RunFolderError(`Cannot ${doing}: ${what}${code === '' || !(code in causes) ? '' : ` (${code})`}.`, {
    cause: error,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** Runs `work`; what the file system throws becomes a RunFolderError that says what was being done. */
export function withRunFolderErrors<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw runFolderError(error, doing);
  }
}
