/** The bytes of an image file, and only of a file. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AbortedError } from '@munit/core/errors';
import { BrokenImageError, CHECK_THE_FILE } from '../errors.js';
import { FILE_KIND_BYTES, type FileKind, fileKindOf } from '../fileKind.js';

/** What something is called that is not a file; undefined for a file. */
export function specialKindOf(found: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): string | undefined {
  if (found.isFile()) return undefined;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist (a part of its path is a file)',
  EACCES: 'cannot be read (permission denied)',
  EPERM: 'cannot be read (operation not permitted)',
  ELOOP: 'is a loop of symbolic links',
  ENXIO: 'is a socket or a device, not an image file',
  ENAMETOOLONG: 'does not exist (its name is too long for the file system)',
  ERR_FS_FILE_TOO_LARGE: 'is larger than 2 GiB',
};

/** A failed file operation, as a fault of the image. */
function brokenBy(path: string, cause: unknown): BrokenImageError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  // Node puts this character where a name is not UTF-8; by the name that it gives, such a file cannot be opened.
  const reason = code === 'ENOENT' && path.includes('\uFFFD') ? NOT_UTF8 : (unreadable[code] ?? `cannot be read (${code})`);
  return unusableImage(path, reason, cause);
}

/** The reason of a file whose name Node cannot say. */
export const NOT_UTF8 = 'has a name that is not UTF-8';

/** What to do about one. */
const RENAME = 'Rename it (convmv -f latin1 -t utf8 renames whole folders).';

/** An image that its folder's listing shows to be of no use. */
export const unusableImage = (path: string, reason: string, cause?: unknown): BrokenImageError => new BrokenImageError(path, reason, { cause, remedy: reason === NOT_UTF8 ? RENAME : CHECK_THE_FILE });

/** Opens without waiting: to open a named pipe would be to wait for its other end. */
const openNow = (path: string): Promise<FileHandle> => open(path, constants.O_RDONLY | ((constants as { readonly O_NONBLOCK?: number }).O_NONBLOCK ?? 0));

/**
 * The bytes of a file. Pipes, devices and folders are refused: they may never end.
 * @throws BrokenImageError when there is no file, or it cannot be read; AbortedError
 */
export async function readImageFile(path: string, signal?: AbortSignal): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await openNow(path);
    const special = specialKindOf(await file.stat());
    if (special !== undefined) throw new BrokenImageError(path, `is ${special}, not an image file`, { remedy: CHECK_THE_FILE });
    return await file.readFile(signal === undefined ? {} : { signal });
  } catch (cause) {
    if (cause instanceof BrokenImageError) throw cause;
    if (signal?.aborted === true) throw new AbortedError('Reading the image was aborted.', { cause });
    throw brokenBy(path, cause);
  } finally {
    await file?.close();
  }
}

/** What a file is by its content; undefined when it is not recognized, not a file, or cannot be read. */
export async function kindOfFileAt(path: string): Promise<FileKind | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await openNow(path);
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FILE_KIND_BYTES), 0, FILE_KIND_BYTES, 0);
    return fileKindOf(buffer.subarray(0, bytesRead));
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}
