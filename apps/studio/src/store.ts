/** Storage for the user's own images, models and runs: in this browser, and nowhere else. */
import { createStore, del, delMany, get, keys, set, update, type UseStore } from 'idb-keyval';
import { notify } from './ui/notices.js';
import { words } from './words/words.js';

let opened: UseStore | undefined;
const store = (): UseStore => (opened ??= createStore('munit-own', 'kept'));

/** Undefined too where the browser keeps nothing for pages (some private windows). */
export async function read<T>(key: string): Promise<T | undefined> {
  try {
    return await get<T>(key, store());
  } catch {
    return undefined;
  }
}

/** Keeps a value, or what a promise of it comes to. @returns whether it was kept */
export const write = (key: string, value: unknown): Promise<boolean> => attempt(async () => set(key, await value, store()));

/** Makes a value from the one before, without another tab in between. @returns whether it was kept */
export const change = <T>(key: string, next: (old: T | undefined) => T): Promise<boolean> => attempt(() => update<T>(key, next, store()));

/** What is gone already cannot be in the way. */
export const remove = (key: string): Promise<void> => del(key, store()).catch(() => undefined);

/** Removes all that begins so. */
export async function removeAll(...prefixes: readonly string[]): Promise<void> {
  try {
    const all = await keys<string>(store());
    await delMany(all.filter((key) => prefixes.some((prefix) => key.startsWith(prefix))), store());
  } catch {
    // There is no store, and so nothing in it.
  }
}

let warned = false;
let asked = false;

/** Browsers clear what pages keep when the disk is full, unless they have promised not to. Some ask their user: once there is something to keep. */
function askToPersist(): void {
  if (asked) return;
  asked = true;
  const storage = navigator.storage as StorageManager | undefined;
  storage?.persist?.().catch(() => undefined);
}

/** Says once that nothing is kept: what is shown stays usable. */
async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    askToPersist();
    return true;
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    const { notKept, notKeptFull } = words.peek().page;
    if (!warned) notify(full ? notKeptFull : notKept);
    warned = true;
    return false;
  }
}

/**
 * A file as it is kept: by its bytes. WebKit takes no files into its database in private windows, and elsewhere loses one that is put
 * where it came from.
 */
export interface KeptFile {
  readonly bytes: ArrayBuffer;
  readonly name: string;
  readonly type: string;
}

export const pack = async (file: Blob): Promise<KeptFile> => ({ bytes: await file.arrayBuffer(), name: file instanceof File ? file.name : '', type: file.type });

export const unpack = ({ bytes, name, type }: KeptFile): File => new File([bytes], name, { type });
