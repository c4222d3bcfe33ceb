import { AbortedError } from '@munit/core';
import type { TrainState } from '../state/state.js';

interface Job {
  readonly work: (state: TrainState) => Promise<void>;
  readonly fail: (error: unknown) => void;
}

/**
 * What the loop passes through before each step: it lets steps through as they are permitted, and between two steps whoever
 * needs the weights has them for itself.
 */
export class Gate {
  #permits = 0;
  #signal: AbortSignal | undefined;
  #jobs: Job[] = [];
  #wake: (() => void) | undefined;
  #resting = new Set<() => void>();

  /** Whether steps are let through without end. */
  get open(): boolean {
    return this.#permits === Infinity;
  }

  /** A loop begins. */
  enter(signal: AbortSignal): void {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.wake(), { once: true });
  }

  /** Steps that may be made from now on; 0 pauses. */
  permit(steps: number): void {
    this.#permits = steps;
    this.wake();
  }

  /** Looks again: something has changed. */
  wake(): void {
    this.#wake?.();
  }

  /** Settles when the loop waits here, or has ended. */
  rest(): Promise<void> {
    return new Promise((resolve) => this.#resting.add(resolve));
  }

  /** Runs `work` between two steps. */
  ask<T>(work: (state: TrainState) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, fail) => {
      this.#jobs.push({ work: async (state) => resolve(await work(state)), fail });
      this.wake();
    });
  }

  /** The loop's side: returns when the next step may be made. @throws AbortedError when the signal aborted */
  async pass(state: TrainState, check: () => void): Promise<{ readonly log: boolean }> {
    for (;;) {
      check();
      await this.serve(state);
      if (this.#signal?.aborted === true) throw new AbortedError();
      if (this.#jobs.length > 0) continue;
      if (this.#permits > 0) break;
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      this.#settleRest();
      await woken;
    }
    const log = this.#permits !== Infinity;
    this.#permits--;
    return { log };
  }

  /** Does what is asked for. */
  async serve(state: TrainState): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) await job.work(state).catch(job.fail);
  }

  /** The loop has ended: whoever waits for it continues, and with an error, whoever wanted the weights fails. */
  leave(error?: unknown): void {
    this.#permits = 0;
    this.#signal = undefined;
    this.#wake = undefined;
    if (error !== undefined) for (const { fail } of this.#jobs.splice(0)) fail(error);
    this.#settleRest();
  }

  #settleRest(): void {
    for (const resolve of this.#resting) resolve();
    this.#resting.clear();
  }
}
