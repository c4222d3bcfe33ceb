/**
 * Calls across threads and processes: numbered requests with progress and abort, and events without a request.
 *
 * One end serves a table of functions (`serveChannel`), the other one calls them (`Channel`). Both share two types: the calls, by
 * name, and the events.
 *
 * @example
 * // protocol.ts
 * export interface Calls {
 *   add: { args: { a: number; b: number }; result: number };
 *   train: { args: { steps: number }; result: 'done'; progress: { step: number } };
 * }
 * export interface Events {
 *   log: string;
 * }
 *
 * // worker.ts: a Web Worker's scope; `parentPort` or `process` in Node
 * const served = serveChannel<Calls, Events>(globalThis, {
 *   add: ({ a, b }) => a + b,
 *   async train({ steps }, { signal, progress }) {
 *     for (let step = 0; step < steps && !signal.aborted; step++) progress({ step });
 *     return 'done';
 *   },
 * });
 * served.emit('log', 'ready');
 *
 * // page.ts
 * const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
 * const channel = new Channel<Calls, Events>(worker, { on: { log: console.log } });
 * await channel.call('add', { a: 1, b: 2 }); // 3
 * await channel.call('train', { steps: 10 }, { signal, onProgress: ({ step }) => console.log(step) });
 */
import { AbortedError, ArgumentError, ChannelError } from '../errors/index.js';
import { decodeError, encodeError, type EncodedError, type ErrorClasses } from './errors.js';
import { type ChannelEnd, type ChannelPort, portOf } from './ports.js';

type NameOf<C> = keyof C & string;
/** What a call takes. */
export type ArgsOf<C, Name extends keyof C> = C[Name] extends { readonly args: infer A } ? A : undefined;
/** What a call returns. */
export type ResultOf<C, Name extends keyof C> = C[Name] extends { readonly result: infer R } ? R : undefined;
/** What a call reports while it runs. */
export type ProgressOf<C, Name extends keyof C> = C[Name] extends { readonly progress: infer P } ? P : never;

/** `munit` marks a channel's messages among others on the same port. */
type Message =
  | { readonly munit: 'call'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly munit: 'abort'; readonly id: number }
  | { readonly munit: 'progress'; readonly id: number; readonly progress: unknown }
  | { readonly munit: 'result'; readonly id: number; readonly result: unknown }
  | { readonly munit: 'error'; readonly id: number; readonly error: EncodedError }
  | { readonly munit: 'event'; readonly id: 0; readonly name: string; readonly value: unknown };

const isMessage = (data: unknown): data is Message => typeof data === 'object' && data !== null && 'munit' in data && 'id' in data;

/** How one call is made. */
export interface CallOptions<Progress = never> {
  /** Tells the other end to stop, and rejects at once with an AbortedError. */
  readonly signal?: AbortSignal | undefined;
  /** What the function reports while it runs. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Buffers of the arguments that move instead of being copied. Child processes copy. */
  readonly transfer?: readonly Transferable[] | undefined;
}

/** How a channel is opened. */
export interface ChannelOptions<Events> {
  /** What listens to which event. */
  readonly on?: { readonly [Name in NameOf<Events>]?: ((value: Events[Name]) => void) | undefined } | undefined;
  /** Error classes besides those of `@munit/core` and JavaScript, as `encodeError` takes them. */
  readonly errors?: ErrorClasses | undefined;
  /** What the other end is, for errors. Default: `The worker`. */
  readonly name?: string | undefined;
  /** What to do when the other end fails, for errors. */
  readonly remedy?: string | undefined;
  /** Called once when the other end is gone, after the pending calls have failed; not after `close`. */
  readonly onGone?: ((error: ChannelError) => void) | undefined;
  /** Node: the other end keeps this process alive only while a call is pending. */
  readonly background?: boolean | undefined;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

/** The calling end. */
export class Channel<Calls extends object, Events extends object = object> {
  readonly #port: ChannelPort;
  readonly #options: ChannelOptions<Events>;
  readonly #pending = new Map<number, Pending>();
  readonly #stop: () => void;
  #next = 1;
  #closed: Error | undefined;

