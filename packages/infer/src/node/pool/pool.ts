/** Several translators of one model, each in a thread of its own, behind one bounded queue: what a server needs. */
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { AbortedError, ChannelError, checkInteger, checkOptions, type DeviceName, type DeviceReport, type OptionNames, QueueFullError } from '@munit/core';
import type { Picture } from '../../images/picture.js';
import type { ImageInput } from '../../images/read.js';
import type { StyleCode } from '../../styles.js';
import type { ManyStyles, OneStyle, TranslateOptions, TranslatorInfo } from '../../translator/types.js';
import { TranslatorClient } from '../../worker/client.js';
import { FilePicture } from '../picture.js';
import { startThread } from './thread.js';

/** How many translators there are, on what, and how many calls may wait for them. */
export interface TranslatorPoolOptions {
  /** Threads, each with its own copy of the weights. Default: half of the machine's cores, 1 to 4. */
  readonly workers?: number | undefined;
  /** Calls that may wait while all workers are busy; the next one is refused. Default 64. */
  readonly maxWaiting?: number | undefined;
  /** Default `auto`. A GPU is shared by all workers: one is enough there. */
  readonly device?: DeviceName | 'auto' | undefined;
  /** Threads of each worker on the `simd` device. Default: the cores divided by the workers. */
  readonly threads?: number | undefined;
  /** The most bytes that one image may take on the device; a larger one goes in bands. */
  readonly memoryLimit?: number | undefined;
  /** Stops the loading with an `AbortedError`. */
  readonly signal?: AbortSignal | undefined;
  /** Hears that a worker has ended and could not be started again. The others continue; without any, calls fail with this error. */
  readonly onLost?: ((error: ChannelError) => void) | undefined;
}

/** Their names, by which unknown ones are refused. */
const poolNames: OptionNames<TranslatorPoolOptions> = { workers: true, maxWaiting: true, device: true, threads: true, memoryLimit: true, signal: true, onLost: true };

/** A worker, and the translator in it while there is one. */
interface Seat {
  readonly thread: Worker;
  readonly client: TranslatorClient;
  busy: boolean;
}

interface Job {
  readonly run: (client: TranslatorClient) => Promise<void>;
  readonly reject: (error: unknown) => void;
}

/** Workers that end without having answered anything, in a row, before the pool gives up. */
const maxFutileStarts = 3;

/**
 * Translators in threads. Calls are answered in the order in which they came, each by one worker; while all are busy they wait, and when too
 * many wait the next one is refused at once. A worker that ends is replaced: the call that it was about fails, the others do not notice.
 * Where that is not possible, `onLost` hears of it and the others continue.
 *
 * @example
 * const pool = await TranslatorPool.load('edges2shoes', { workers: 2 });
 * const [shoe] = await pool.translate('drawing.png', { styles: 1, seed: 1 });
 * await pool.close();
 */
export class TranslatorPool {
  /** What the model is. */
  readonly info: Omit<TranslatorInfo, 'device'> & { readonly styleDim: number };
  readonly #most: number;
  readonly #onLost: (error: ChannelError) => void;
  readonly #start: () => Promise<Seat>;
  readonly #seats: Set<Seat>;
  readonly #queue: Job[] = [];
  readonly #maxWaiting: number;
  #starting = 0;
  #futile = 0;
  #broken: ChannelError | undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #idle: (() => void)[] = [];

