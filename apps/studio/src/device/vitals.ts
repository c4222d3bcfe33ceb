/** Memory and kind of the device, asked for regularly while the dialog is open. */
import { computed, signal } from '@preact/signals';
import type { TranslatorMemory } from '@munit/infer';
import type { TranslatorClient } from '@munit/infer/worker';
import { model } from '../model/session.js';

const latest = signal<{ readonly translator: TranslatorClient; readonly memory: TranslatorMemory } | undefined>(undefined);
/** Of the model in use: an answer for an earlier one is about another device. */
export const vitals = computed(() => (latest.value?.translator === model.value?.translator ? latest.value?.memory : undefined));

const EVERY_MS = 1500;

/** @returns a function that ends the asking */
export function watchVitals(): () => void {
  let asking = false;
  const ask = async (): Promise<void> => {
    const translator = model.peek()?.translator;
    // A busy worker answers when it has a moment.
    if (translator === undefined || asking) return;
    asking = true;
    try {
      latest.value = { translator, memory: await translator.memory() };
    } catch {
      // The model was replaced, or its worker ended: the next one is asked.
    } finally {
      asking = false;
    }
  };
  void ask();
  const timer = setInterval(() => void ask(), EVERY_MS);
  return () => clearInterval(timer);
}
