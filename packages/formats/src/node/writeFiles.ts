/** Files that are there whole or not at all. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
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

/** This machine, for telling its leftovers from another's on a shared disk. */
const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Names the process that writes it, so that others know when nobody does any more. */
function temporary(path: string): string {
  return join(dirname(path), `.${machine()}-${process.pid}-${randomBytes(6).toString('hex')}.part`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Removes what a killed process of this machine left half written in a folder. What cannot be removed is left there: it harms nobody. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => {
    const [, owner, pid] = /^\.([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.part$/.exec(name) ?? [];
    return owner === machine() && !isRunning(Number(pid));
  });
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)));
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
