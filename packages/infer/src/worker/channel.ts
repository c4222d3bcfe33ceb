/** Calls over a port: numbered, with progress, cancel and errors of the right class. */
import { AbortedError, DeviceError } from '@munit/core';
import { reviveError } from './errors.js';
import { type CallName, type Calls, isOurs, type Port, type PortEvent, type Reply, type Request } from './protocol.js';

export interface Hooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Extract<Reply, { munit: 'progress' }>['progress']) => void) | undefined;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: Hooks['onProgress'];
}

export class WorkerChannel {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #closed: Error | undefined;

  constructor(port: Port) {
    this.#port = port;
    port.addEventListener('message', this.#listener);
    port.addEventListener('error', this.#failed);
    port.start?.();
  }

  /** @throws what the worker threw, with its class and code; AbortedError at once when the signal says so */
  async call<Name extends CallName>(name: Name, args: Calls[Name]['args'], transfer: Transferable[] = [], hooks: Hooks = {}): Promise<Calls[Name]['result']> {
    const { signal, onProgress } = hooks;
    if (this.#closed !== undefined) throw this.#closed;
    if (signal?.aborted === true) throw new AbortedError('The call was aborted.', { cause: signal.reason });
    const id = this.#next++;
    const abort = (): void => {
      this.#send({ munit: 'abort', id });
      this.#settle(id)?.reject(new AbortedError('The call was aborted.', { cause: signal?.reason }));
    };
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise<Calls[Name]['result']>((resolve, reject) => {
        this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject, onProgress });
        this.#send({ munit: 'call', id, name, args } as Request, transfer);
      });
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** A call whose answer nobody waits for. */
  tell<Name extends CallName>(name: Name, args: Calls[Name]['args']): void {
    if (this.#closed === undefined) this.#send({ munit: 'call', id: this.#next++, name, args } as Request);
  }

  /** Calls under way fail with `error`, and so do later ones. */
  close(error: Error = new AbortedError('The channel to the worker was closed.')): void {
    this.#closed ??= error;
    this.#port.removeEventListener('message', this.#listener);
    this.#port.removeEventListener('error', this.#failed);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #send(request: Request, transfer: Transferable[] = []): void {
    this.#port.postMessage(request, transfer);
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** A worker whose script cannot be loaded or throws would otherwise leave its callers waiting for ever. */
  readonly #failed = ({ message }: PortEvent): void => {
    const why = typeof message === 'string' && message !== '' ? message : 'its script did not load';
    this.close(new DeviceError(`The worker failed: ${why}.`, { remedy: 'Check the address of its script, and that it calls serveTranslator().' }));
  };

  readonly #listener = ({ data }: PortEvent): void => {
    if (!isOurs(data)) return;
    const reply = data as Reply;
    if (reply.munit === 'progress') this.#waiting.get(reply.id)?.onProgress?.(reply.progress);
    else if (reply.munit === 'result') this.#settle(reply.id)?.resolve(reply.result);
    else if (reply.munit === 'error') this.#settle(reply.id)?.reject(reviveError(reply.error));
  };
}
