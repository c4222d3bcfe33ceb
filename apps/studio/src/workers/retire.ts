/**
 * Ends a worker with all that it started. A worker that is just terminated leaves its own threads behind, and with them its memory:
 * it is asked to end them, and itself, when it has finished what it is at.
 */

/** What the page says to a worker that is to end, and what the worker says when its threads have ended. */
export const END = 'munit-end';
export const ENDED = 'munit-ended';

/** A worker that does not answer by then hangs. */
const PATIENCE_MS = 30_000;

/** @param patienceMs how long it may take to answer @returns when it has ended */
export function retire(worker: Worker, patienceMs = PATIENCE_MS): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      worker.terminate();
      resolve();
    };
    const timer = setTimeout(end, patienceMs);
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => data === ENDED && end());
    worker.addEventListener('error', end);
    worker.postMessage(END);
  });
}

/** In the worker: what frees everything runs when the page says that the worker is to end. */
export function endWith(free: () => void | Promise<void>): void {
  addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data !== END) return;
    void Promise.resolve()
      .then(free)
      .catch(() => undefined)
      // The device closes in turns of its own.
      .then(() => setTimeout(() => postMessage(ENDED), 0));
  });
}
