/** Files that are either the old one or the new one, never a part of one, whenever the process or the machine stops. */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** How much is written at a time: one call takes at most 2 GiB. */
const chunkBytes = 16 * 2 ** 20;

/** This machine, for telling its leftovers from another's on a shared disk. */
const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * Where to write what is going to be renamed to `path`: beside it, by a name that says which process of which machine is writing, so that
 * others know when nobody does any more.
 */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${machine()}-${process.pid}-${randomBytes(6).toString('hex')}.munit-tmp`);
}

/** `temporaryPath`'s names, and `.part`, which earlier versions wrote. */
const named = /^\.([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.(?:munit-tmp|part)$/;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Who writes the file of this name; undefined for a file that is not temporary, or whose name does not say. */
function writerOf(name: string): { readonly isHere: boolean; readonly pid: number } | undefined {
  const [, owner, pid] = named.exec(name) ?? [];
  return owner === undefined ? undefined : { isHere: owner === machine(), pid: Number(pid) };
}

/** Removes a file or folder if it can. */
function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    return;
  }
}

/**
 * Removes what killed processes of this machine left half written in a folder that anybody may write to. What cannot be removed is left
 * there: it harms nobody.
 */
export function removeLeftovers(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    const writer = writerOf(name);
    if (writer?.isHere === true && !isRunning(writer.pid)) discard(join(folder, name));
  }
}

/**
 * Removes what is half written in a folder that this process holds against every other one, whoever has left it, except what a living
 * process of this machine is writing (a model that is exported into the folder of a run).
 * @returns the names
 * @throws what the file system throws
 */
export function removeTemporaries(folder: string): string[] {
  const stale = readdirSync(folder).filter((name) => {
    const writer = writerOf(name);
    if (writer === undefined) return /^\..+\.munit-tmp$/.test(name);
    return !writer.isHere || writer.pid === process.pid || !isRunning(writer.pid);
  });
  for (const name of stale) rmSync(join(folder, name), { recursive: true, force: true });
  return stale;
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

/** `FileHandle.sync`, which Yarn's file system (Plug'n'Play) does not have. */
const syncFile = promisify(fsync);

/** Writes a new file in pieces, down to the disk. */
async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, Math.min(chunkBytes, bytes.length - at))).bytesWritten;
    await syncFile(file.fd);
  } finally {
    await file.close();
  }
}

/** `writeSynced` for small files, at once. */
function writeSyncedSync(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, 'wx');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, Math.min(chunkBytes, bytes.length - at));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** An error of the system with the place that was to be written: of a failed write it says no path, of an open one that nobody knows. */
function namedAfter(error: unknown, path: string): unknown {
  return error instanceof Error && 'syscall' in error ? Object.assign(error, { path }) : error;
}

/** Makes something beside its place and renames it into it. */
async function inPlace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (error) {
    discard(temporary);
    throw namedAfter(error, path);
  }
  syncFolder(dirname(path));
}

/**
 * Writes a file: a temporary one in the same folder, fsync, rename over the old one, fsync of the folder. A crash leaves the old file or
 * the new one.
 * @throws what the file system throws; the old file is then intact, and nothing is left beside it
 */
export function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  return inPlace(path, (temporary) => writeSynced(temporary, bytes));
}

/** `writeFileAtomically` for small files, at once. @throws as `writeFileAtomically` */
export function writeFileAtomicallySync(path: string, bytes: Uint8Array): void {
  const temporary = temporaryPath(path);
  try {
    writeSyncedSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw namedAfter(error, path);
  }
  syncFolder(dirname(path));
}

/**
 * Writes a folder of files, made beside its place and renamed into it. The place must be free; names may have folders (`model/1/model.onnx`).
 * @throws what the file system throws; nothing is then left
 */
export function writeNewFolder(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  return inPlace(path, async (temporary) => {
    await mkdir(temporary, { recursive: true });
    for (const [name, bytes] of files) {
      await mkdir(dirname(join(temporary, name)), { recursive: true });
      await writeSynced(join(temporary, name), bytes);
    }
  });
}
