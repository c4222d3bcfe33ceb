/** Files that are either the old one or the new one, never a part of one, whenever the process or the machine stops. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runFolderError } from './errors.js';

const chunkBytes = 16 * 2 ** 20;

/** Marks files that were being written; any of them in a folder that we hold is a leftover. */
const temporary = /^\..+\.munit-tmp$/;

const temporaryPath = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.munit-tmp`);

/** Removes what a failed write has left, if it can: the reason of the failure is what counts. */
function discard(temp: string): void {
  try {
    rmSync(temp, { force: true });
  } catch {
    return;
  }
}

/** Makes a rename in `folder` durable. Windows and some network file systems refuse to open a folder; they need no such call. */
function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    return;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Writes a small file: a temporary one in the same folder, fsync, rename over the old one, fsync of the folder.
 * @throws RunFolderError when the disk is full, read-only or forbidden; the old file is then intact.
 */
export function writeFileAtomicSync(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const temp = temporaryPath(path);
  try {
    const descriptor = openSync(temp, 'wx');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, Math.min(chunkBytes, bytes.length - at));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temp, path);
  } catch (error) {
    discard(temp);
    throw runFolderError(error, `write ${path}`);
  }
  syncFolder(dirname(path));
}

export interface AtomicWriteOptions {
  /** Called with each piece, in order: for a checksum on the way. */
  readonly onChunk?: (chunk: Uint8Array) => void;
}

/**
 * Writes a large file in pieces, the same way, without blocking the process.
 * @throws RunFolderError when the disk is full, read-only or forbidden; the old file is then intact.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array, { onChunk }: AtomicWriteOptions = {}): Promise<void> {
  const temp = temporaryPath(path);
  try {
    const file = await open(temp, 'wx');
    try {
      for (let at = 0; at < bytes.length; ) {
        const chunk = bytes.subarray(at, at + chunkBytes);
        onChunk?.(chunk);
        for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
        at += chunk.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temp, path);
  } catch (error) {
    discard(temp);
    throw runFolderError(error, `write ${path}`);
  }
  syncFolder(dirname(path));
}

/** Removes what an interrupted write has left in `folder`; returns the names. Only for whoever holds the folder's lock. */
export function removeTemporaries(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => temporary.test(name));
  for (const name of names) rmSync(join(folder, name), { force: true });
  return names;
}
