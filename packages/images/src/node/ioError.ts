import { DataError } from '@munit/core/errors';

const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be accessed (permission denied)',
  EPERM: 'may not be accessed (operation not permitted)',
  EMFILE: 'cannot be opened: too many open files',
  ENOSPC: 'cannot be written: the disk is full',
  EROFS: 'cannot be written: the file system is read-only',
  EIO: 'cannot be read: the device reports an I/O error',
  ELOOP: 'is a loop of symbolic links',
};

/** The system's code of a failed file operation (`ENOENT`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A failed file operation as a `DataError` that says what is wrong with which path. */
export function ioError(what: string, path: string, cause: unknown): DataError {
  const code = codeOf(cause);
  const known = (code === undefined ? undefined : meanings[code]) ?? `cannot be used (${code ?? String(cause)})`;
  // Node puts this character where a name is not UTF-8; by the name that it gives, nothing can be opened.
  const meaning = code === 'ENOENT' && path.includes('\uFFFD') ? `${known}, or its name is not UTF-8` : known;
  return new DataError(`${what} ${path} ${meaning}.`, { cause, remedy: code === 'ENOSPC' ? 'Free some space.' : 'Check the path and its permissions.' });
}
