/** A screen that goes dark takes a phone's page with it: it stays on while there is something to do. */
import { effect } from '@preact/signals';

/** @param needed read as signals are: the screen follows it @returns a function that lets the screen go dark again */
export function stayAwake(needed: () => boolean): () => void {
  const lock = navigator.wakeLock as WakeLock | undefined;
  let held: Promise<WakeLockSentinel | undefined> | undefined;
  const release = (): void => {
    void held?.then((sentinel) => sentinel?.release());
    held = undefined;
  };
  const follow = (wanted: boolean): void => {
    if (!wanted || document.visibilityState === 'hidden') return release();
    // Browsers refuse it when the battery is low: the run goes as it would without.
    held ??= lock?.request('screen').catch(() => undefined);
  };
  const end = effect(() => follow(needed()));
  // The browser takes it away from a page that is hidden.
  const seen = (): void => {
    held = undefined;
    follow(needed());
  };
  document.addEventListener('visibilitychange', seen);
  return () => {
    end();
    document.removeEventListener('visibilitychange', seen);
    release();
  };
}
