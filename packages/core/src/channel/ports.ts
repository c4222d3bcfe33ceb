/** The ends that a channel runs over, made alike: workers and ports of browsers and of Node, and child processes. */

/** What is heard at an end. */
export interface PortListener {
  message(data: unknown): void;
  /** The other end cannot answer: its script did not load, it threw, it ended. */
  gone(reason: string, cause?: unknown): void;
}

/** One end of a channel. */
export interface ChannelPort {
  /** @throws DataCloneError when the message cannot be cloned */
  post(message: unknown, transfer: readonly Transferable[]): void;
  /** @returns a function that stops listening */
  listen(listener: PortListener): () => void;
  /** Whether this end keeps the process alive; only Node's do. */
  keepAlive?(alive: boolean): void;
}

/** What arrives: a message, or the news that a script failed. */
interface EndEvent {
  readonly data?: unknown;
  readonly message?: unknown;
  readonly error?: unknown;
}

type Listener = (event: EndEvent) => void;

/** A `Worker`, a `MessagePort` or a worker's own global scope. */
export interface EventEnd {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: string, listener: Listener): void;
  removeEventListener(type: string, listener: Listener): void;
  /** A `MessagePort` waits for it. */
  start?(): void;
}

/** A `Worker` or `MessagePort` of `node:worker_threads`. */
export interface ThreadEnd {
  postMessage(message: unknown, transfer?: readonly never[]): void;
  on(type: string, listener: (...args: unknown[]) => void): unknown;
  off(type: string, listener: (...args: unknown[]) => void): unknown;
  ref(): void;
  unref(): void;
}

/** A `ChildProcess` with a message channel (`serialization: 'advanced'`), or, in the child, `process`. */
export interface ProcessEnd {
  send?(message: unknown, callback: (error: Error | null) => void): unknown;
  on(type: string, listener: (...args: unknown[]) => void): unknown;
  off(type: string, listener: (...args: unknown[]) => void): unknown;
  ref?(): void;
  unref?(): void;
  readonly channel?: { ref(): void; unref(): void } | null | undefined;
}

/** Whatever a channel can run over. */
export type ChannelEnd = EventEnd | ThreadEnd | ProcessEnd;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function eventPort(end: EventEnd): ChannelPort {
  // A worker's own scope hears of its own errors, which are nobody's end.
  const isScope = (end as object) === globalThis;
  return {
    post: (message, transfer) => end.postMessage(message, [...transfer]),
    listen({ message, gone }) {
      const listeners: Record<string, Listener> = {
        message: ({ data }) => message(data),
        close: () => gone('its port was closed'),
        ...(isScope
          ? {}
          : {
              messageerror: () => gone('a message of it could not be read'),
              error: ({ message: text, error }) => gone(typeof text === 'string' && text !== '' ? text : 'its script did not load', error),
            }),
      };
      for (const [type, listener] of Object.entries(listeners)) end.addEventListener(type, listener);
      end.start?.();
      return () => {
        for (const [type, listener] of Object.entries(listeners)) end.removeEventListener(type, listener);
      };
    },
  };
}

function attach(end: ThreadEnd | ProcessEnd, listeners: Record<string, (...args: never[]) => void>): () => void {
  // Each event has arguments of its own.
  const all = Object.entries(listeners) as [string, (...args: unknown[]) => void][];
  for (const [type, listener] of all) end.on(type, listener);
  return () => {
    for (const [type, listener] of all) end.off(type, listener);
  };
}

function threadPort(end: ThreadEnd): ChannelPort {
  return {
    post: (message, transfer) => end.postMessage(message, transfer as readonly never[]),
    listen: ({ message, gone }) =>
      attach(end, {
        message,
        messageerror: (error: unknown) => gone(`a message of it could not be read (${textOf(error)})`, error),
        error: (error: unknown) => gone(textOf(error), error),
        exit: (code: number) => gone(`it ended (exit code ${code})`),
        close: () => gone('its port was closed'),
      }),
    keepAlive: (alive) => (alive ? end.ref() : end.unref()),
  };
}

function processPort(end: ProcessEnd): ChannelPort {
  return {
    // A failed write means that the process is going down: its exit is heard.
    post: (message) => void end.send?.(message, () => undefined),
    listen({ message, gone }) {
      let how: string | undefined;
      let connected = true;
      const exit = (code: number | null, signal: string | null): void => {
        how = signal === null ? `exit code ${String(code)}` : signal;
        // What it sent before it ended may still arrive.
        if (!connected) gone(how);
      };
      return attach(end, {
        message,
        exit,
        disconnect: () => {
          connected = false;
          if (how !== undefined) gone(how);
          // Its exit follows, and says more.
          else setTimeout(() => gone(how ?? 'its message channel was closed'), 100);
        },
        // Without a process there is no exit.
        error: (error: unknown) => {
          if ((end as { readonly pid?: unknown }).pid === undefined) gone(textOf(error), error);
        },
      });
    },
    keepAlive(alive) {
      for (const one of [end, end.channel]) (alive ? one?.ref?.() : one?.unref?.());
    },
  };
}

// Node's ports also have the methods of an EventTarget.
const isThread = (end: ChannelEnd): end is ThreadEnd => 'postMessage' in end && 'ref' in end;

/** The port of an end, which is recognized by its methods. */
export function portOf(end: ChannelEnd): ChannelPort {
  if (isThread(end)) return threadPort(end);
  return 'postMessage' in end ? eventPort(end) : processPort(end);
}
