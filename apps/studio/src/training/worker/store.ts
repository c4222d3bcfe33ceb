/**
 * The last checkpoint of a run in the browser's own file system, so that a reload can go on with it. Two slots take turns, and
 * the note that says which one is whole is written last: a page that is closed meanwhile keeps the earlier one.
 */
import type { MemoryCheckpoint } from '@munit/train/browser';
import type { StoredRun } from './protocol.js';

const folderName = 'munit-training';
const noteName = 'run.json';

interface Note extends StoredRun {
  readonly slot: 'a' | 'b';
}

/** What workers have, and the types of a page do not know. */
interface WorkerFileHandle {
  createSyncAccessHandle(): Promise<{ truncate(size: number): void; write(bytes: Uint8Array, options: { at: number }): number; flush(): void; close(): void }>;
}

const fileOf = (slot: Note['slot']): string => `checkpoint-${slot}.safetensors`;

/** @throws DOMException where the browser has no such file system (a private window of some), or no room for one more folder */
async function openFolder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(folderName, { create: true });
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

async function readNote(from: FileSystemDirectoryHandle): Promise<Note | undefined> {
  const file = await read(from, noteName);
  if (file === undefined) return undefined;
  try {
    const note = JSON.parse(await file.text()) as Note;
    return (await read(from, fileOf(note.slot)))?.size === note.bytes ? note : undefined;
  } catch {
    return undefined;
  }
}

/** What is kept; undefined when there is nothing whole. */
export async function storedRun(): Promise<StoredRun | undefined> {
  const from = await folder();
  if (from === undefined) return undefined;
  const note = await readNote(from);
  if (note === undefined) return undefined;
  const { slot: _, ...run } = note;
  return run;
}

/** The checkpoint that is kept. @throws Error when there is none */
export async function loadStored(): Promise<Uint8Array> {
  const from = await folder();
  const note = from === undefined ? undefined : await readNote(from);
  const file = note === undefined ? undefined : await read(from as FileSystemDirectoryHandle, fileOf(note.slot));
  if (file === undefined) throw new Error('The run that was kept in this browser is gone. Start another one.');
  return new Uint8Array(await file.arrayBuffer());
}

/** @throws Error in words when there is no room */
export async function keepRun(checkpoint: MemoryCheckpoint, about: Pick<StoredRun, 'source' | 'settings'>): Promise<void> {
  const { step, bytes } = checkpoint;
  const to = await openFolder().catch(async (error: unknown) => {
    throw isFull(error) ? await explain(error, bytes.length) : new Error('this browser keeps no files for this page, so a reload loses the run.');
  });
  const slot = (await readNote(to))?.slot === 'a' ? 'b' : 'a';
  const note: Note = { ...about, step, bytes: bytes.length, savedAt: Date.now(), slot };
  try {
    await write(to, fileOf(slot), bytes as Uint8Array<ArrayBuffer>);
    await write(to, noteName, new TextEncoder().encode(JSON.stringify(note)));
  } catch (error) {
    throw await explain(error, bytes.length);
  }
}

async function explain(thrown: unknown, bytes: number): Promise<Error> {
  if (!isFull(thrown)) return thrown instanceof Error ? thrown : new Error(String(thrown));
  const { quota = 0, usage = 0 } = await navigator.storage.estimate().catch(() => ({}) as StorageEstimate);
  const mb = (n: number): string => `${Math.max(0, Math.round(n / 1e6))} MB`;
  return new Error(`the browser has no room for ${mb(bytes)} (${mb(quota - usage)} free); training goes on, and a reload would go on from the last one that fitted.`);
}

/** Forgets what is kept. */
export async function discardStored(): Promise<void> {
  const root = await navigator.storage.getDirectory().catch(() => undefined);
  await root?.removeEntry(folderName, { recursive: true }).catch(() => undefined);
}
