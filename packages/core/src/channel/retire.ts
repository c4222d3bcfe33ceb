/**
 * Ends a worker of a page with all that it started. A worker that is just terminated leaves its own threads behind, and with them its
 * memory: it is asked to end them, and itself, when it has finished what it is doing.
 */

/** What the page says to a worker that is to end, and what the worker answers when its threads have ended. */
const END = 'munit-end';
const ENDED = 'munit-ended';

/** A worker that has not answered by then hangs. */
const PATIENCE_MS = 30_000;

/** The side of a page that ends a worker: a `Worker`. */
export interface WorkerEnd {
  /** Sends a message. */
  postMessage(message: unknown): void;
  /** Listens for its messages and errors. */
  addEventListener(type: 'message' | 'error', listener: (event: { readonly data?: unknown }) => void): void;
  /** Ends it at once. */
  terminate(): void;
}

/**
 * Ends a worker whose script calls `endWith`, together with the threads that it started.
 * @param patienceMs how long it may take to answer; after that it is terminated as it is
 * @returns when it has ended
 */
export function retire(worker: WorkerEnd, patienceMs = PATIENCE_MS): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      worker.terminate();
      resolve();
    };
    const timer = setTimeout(end, patienceMs);
    worker.addEventListener('message', ({ data }) => {
      if (data === ENDED) end();
    });
    worker.addEventListener('error', end);
    worker.postMessage(END);
  });
}

/** In the script of a page's worker: `free` runs when the page retires the worker, which then ends. */
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