  /** @param end a Worker or MessagePort (of browsers or of `node:worker_threads`), or a ChildProcess */
  constructor(end: ChannelEnd, options: ChannelOptions<Events> = {}) {
    this.#port = portOf(end);
    this.#options = options;
    this.#stop = this.#port.listen({ message: (data) => this.#receive(data), gone: (reason, cause) => this.#gone(reason, cause) });
    if (options.background === true) this.#port.keepAlive?.(false);
  }

  /** Calls without an answer yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Calls a function of the other end.
   * @throws what it threw, of the same class and with the same properties and causes
   * @throws AbortedError at once when `signal` aborts
   * @throws ChannelError when the other end fails or ends before it has answered
   */
  async call<Name extends NameOf<Calls>>(name: Name, args: ArgsOf<Calls, Name>, options: CallOptions<ProgressOf<Calls, Name>> = {}): Promise<ResultOf<Calls, Name>> {
    const { signal, onProgress, transfer = [] } = options;
    if (this.#closed !== undefined) throw this.#closed;
    if (signal?.aborted === true) throw new AbortedError('The call was aborted.', { cause: signal.reason });
    const id = this.#next++;
    const abort = (): void => {
      this.#settle(id)?.reject(new AbortedError('The call was aborted.', { cause: signal?.reason }));
      this.#post({ munit: 'abort', id });
    };
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise<ResultOf<Calls, Name>>((resolve, reject) => {
        if (this.#options.background === true && this.#pending.size === 0) this.#port.keepAlive?.(true);
        this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject, onProgress });
        this.#post({ munit: 'call', id, name, args }, transfer);
      });
    } finally {
      this.#settle(id);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** A call whose answer nobody waits for; nothing happens after `close`. */
  notify<Name extends NameOf<Calls>>(name: Name, args: ArgsOf<Calls, Name>, transfer: readonly Transferable[] = []): void {
    if (this.#closed === undefined) this.#post({ munit: 'call', id: this.#next++, name, args }, transfer);
  }

  /** Pending calls fail with `error`, and so do later ones. The other end itself stays its owner's. */
  close(error: Error = new AbortedError('The channel was closed.')): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    this.#stop();
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(error);
  }

  #post(message: Message, transfer: readonly Transferable[] = []): void {
    this.#port.post(message, transfer);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    if (this.#options.background === true && this.#pending.size === 0) this.#port.keepAlive?.(false);
    return pending;
  }

  #gone(reason: string, cause: unknown): void {
    if (this.#closed !== undefined) return;
    const { name = 'The worker', remedy, onGone } = this.#options;
    const error = new ChannelError(`${name} failed: ${reason}.`, { remedy, cause, reason });
    this.close(error);
    onGone?.(error);
  }

  #receive(data: unknown): void {
    if (!isMessage(data)) return;
    if (data.munit === 'progress') this.#pending.get(data.id)?.onProgress?.(data.progress as never);
    else if (data.munit === 'result') this.#settle(data.id)?.resolve(data.result);
    else if (data.munit === 'error') this.#settle(data.id)?.reject(decodeError(data.error, this.#options.errors));
    else if (data.munit === 'event') {
      const on = this.#options.on as Readonly<Record<string, ((value: unknown) => void) | undefined>> | undefined;
      if (on !== undefined && Object.hasOwn(on, data.name)) on[data.name]?.(data.value);
    }
  }
}

/** What a served function has besides its arguments. */
export interface CallContext<Progress = never> {
  /** Aborts when the caller does, and when the caller is gone. */
  readonly signal: AbortSignal;
  /** Reports to the caller's `onProgress`. */
  readonly progress: (progress: Progress) => void;
  /** Buffers of the result that move instead of being copied. */
  readonly transfer: (...buffers: readonly Transferable[]) => void;
}

