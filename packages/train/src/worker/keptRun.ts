/**
 * The last checkpoint of a run in the browser's own file system, so that a reload can continue it. Two slots take turns, and
 * the note that says which one is whole is written last: a page that is closed meanwhile keeps the earlier one.
 */
import { DataError } from '@munit/core';
import type { StoredCheckpoint } from '../session/ports.js';
import type { KeptRun, RunNote } from './protocol.js';

const folderName = 'munit-training';
const noteName = 'run.json';

/** What `run.json` holds: what the page says about the run, and where its checkpoint is. */
interface Stored extends Omit<KeptRun, 'note'> {
  readonly slot: 'a' | 'b';
  readonly [key: string]: unknown;
}

/** What workers have, and the types of a page do not know. */
interface WorkerFileHandle {
  createSyncAccessHandle(): Promise<{ truncate(size: number): void; write(bytes: Uint8Array, options: { at: number }): number; flush(): void; close(): void }>;
}

const fileOf = (slot: Stored['slot']): string => `checkpoint-${slot}.safetensors`;

// Asynchronous, so that an engine without storage rejects, too.
const openRoot = async (): Promise<FileSystemDirectoryHandle> => navigator.storage.getDirectory();

/** @throws DOMException where the browser has no such file system (a private window of some), or no room for one more folder */
async function openFolder(): Promise<FileSystemDirectoryHandle> {
  return (await openRoot()).getDirectoryHandle(folderName, { create: true });
}

const folder = (): Promise<FileSystemDirectoryHandle | undefined> => openFolder().catch(() => undefined);

const isFull = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError';

async function read(from: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  try {
    return await (await from.getFileHandle(name)).getFile();
  } catch {
    return undefined;
  }
}

async function write(to: FileSystemDirectoryHandle, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const file = await to.getFileHandle(name, { create: true });
  // Safari before 26 writes only through the handles that workers have.
  if (typeof file.createWritable !== 'function') {
    const handle = await (file as FileSystemFileHandle & WorkerFileHandle).createSyncAccessHandle();
    try {
      handle.truncate(0);
      handle.write(bytes, { at: 0 });
      handle.flush();
    } finally {
      handle.close();
    }
    return;
  }
  const stream = await file.createWritable();
  try {
    await stream.write(bytes);
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
  await stream.close();
}

async function readNote(from: FileSystemDirectoryHandle): Promise<Stored | undefined> {
  const file = await read(from, noteName);
  if (file === undefined) return undefined;
  try {
    const note = JSON.parse(await file.text()) as Stored;
    return (await read(from, fileOf(note.slot)))?.size === note.bytes ? note : undefined;
  } catch {
    return undefined;
  }
}

/** What is kept; undefined when there is nothing whole. */
export async function keptRun(): Promise<KeptRun | undefined> {
  const from = await folder();
  const stored = from === undefined ? undefined : await readNote(from);
  if (stored === undefined) return undefined;
  const { slot: _, step, savedAt, bytes, ...note } = stored;
  return { step, savedAt, bytes, note };
}

/** The checkpoint that is kept. @throws DataError when there is none */
export async function loadKept(): Promise<Uint8Array> {
  const from = await folder();
  const stored = from === undefined ? undefined : await readNote(from);
  const file = from === undefined || stored === undefined ? undefined : await read(from, fileOf(stored.slot));
  if (file === undefined) throw new DataError('The run that was kept in this browser is gone.', { remedy: 'Start another one.' });
  return new Uint8Array(await file.arrayBuffer());
}

/** Keeps a checkpoint in the place of the one before. @throws Error in words when there is no room */
export async function keepRun({ step, bytes }: StoredCheckpoint, note: RunNote): Promise<void> {
  const to = await openFolder().catch(async (error: unknown) => {
    throw isFull(error) ? await explain(error, bytes.length) : new Error('this browser does not allow storage for this page; reloading will lose the run.');
  });
  const slot = (await readNote(to))?.slot === 'a' ? 'b' : 'a';
  const stored: Stored = { ...note, step, bytes: bytes.length, savedAt: Date.now(), slot };
  try {
    await write(to, fileOf(slot), bytes as Uint8Array<ArrayBuffer>);
    await write(to, noteName, new TextEncoder().encode(JSON.stringify(stored)));
  } catch (error) {
    throw await explain(error, bytes.length);
  }
}

async function explain(thrown: unknown, bytes: number): Promise<Error> {
  if (!isFull(thrown)) return thrown instanceof Error ? thrown : new Error(String(thrown));
  const { quota = 0, usage = 0 } = await navigator.storage.estimate().catch(() => ({}) as StorageEstimate);
  const mb = (n: number): string => `${Math.max(0, Math.round(n / 1e6))} MB`;
  return new Error(`the browser has no room for ${mb(bytes)} (${mb(quota - usage)} free); training continues, and a reload would continue from the last one that fitted.`);
}

/** Forgets what is kept. */
export async function forgetKept(): Promise<undefined> {
  const root = await openRoot().catch(() => undefined);
  await root?.removeEntry(folderName, { recursive: true }).catch(() => undefined);
}