  private constructor(seats: readonly Seat[], start: () => Promise<Seat>, maxWaiting: number, onLost: (error: ChannelError) => void) {
    const { architecture, domains, about, weightBytes, styleDim } = seats[0]!.client;
    this.info = { architecture, domains, about, weightBytes, styleDim };
    this.#most = seats.length;
    this.#onLost = onLost;
    this.#seats = new Set(seats);
    this.#start = start;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Loads a model into every worker.
   * @param source a model folder, a checkpoint, an address, `hf:owner/name`, or the bytes of a model file
   * @throws ArgumentError for a number out of range; as `loadTranslator`
   */
  static async load(source: string | Uint8Array, options: TranslatorPoolOptions = {}): Promise<TranslatorPool> {
    checkOptions('TranslatorPool.load', options, poolNames);
    const cores = availableParallelism();
    const { workers = Math.min(4, Math.max(1, Math.floor(cores / 2))), maxWaiting = 64, device = 'auto', memoryLimit, signal, onLost = () => undefined } = options;
    checkInteger('TranslatorPool', 'workers', workers, 1);
    checkInteger('TranslatorPool', 'maxWaiting', maxWaiting, 0);
    const threads = options.threads ?? Math.max(1, Math.floor(cores / workers));
    const start = async (): Promise<Seat> => {
      const thread = startThread(new URL(`./poolWorker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url));
      try {
        const client = await TranslatorClient.load(thread, source, { device, threads, signal, ...(memoryLimit === undefined ? {} : { memoryLimit }) });
        return { thread, client, busy: false };
      } catch (error) {
        await thread.terminate();
        throw error;
      }
    };
    const started = await Promise.allSettled(Array.from({ length: workers }, start));
    const seats = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = started.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(seats.map(({ thread }) => thread.terminate()));
      throw failed.reason;
    }
    return new TranslatorPool(seats, start, maxWaiting, onLost);
  }

  /** Workers that there are, or that are being started again: fewer than at first when one could not be. */
  get workers(): number {
    return this.#seats.size + this.#starting;
  }

  /** Calls that wait for a worker. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Calls that a worker is busy with. */
  get running(): number {
    return [...this.#seats].filter(({ busy }) => busy).length;
  }

  /** Whether calls are taken: not after `close`, nor when no worker can be started any more. */
  get isOpen(): boolean {
    return this.#state === 'open' && this.#broken === undefined;
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** The threads, for tests that end one. @internal */
  threads(): Worker[] {
    return [...this.#seats].map(({ thread }) => thread);
  }

  /** The device of the workers. */
  get device(): DeviceReport | undefined {
    return [...this.#seats][0]?.client.device;
  }

  /**
   * As `translate` of a translator, in the next free worker.
   * @throws QueueFullError when `maxWaiting` calls wait already; AbortedError after `close` or `dispose`, or by `signal`; ChannelError when the
   * worker ends meanwhile; as `translate`
   */
  translate(image: ImageInput, options?: OneStyle): Promise<FilePicture>;
  translate(image: ImageInput, options: ManyStyles): Promise<FilePicture[]>;
  async translate(image: ImageInput, options: TranslateOptions = {}): Promise<FilePicture | FilePicture[]> {
    if (options.styles === undefined) return filePicture(await this.#call(options.signal, (client) => client.translate(image, options)));
    return (await this.#call(options.signal, (client) => client.translate(image, options))).map(filePicture);
  }

  /** As `styleOf` of a translator, in the next free worker. @throws as `translate` */
  styleOf(example: ImageInput, options: { readonly domain?: 'a' | 'b'; readonly signal?: AbortSignal } = {}): Promise<StyleCode> {
    return this.#call(options.signal, (client) => client.styleOf(example, options));
  }

  /** Takes no more calls, finishes those that were taken, and ends the workers. Calling it twice does no harm. */
  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closing';
    if (this.#queue.length > 0 || this.running > 0) await new Promise<void>((done) => this.#idle.push(done));
    await this.dispose();
  }

  /** Ends the workers at once; calls that were taken fail with an `AbortedError`. */
  async dispose(): Promise<void> {
    this.#state = 'closed';
    const error = new AbortedError('The pool of translators was closed.');
    for (const { reject } of this.#queue.splice(0)) reject(error);
    const seats = [...this.#seats];
    this.#seats.clear();
    for (const { client } of seats) client.dispose();
    await Promise.all(seats.map(({ thread }) => thread.terminate()));
    for (const done of this.#idle.splice(0)) done();
  }

  /** As `dispose`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #call<T>(signal: AbortSignal | undefined, work: (client: TranslatorClient) => Promise<T>): Promise<T> {
    if (this.#state !== 'open') return Promise.reject(new AbortedError('The pool of translators was closed.'));
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (signal?.aborted === true) return Promise.reject(new AbortedError());
    const hasFree = [...this.#seats].some(({ busy }) => !busy);
    if (!hasFree && this.#queue.length >= this.#maxWaiting) {
      return Promise.reject(new QueueFullError(`${this.#queue.length} calls wait for ${this.workers} translators already.`, { remedy: 'Try again later.' }));
    }
    return new Promise<T>((resolve, reject) => {
      const job: Job = {
        reject,
        run: async (client) => {
          signal?.removeEventListener('abort', leave);
          try {
            resolve(await work(client));
          } catch (error) {
            reject(error);
            if (error instanceof ChannelError) throw error;
            // An aborted call rejects at once, but its worker is busy until the next pause: it answers this when it is free.
            if (error instanceof AbortedError) await client.memory();
          }
        },
      };
      // Who has stopped waiting makes room.
      const leave = (): void => {
        const place = this.#queue.indexOf(job);
        if (place < 0) return;
        this.#queue.splice(place, 1);
        reject(new AbortedError());
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#queue.push(job);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const seat of this.#seats) {
      if (seat.busy) continue;
      const job = this.#queue.shift();
      if (job === undefined) break;
      seat.busy = true;
      void this.#work(seat, job);
    }
    if (this.#queue.length > 0 || this.running > 0) return;
    for (const done of this.#idle.splice(0)) done();
  }

  async #work(seat: Seat, job: Job): Promise<void> {
    try {
      await job.run(seat.client);
      this.#futile = 0;
      seat.busy = false;
    } catch (error) {
      if (this.#seats.delete(seat)) await this.#replace(seat, error);
    }
    this.#dispatch();
  }

  /** Puts a new worker in the place of one that is gone. */
  async #replace({ thread }: Seat, error: unknown): Promise<void> {
    await thread.terminate();
    let cause = error;
    if (this.#isClosed) return;
    if (++this.#futile <= maxFutileStarts) {
      this.#starting++;
      try {
        const seat = await this.#start();
        if (this.#isClosed) await seat.thread.terminate();
        else this.#seats.add(seat);
        return;
      } catch (thrown) {
        cause = thrown;
      } finally {
        this.#starting--;
      }
    }
    if (!this.#isClosed) this.#lose(cause);
  }

  /** Continues with the workers that are left, or, without any, fails what waits. */
  #lose(cause: unknown): void {
    const left = this.workers;
    const remedy = 'Check that there is memory left, and that the model is still there.';
    if (left > 0) return this.#onLost(new ChannelError(`A translator has ended and cannot be started again: ${left} of ${this.#most} ${left === 1 ? 'is' : 'are'} left.`, { cause, remedy }));
    this.#broken = new ChannelError('The translators cannot run: their threads end without an answer, or cannot be started again.', { cause, remedy });
    for (const { reject } of this.#queue.splice(0)) reject(this.#broken);
    this.#onLost(this.#broken);
  }
}

/** What a worker has sent, with the means to save it. */
const filePicture = ({ width, height, channels, values, style }: Picture): FilePicture => new FilePicture({ width, height, channels, values }, style);