/** A function for each call. */
export type Handlers<Calls> = {
  readonly [Name in NameOf<Calls>]: (
    args: ArgsOf<Calls, Name>,
    context: CallContext<ProgressOf<Calls, Name>>,
  ) => ResultOf<Calls, Name> | Promise<ResultOf<Calls, Name>>;
};

/** How a channel is served. */
export interface ServeChannelOptions {
  /** Error classes besides those of `@munit/core` and JavaScript, as `encodeError` takes them. */
  readonly errors?: ErrorClasses | undefined;
  /** Called once when the caller is gone: its process ended, or its port was closed. */
  readonly onGone?: (() => void) | undefined;
  /** One call at a time, in the order in which they came. Default: false, all at once. */
  readonly serial?: boolean | undefined;
}

/** The serving end. */
export interface ServedChannel<Events extends object = object> {
  /** Tells the other end of something that it did not ask for. */
  emit<Name extends NameOf<Events>>(name: Name, value: Events[Name], transfer?: readonly Transferable[]): void;
  /** Stops serving and aborts what runs. */
  close(): void;
}

/**
 * Marks an end that is served. WebKit runs the file of a module worker once more when a chunk of it imports it, as bundlers have
 * them do: two servers would answer each call.
 */
const SERVED = Symbol.for('@munit/core: served');

/**
 * Serves functions to the other end. An end that is served already stays with its first server: this one does nothing then.
 * @param end a worker's own scope or a MessagePort; in Node `parentPort`, or `process` in a child process
 */
export function serveChannel<Calls extends object, Events extends object = object>(
  end: ChannelEnd,
  handlers: Handlers<Calls>,
  { errors, onGone, serial = false }: ServeChannelOptions = {},
): ServedChannel<Events> {
  const marked: ChannelEnd & { [SERVED]?: boolean } = end;
  if (marked[SERVED] === true) return { emit: () => undefined, close: () => undefined };
  marked[SERVED] = true;
  const port = portOf(end);
  const running = new Map<number, AbortController>();
  let queue: Promise<unknown> = Promise.resolve();
  let open = true;
  const post = (message: Message, transfer: readonly Transferable[] = []): void => {
    if (open) port.post(message, transfer);
  };

  const answer = async (id: number, name: string, args: unknown, { signal }: AbortController): Promise<void> => {
    const transfer: Transferable[] = [];
    try {
      if (!Object.hasOwn(handlers, name)) throw new ArgumentError(`The other end has no function '${name}'.`, { remedy: 'Check that both ends are of the same version.' });
      const context: CallContext<unknown> = {
        signal,
        progress: (progress) => post({ munit: 'progress', id, progress }),
        transfer: (...buffers) => void transfer.push(...buffers),
      };
      // The pair of name and arguments was typed where it was sent.
      const handler = handlers[name as NameOf<Calls>] as (args: unknown, context: CallContext<unknown>) => unknown;
      const result = await handler(args, context);
      post({ munit: 'result', id, result }, [...new Set(transfer)]);
    } catch (error) {
      post({ munit: 'error', id, error: encodeError(error, errors) });
    } finally {
      running.delete(id);
    }
  };

  const close = (): void => {
    if (!open) return;
    open = false;
    marked[SERVED] = false;
    stop();
    for (const abort of running.values()) abort.abort();
  };
  const stop = port.listen({
    message(data) {
      if (!isMessage(data)) return;
      if (data.munit === 'abort') running.get(data.id)?.abort();
      else if (data.munit === 'call') {
        const { id, name, args } = data;
        const abort = new AbortController();
        running.set(id, abort);
        if (serial) queue = queue.then(() => answer(id, name, args, abort));
        else void answer(id, name, args, abort);
      }
    },
    gone() {
      close();
      onGone?.();
    },
  });
  return {
    emit: (name, value, transfer) => post({ munit: 'event', id: 0, name, value }, transfer),
    close,
  };
}
