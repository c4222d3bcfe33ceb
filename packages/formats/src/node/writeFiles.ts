/** Files that are there whole or not at all. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

function temporary(path: string): string {
  return join(dirname(path), `.${randomBytes(6).toString('hex')}.part`);
}

/** Writes beside the place and renames: a crash leaves the old file, or none. */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const part = temporary(path);
  try {
    await writeSynced(part, bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A folder of files, made beside its place and renamed into it. The place must be free. */
export async function writeNewFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const part = temporary(path);
  try {
    await mkdir(part, { recursive: true });
    for (const [name, bytes] of files) await writeSynced(join(part, name), bytes);
    await rename(part, path);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}
