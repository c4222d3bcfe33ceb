/** Calls to the worker, one at a time: what the user waits for goes before what is made for later. */
import { AbortedError } from '@munit/core';

/** Lower goes first. */
export const priorities = { stage: 0, example: 1, variations: 2, sheet: 3, frames: 3 } as const;

interface Job {
  readonly priority: number;
  readonly start: () => Promise<void>;
}

export class WorkQueue {
  #waiting: Job[] = [];
  #running = false;

  /**
   * Runs `work` when nothing more urgent waits; of equal urgency in the order of asking.
   * @throws what `work` throws; AbortedError at once when `signal` says so before its turn
   */
  run<T>(priority: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const job: Job = {
        priority,
        start: () => {
          signal?.removeEventListener('abort', abort);
          return work().then(resolve, reject);
        },
      };
      const abort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== job);
        reject(new AbortedError());
      };
      if (signal?.aborted === true) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(job);
      void this.#next();
    });
  }

  async #next(): Promise<void> {
    if (this.#running || this.#waiting.length === 0) return;
    this.#running = true;
    // Not before others that ask in this turn of the event loop are in the queue too.
    await Promise.resolve();
    const first = this.#waiting.reduce<Job | undefined>((best, job) => (best === undefined || job.priority < best.priority ? job : best), undefined);
    if (first !== undefined) {
      this.#waiting = this.#waiting.filter((job) => job !== first);
      await first.start();
    }
    this.#running = false;
    void this.#next();
  }
}
