/** Several images, one after the other, shown as they are ready. */
import { signal } from '@preact/signals';
import type { Picture } from '@munit/infer';
import { decode, type DecodeRequest } from './decode.js';

export interface BatchState {
  readonly pictures: readonly (Picture | undefined)[];
  readonly running: boolean;
  readonly done: number;
  readonly problem?: string;
}

const nothing: BatchState = { pictures: [], running: false, done: 0 };

/** A list of images that is recomputed whenever it is started; the old ones stay until then. */
export class Batch {
  readonly state = signal<BatchState>(nothing);
  readonly #priority: number;
  #abort = new AbortController();
  #requests: readonly DecodeRequest[] = [];

  constructor(priority: number) {
    this.#priority = priority;
  }

  async start(requests: readonly DecodeRequest[], { keepOld = false } = {}): Promise<void> {
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    this.#requests = requests;
    const old = keepOld ? this.state.peek().pictures : [];
    await this.#make(abort, requests.map((_, i) => old[i]), 0);
  }

  /** Continues where it was stopped. */
  async again(): Promise<void> {
    this.#abort.abort();
    const abort = (this.#abort = new AbortController());
    const { pictures, done } = this.state.peek();
    await this.#make(abort, [...pictures], done);
  }

  async #make(abort: AbortController, pictures: (Picture | undefined)[], from: number): Promise<void> {
    const requests = this.#requests;
    const show = (done: number, more: { running: boolean; problem?: string }): void => {
      if (this.#abort === abort) this.state.value = { pictures: [...pictures], done, ...more };
    };
    show(from, { running: true });
    try {
      for (const [i, request] of requests.entries()) {
        if (i < from) continue;
        pictures[i] = await decode(request, { priority: this.#priority, signal: abort.signal });
        show(i + 1, { running: i + 1 < requests.length });
      }
    } catch (error) {
      const done = this.state.peek().done;
      show(done, { running: false, problem: abort.signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : String(error) });
    }
  }

  stop(): void {
    this.#abort.abort();
  }

  clear(): void {
    this.stop();
    this.#abort = new AbortController();
    this.state.value = nothing;
  }
}
