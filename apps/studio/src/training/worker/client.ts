/** The page's side of the worker that trains. */
import type { TrainingEvent } from '@munit/train/browser';
import type { Call, CallName, Calls, FromWorker, SentError } from './protocol.js';

/** What went wrong in the worker. */
export class WorkerError extends Error {
  readonly code: SentError['code'];

  constructor({ name, message, code }: SentError) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class TrainingClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #dead: Error | undefined;

  /** `onDeath`: the worker itself is gone, which only too little memory does. */
  constructor(worker: Worker, onEvent: (event: TrainingEvent) => void, onDeath: (error: Error) => void) {
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'event') onEvent(data.event);
      else this.#settle(data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      const error = new Error(`The worker that trains has failed${event.message === '' ? '' : `: ${event.message}`}.`);
      this.close(error);
      onDeath(error);
    });
  }

  /** @throws WorkerError */
  call<Name extends CallName>(name: Name, args: Calls[Name]['args']): Promise<Calls[Name]['result']> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const id = this.#next++;
    return new Promise<Calls[Name]['result']>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker.postMessage({ id, name, args } as Call);
    });
  }

  /** Ends the worker; calls under way fail. */
  close(error: Error = Object.assign(new Error('The training was closed.'), { name: 'AbortedError' })): void {
    this.#dead ??= error;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }

  #settle(message: Exclude<FromWorker, { kind: 'event' }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'result') waiting?.resolve(message.result);
    else waiting?.reject(new WorkerError(message.error));
  }
}
