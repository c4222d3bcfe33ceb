/** What a run does to the page around it: the tab says how far it is, and does not close without a question; the screen stays on. */
import { effect } from '@preact/signals';
import { stayAwake } from './awake.js';
import type { TrainingStore } from './store.js';
import { words } from '../words/words.js';

/** @returns a function that ends it */
export function watchPage(store: TrainingStore): () => void {
  const title = document.title;
  const abort = new AbortController();
  const { signal } = abort;
  const end = effect(() => {
    const [phase, last] = [store.phase.value, store.watch.last.value];
    const { tabFailed, tabFinished, tabRunning } = words.value.run;
    if (phase === 'running' && last !== undefined) document.title = tabRunning(Math.floor((100 * last.step) / last.totalSteps), title);
    else document.title = phase === 'finished' ? tabFinished(title) : phase === 'failed' ? tabFailed(title) : title;
  });
  addEventListener(
    'beforeunload',
    (event) => {
      if (store.phase.peek() === 'running') event.preventDefault();
    },
    { signal },
  );
  const awake = stayAwake(() => store.phase.value === 'running');
  // A phone closes pages that are not seen; a tab that is closed was hidden just before.
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'hidden') void store.keepNow();
    },
    { signal },
  );
  return () => {
    end();
    awake();
    abort.abort();
    document.title = title;
  };
}
