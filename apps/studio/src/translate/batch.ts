/** Several images, one after the other, shown as they are ready. */
import { signal } from '@preact/signals';
import type { Picture } from '@munit/infer';
import { decode, type DecodeRequest } from './decode.js';
import { words } from '../words/words.js';

export interface BatchState {
  readonly pictures: readonly (Picture | undefined)[];
  readonly running: boolean;
  readonly done: number;
  /** What went wrong; `stopped`: its user has stopped it. */
  readonly problem?: { readonly text: string } | 'stopped';
}

/** What to say of it. */
export const problemText = (problem: NonNullable<BatchState['problem']>): string => (problem === 'stopped' ? words.value.common.stopped : problem.text);

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
    const show = (done: number, more: Pick<BatchState, 'running' | 'problem'>): void => {
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
      show(done, { running: false, problem: abort.signal.aborted ? 'stopped' : { text: error instanceof Error ? error.message : String(error) } });
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
