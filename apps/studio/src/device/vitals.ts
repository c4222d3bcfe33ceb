/** How the device is doing, asked now and then while somebody looks. */
import { signal } from '@preact/signals';
import { model } from '../model/session.js';
import { askVitals, type Vitals } from '../workers/vitals.js';

export const vitals = signal<Vitals | undefined>(undefined);
export const storageUsed = signal<number | undefined>(undefined);

const EVERY_MS = 1500;

/** @returns a function that ends the asking */
export function watchVitals(): () => void {
  const abort = new AbortController();
  const ask = async (): Promise<void> => {
    const worker = model.peek()?.worker;
    if (worker !== undefined) vitals.value = await askVitals(worker, abort.signal);
  };
  const storage = navigator.storage as StorageManager | undefined;
  storage?.estimate().then(({ usage }) => (storageUsed.value = usage), () => undefined);
  void ask();
  const timer = setInterval(() => void ask(), EVERY_MS);
  return () => {
    clearInterval(timer);
    abort.abort();
  };
}
