import type { Worker } from 'node:worker_threads';
import { AbortedError } from '@munit/core';
import { Channel, type ResultOf } from '@munit/core/channel';
import { BrokenImageError } from '@munit/images';
import { yieldToEventLoop } from '../../sampling/eventLoop.js';
import { WaitStopwatch } from '../../sampling/stopwatch.js';
import type { BatchesState, BatchesStats, DataNotice, UnpairedBatch, UnpairedReader } from '../../sampling/types.js';
import { isSource, startThread } from '../entry.js';
import type { Position, ReaderCalls, ReaderEvents, ReaderSetup } from './protocol.js';

function threadUrl(): URL {
  if (isSource(import.meta.url)) return new URL('./readerThread.ts', import.meta.url);
  return new URL('./readerThread.js', import.meta.url);
}

/**
 * `UnpairedBatches` in a thread of its own: decoding is awaited, images are cropped and batches made there, and finished batches are
 * handed over without copying. What is left for the trainer's thread is to take them.
 */
export class ThreadedBatches implements UnpairedReader {
  readonly #worker: Worker;
  readonly #channel: Channel<ReaderCalls, ReaderEvents>;
  readonly #stopwatch = new WaitStopwatch();
  readonly #exited: Promise<void>;
  /** Batches asked for ahead, in order. */
  readonly #ahead: Promise<ResultOf<ReaderCalls, 'next'>>[] = [];
  #position: Position | undefined;
  #waiting = 0;
  #disposed = false;

  /**
   * Starts the thread; resolves when it has taken its options.
   * @param ahead batches that the thread prepares before the first is taken
   * @throws ArgumentError, DataError as `UnpairedBatches`; ChannelError when the thread fails
   */
  static async open(setup: ReaderSetup, ahead: number, onNotice: (notice: DataNotice) => void): Promise<ThreadedBatches> {
    const batches = new ThreadedBatches(onNotice);
    try {
      batches.#position = await batches.#held(batches.#channel.call('open', setup));
    } catch (error) {
      await batches.dispose();
      throw error;
    }
    for (let i = 0; i < ahead; i++) batches.#request();
    return batches;
  }

  private constructor(onNotice: (notice: DataNotice) => void) {
    this.#worker = startThread(threadUrl());
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => resolve());
    });
    this.#channel = new Channel(this.#worker, { name: 'The thread that reads the data', errors: { BrokenImageError }, on: { notice: onNotice } });
    // The thread keeps the process alive only while somebody waits for it.
    this.#worker.unref();
  }

  next(signal?: AbortSignal): Promise<UnpairedBatch> {
    return this.#stopwatch.time(async () => {
      // One turn of the event loop: what the thread has sent meanwhile is received.
      await yieldToEventLoop();
      this.#check(signal);
      const taken = await this.#held(unlessAborted(this.#ahead[0]!, signal));
      this.#check(signal);
      void this.#ahead.shift();
      this.#position = taken;
      this.#request();
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
      this.#channel.notify('dispose', undefined);
      this.#channel.close(new AbortedError('The batches were disposed of.'));
    }
    await this.#held(this.#exited);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #opened(): Position {
    // `open` resolves only when it is set.
    return this.#position as Position;
  }

  #request(): void {
    const answer = this.#channel.call('next', undefined);
    // Whoever takes it sees it.
    answer.catch(() => undefined);
    this.#ahead.push(answer);
  }

  #check(signal: AbortSignal | undefined): void {
    if (this.#disposed) throw new AbortedError('The batches were disposed of.');
    if (signal?.aborted === true) throw new AbortedError('Waiting for a batch was aborted.', { cause: signal.reason });
  }

  async #held<T>(work: Promise<T>): Promise<T> {
    this.#waiting++;
    this.#worker.ref();
    try {
      return await work;
    } finally {
      if (--this.#waiting === 0) this.#worker.unref();
    }
  }
}

/** `work`, or an AbortedError as soon as `signal` aborts; the work itself continues. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new AbortedError('Waiting for a batch was aborted.', { cause: signal.reason }));
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
