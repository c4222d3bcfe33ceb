/** What is the user's own and outlives a reload: in this browser, and nowhere else. */
import { clear, createStore, del, get, set, update, type UseStore } from 'idb-keyval';
import { notify } from '../ui/index.js';

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

export const removeAll = (): Promise<void> => clear(store()).catch(() => undefined);

let told = false;

/** Says once that nothing is kept: what is shown stays usable. */
async function attempt(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    if (!told) notify(`This browser does not keep your pictures and models${full ? ', for it has no room' : ''}: a reload forgets them.`);
    told = true;
    return false;
  }
}
