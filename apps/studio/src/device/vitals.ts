/** Memory and kind of the device, asked for regularly while the dialog is open. */
import { computed, signal } from '@preact/signals';
import { model } from '../model/session.js';
import { askVitals, type Vitals } from '../workers/vitals.js';

const latest = signal<{ readonly worker: Worker; readonly vitals: Vitals } | undefined>(undefined);
/** Of the worker in use: an answer of an earlier one is about another device. */
export const vitals = computed(() => (latest.value?.worker === model.value?.worker ? latest.value?.vitals : undefined));
export const storageUsed = signal<number | undefined>(undefined);

const EVERY_MS = 1500;

/** @returns a function that ends the asking */
export function watchVitals(): () => void {
  const abort = new AbortController();
  const ask = async (): Promise<void> => {
    const worker = model.peek()?.worker;
    if (worker !== undefined) latest.value = { worker, vitals: await askVitals(worker, abort.signal) };
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
