/** Atomic writes into a run folder: failures say which file, why, and what to do. */
import { writeFileAtomically, writeFileAtomicallySync } from '@munit/formats/node';
import { runFolderError, withRunFolderErrors } from './errors.js';

/**
 * Writes a small file whole or not at all (see `writeFileAtomically`).
 * @throws RunFolderError when the disk is full, read-only or forbidden; the old file is then intact.
 */
export function writeFileAtomicSync(path: string, content: string | Uint8Array): void {
  withRunFolderErrors(`write ${path}`, () => writeFileAtomicallySync(path, typeof content === 'string' ? Buffer.from(content) : content));
}

/**
 * Writes a large file in pieces, the same way, without blocking the process.
 * @throws RunFolderError when the disk is full, read-only or forbidden; the old file is then intact.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFileAtomically(path, bytes);
  } catch (error) {
    throw runFolderError(error, `write ${path}`);
  }
}
