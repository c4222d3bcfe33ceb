import type { Worker } from 'node:worker_threads';
import { AbortedError, ArgumentError, DataError } from '@munit/core';
import { Signal, yieldToEventLoop } from '../../sampling/eventLoop.js';
import { WaitStopwatch } from '../../sampling/stopwatch.js';
import type { BatchesState, BatchesStats, DataNotice, UnpairedBatch, UnpairedReader } from '../../sampling/types.js';
import { isSource, startThread } from '../entry.js';
import type { FromReader, ReaderSetup, SentError, ToReader } from './protocol.js';

function threadUrl(): URL {
  if (isSource(import.meta.url)) return new URL('./readerThread.ts', import.meta.url);
  return new URL('./readerThread.js', import.meta.url);
}

function revive({ code, message }: SentError): Error {
  if (code === 'DATA') return new DataError(message);
  if (code === 'ARGUMENT') return new ArgumentError(message);
  return code === 'ABORTED' ? new AbortedError(message) : new Error(message);
}

/** What the thread knows; `stats` lacks this side's waiting. */
interface Opened {
  readonly state: BatchesState;
  readonly stats: BatchesStats;
}

interface Sent extends Opened {
  readonly batch: UnpairedBatch;
}

/**
 * `UnpairedBatches` in a thread of its own: decoding is awaited, pictures are cropped and batches made there, and finished batches are
 * handed over without copying. What is left for the trainer's thread is to take them.
 */
export class ThreadedBatches implements UnpairedReader {
  readonly #worker: Worker;
  readonly #stopwatch = new WaitStopwatch();
  readonly #changed = new Signal();
  readonly #exited: Promise<void>;
  readonly #ready: Sent[] = [];
  readonly #onNotice: (notice: DataNotice) => void;
  #current: Opened | undefined;
  #failure: Error | undefined;
  #waiting = 0;
  #disposed = false;

  /**
   * Starts the thread; resolves when it has taken its options.
   * @throws ArgumentError, DataError as `UnpairedBatches`
   */
  static async open(setup: ReaderSetup, onNotice: (notice: DataNotice) => void): Promise<ThreadedBatches> {
    const batches = new ThreadedBatches(setup, onNotice);
    try {
      await batches.#until(() => batches.#current !== undefined);
    } catch (error) {
      await batches.dispose();
      throw error;
    }
    return batches;
  }

  private constructor(setup: ReaderSetup, onNotice: (notice: DataNotice) => void) {
    this.#onNotice = onNotice;
    this.#worker = startThread(threadUrl(), setup);
    // The thread keeps the process alive only while somebody waits for it.
    this.#worker.unref();
    this.#worker.on('message', (message: FromReader) => this.#receive(message));
    this.#worker.on('error', (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        resolve();
        this.#fail(new DataError(`The thread that reads the data ended by itself (exit code ${code}).`));
      });
    });
  }

  next(signal?: AbortSignal): Promise<UnpairedBatch> {
    return this.#stopwatch.time(async () => {
      // One turn of the event loop: what the thread has sent meanwhile is received.
      await yieldToEventLoop();
      await this.#until(() => this.#ready.length > 0, signal);
      const taken = this.#ready.shift() as Sent;
      this.#current = taken;
      this.#send({ kind: 'more' });
      return taken.batch;
    });
  }

  state(): BatchesState {
    return this.#opened().state;
  }

  stats(): BatchesStats {
    return { ...this.#opened().stats, ...this.#stopwatch.read() };
  }

  async dispose(): Promise<void> {
    if (!this.#disposed) {
      this.#disposed = true;
      this.#ready.length = 0;
      this.#send({ kind: 'dispose' });
      this.#changed.notify();
    }
    this.#hold();
    await this.#exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #opened(): Opened {
    // `open` resolves only when it is set.
    return this.#current as Opened;
  }

  #send(message: ToReader): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromReader): void {
    if (message.kind === 'notice') this.#onNotice(message.notice);
    else if (message.kind === 'failed') this.#fail(revive(message.error));
    else if (message.kind === 'ready') this.#current = message;
    else this.#ready.push({ batch: message.batch, state: message.batch.state, stats: message.stats });
    this.#changed.notify();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#changed.notify();
  }

  #hold(): void {
    this.#waiting++;
    this.#worker.ref();
  }

  async #until(met: () => boolean, signal?: AbortSignal): Promise<void> {
    const wake = (): void => this.#changed.notify();
    signal?.addEventListener('abort', wake, { once: true });
    this.#hold();
    try {
      for (;;) {
        if (this.#disposed) throw new AbortedError('The batches were disposed of.');
        if (signal?.aborted === true) throw new AbortedError('Waiting for a batch was aborted.', { cause: signal.reason });
        if (met()) return;
        // Batches from before a failure are taken first: it strikes at the same batch every time.
        if (this.#failure !== undefined) throw this.#failure;
        await this.#changed.wait();
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      if (--this.#waiting === 0) this.#worker.unref();
    }
  }
}
