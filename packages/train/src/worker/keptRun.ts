/**
 * The last checkpoints of runs in the browser's own file system, so that a reload can continue them: a folder for each run, so that none
 * takes the place of another. Two slots take turns, and the note that says which one is whole is written last: a page that is closed
 * meanwhile keeps the earlier one.
 */
import { DataError } from '@munit/core';
import type { StoredCheckpoint } from '../session/ports.js';
import type { KeptRun, RunNote } from './protocol.js';

const folderName = 'munit-training';
const noteName = 'run.json';

/** The run of a page that names none. Its files are in the folder itself, where those of a page's only run have always been. */
export const defaultRun = 'run';

/** What `run.json` holds: what the page says about the run, and where its checkpoint is. */
interface Stored extends Omit<KeptRun, 'note' | 'id'> {
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
async function openFolder(run: string): Promise<FileSystemDirectoryHandle> {
  const all = await (await openRoot()).getDirectoryHandle(folderName, { create: true });
  return run === defaultRun ? all : all.getDirectoryHandle(run, { create: true });
}

async function findFolder(run: string): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const all = await (await openRoot()).getDirectoryHandle(folderName);
    return run === defaultRun ? all : await all.getDirectoryHandle(run);
  } catch {
    return undefined;
  }
}

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
      // It may write less than it was given, and say so by the number alone.
      if (handle.write(bytes, { at: 0 }) < bytes.length) throw new DOMException('Only a part could be written.', 'QuotaExceededError');
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

/** The runs that are kept whole, the newest first. */
export async function keptRuns(): Promise<KeptRun[]> {
  const all = await findFolder(defaultRun);
  if (all === undefined) return [];
  const names: string[] = [defaultRun];
  for await (const [name, { kind }] of (all as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries()) if (kind === 'directory') names.push(name);
  const runs = await Promise.all(names.map(keptRun));
  return runs.filter((run) => run !== undefined).toSorted((p, q) => q.savedAt - p.savedAt);
}

async function keptRun(id: string): Promise<KeptRun | undefined> {
  const from = await findFolder(id);
  const stored = from === undefined ? undefined : await readNote(from);
  if (stored === undefined) return undefined;
  const { slot: _, step, savedAt, bytes, ...note } = stored;
  return { id, step, savedAt, bytes, note };
}

/** The checkpoint of a run that is kept. @throws DataError when there is none */
export async function loadKept(id: string): Promise<Uint8Array> {
  const from = await findFolder(id);
  const stored = from === undefined ? undefined : await readNote(from);
  const file = from === undefined || stored === undefined ? undefined : await read(from, fileOf(stored.slot));
  if (file === undefined) throw new DataError('The run that was kept in this browser is gone.', { remedy: 'Start another one.' });
  return new Uint8Array(await file.arrayBuffer());
}

/** One checkpoint or note is written at a time: two would take the same slot, or a note name the slot before. */
let writing: Promise<unknown> = Promise.resolve();

function afterOthers<T>(write: () => Promise<T>): Promise<T> {
  const written = writing.then(write);
  writing = written.catch(() => undefined);
  return written;
}

/** Keeps a checkpoint in the place of the one before of the same run. @throws Error in words when there is no room */
export const keepRun = (id: string, checkpoint: StoredCheckpoint, note: RunNote): Promise<void> => afterOthers(() => writeRun(id, checkpoint, note));

async function writeRun(id: string, { step, bytes }: StoredCheckpoint, note: RunNote): Promise<void> {
  const to = await openFolder(id).catch(async (error: unknown) => {
    throw isFull(error) ? await explain(error, bytes.length) : new Error('this browser does not allow storage for this page; reloading will lose the run.');
  });
  const slot = (await readNote(to))?.slot === 'a' ? 'b' : 'a';
  const stored: Stored = { ...note, step, bytes: bytes.length, savedAt: Date.now(), slot };
  try {
    await write(to, fileOf(slot), bytes as Uint8Array<ArrayBuffer>);
    await writeNote(to, stored);
  } catch (error) {
    throw await explain(error, bytes.length);
  }
}

const writeNote = (to: FileSystemDirectoryHandle, note: Stored): Promise<void> => write(to, noteName, new TextEncoder().encode(JSON.stringify(note)));

/** Gives a run that is kept another note; its checkpoint stays. */
export const renoteRun = (id: string, note: RunNote): Promise<undefined> => afterOthers(() => writeOtherNote(id, note));

async function writeOtherNote(id: string, note: RunNote): Promise<undefined> {
  const folder = await findFolder(id);
  const stored = folder === undefined ? undefined : await readNote(folder);
  if (folder === undefined || stored === undefined) return;
  const { step, bytes, savedAt, slot } = stored;
  await writeNote(folder, { ...note, step, bytes, savedAt, slot });
}

async function explain(thrown: unknown, bytes: number): Promise<Error> {
  if (!isFull(thrown)) return thrown instanceof Error ? thrown : new Error(String(thrown));
  const { quota = 0, usage = 0 } = await navigator.storage.estimate().catch(() => ({}) as StorageEstimate);
  const mb = (n: number): string => `${Math.max(0, Math.round(n / 1e6))} MB`;
  return new Error(`the browser has no room for ${mb(bytes)} (${mb(quota - usage)} free); training continues, and a reload would continue from the last one that fitted.`);
}

/** Forgets a run that is kept. */
export const forgetKept = (id: string): Promise<undefined> => afterOthers(() => remove(id));

async function remove(id: string): Promise<undefined> {
  const all = await findFolder(defaultRun);
  const names = id === defaultRun ? [noteName, fileOf('a'), fileOf('b')] : [id];
  for (const name of names) await all?.removeEntry(name, { recursive: true }).catch(() => undefined);
}
