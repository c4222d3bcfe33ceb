/** Deadlines and aborts of one download. */
import { AbortedError } from '@munit/core';
import { ModelSourceError } from '../../errors.js';

export function downloadFailure(url: string, what: string, remedy: string, cause?: unknown): ModelSourceError {
  return new ModelSourceError(`${url} ${what}.`, { remedy, ...(cause === undefined ? {} : { cause }) });
}

/** How long a server may stay silent, and the least that it must send in each such span. */
const DEFAULT_TIMEOUT_MS = 30_000;
const LEAST_BYTES = 4096;

/**
 * Ends a download that its caller aborts, or that makes too little progress: no answer within a span, or fewer than
 * 4096 bytes in one. Everything that waits for the network races against `ended`, because a pending read of Node 20's
 * fetch is not settled by an abort that comes with the last piece.
 */
export class DownloadWatch {
  readonly #abort = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#end(new AbortedError('Loading the model was aborted.'));
  readonly #ended: Promise<never>;
  #reject: (reason: Error) => void = () => undefined;
  #fresh = 0;
  #loaded = 0;

  constructor(url: string, spanMs = DEFAULT_TIMEOUT_MS, caller?: AbortSignal) {
    this.#caller = caller;
    this.#ended = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    this.#ended.catch(() => undefined);
    caller?.addEventListener('abort', this.#onAbort);
    this.#timer = setInterval(() => {
      if (this.#fresh >= LEAST_BYTES) this.#fresh = 0;
      else {
        const seconds = spanMs / 1000;
        const what = this.#loaded === 0 ? `sent nothing for ${seconds} s` : `sent only ${this.#fresh} bytes in ${seconds} s, after ${this.#loaded} in all`;
        this.#end(downloadFailure(url, what, 'Try again later, or raise timeoutMs if the connection is known to be slow.'));
      }
    }, spanMs);
    if (caller?.aborted === true) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Counts what came: any answer counts as enough for its span. */
  received(bytes: number): void {
    this.#fresh += bytes;
    this.#loaded += bytes;
  }

  answered(): void {
    this.#fresh = LEAST_BYTES;
  }

  race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return Promise.race([this.#ended, work]);
  }

  #end(reason: Error): void {
    this.#reject(reason);
    this.#abort.abort(reason);
  }

  /** Ends what is still under way. */
  stop(): void {
    clearInterval(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onAbort);
    this.#abort.abort();
  }
}
