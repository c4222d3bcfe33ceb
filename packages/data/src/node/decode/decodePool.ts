import { availableParallelism } from 'node:os';
import { AbortedError, ArgumentError, DataError } from '@munit/core';
import type { PairSide } from '../../image/kernels/crop.js';
import type { Size } from '../../image/kernels/crop.js';
import type { PixelImage } from '../../image/types.js';
import { BrokenImageError } from '../../sources/types.js';
import { DecodeProcess } from './decodeProcess.js';
import type { DecodeRequest, Inspection, InspectRequest, PrepareOptions, Reply, Request } from './protocol.js';

export interface DecodePoolOptions {
  /** Number of processes. Default: one less than the machine's cores, 1 to 4. */
  readonly processes?: number | undefined;
}

/** A file and, of a side-by-side picture, the half. */
export interface FileToDecode {
  readonly path: string;
  readonly side?: PairSide | undefined;
}

export interface DecodedFile {
  readonly image: PixelImage;
  /** By content: `jpeg`, `png` … */
  readonly format: string;
  /** Its own size, where it is so small that it had to be enlarged several times. */
  readonly enlargedFrom?: Size;
}

interface Job {
  readonly request: Request;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  crashes: number;
}

/**
 * Requests that one process may hold. Many, because a trainer whose steps are synchronous hands out new ones only between
 * them: what was not handed out by then is not decoded meanwhile.
 */
const perProcess = 64;
/** A picture that takes its process down this often is broken. */
const maxCrashes = 2;
/** Processes that go down without having answered anything, in a row, before the pool gives up. */
const maxFutileExits = 4;

/** `Omit` that keeps a union a union. */
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/**
 * Decodes in child processes, never in this one: sharp's native libraries must not share a process with TensorFlow's,
 * and a picture that crashes its decoder must not take a training run along. Processes start with the first request.
 */
export class DecodePool {
  readonly #size: number;
  readonly #processes: DecodeProcess[] = [];
  readonly #queue: Job[] = [];
  readonly #running = new Map<number, Job>();
  #nextId = 0;
  #futileExits = 0;
  #disposed = false;

  /** @throws ArgumentError when the number of processes is not a whole number above 0. */
  constructor({ processes = Math.min(4, Math.max(1, availableParallelism() - 1)) }: DecodePoolOptions = {}) {
    if (!Number.isInteger(processes) || processes < 1) throw new ArgumentError(`A decode pool needs at least one process; got ${processes}.`);
    this.#size = processes;
  }

  /**
   * @throws BrokenImageError when the file is no usable picture
   * @throws DataError when sharp is missing or decode processes cannot run
   * @throws AbortedError after `dispose()`
   */
  async decode({ path, side }: FileToDecode, prepare: PrepareOptions): Promise<DecodedFile> {
    const reply = await this.#ask({ kind: 'decode', path, side, prepare });
    if (reply.kind !== 'image') throw failureOf(reply, path);
    const { image, format, enlargedFrom } = reply;
    return enlargedFrom === undefined ? { image, format } : { image, format, enlargedFrom };
  }

  /** Reads the whole file and says what it is. @throws as `decode` */
  async inspect({ path, side }: FileToDecode, maxPixels: number): Promise<Inspection> {
    const reply = await this.#ask({ kind: 'inspect', path, side, maxPixels });
    if (reply.kind !== 'inspection') throw failureOf(reply, path);
    return reply.inspection;
  }

  /** Ends the processes; requests under way are rejected. More than once is fine. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#rejectAll(new AbortedError('The decode pool was disposed of.'));
    await Promise.all(this.#processes.splice(0).map((process) => process.stop()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #ask(request: WithoutId<DecodeRequest> | WithoutId<InspectRequest>): Promise<Reply> {
    if (this.#disposed) return Promise.reject(new AbortedError('The decode pool was disposed of.'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ request: { ...request, id: this.#nextId++ }, resolve, reject, crashes: 0 });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const process = this.#freeProcess();
      if (process === undefined) return;
      const job = this.#queue.shift() as Job;
      this.#running.set(job.request.id, job);
      process.send(job.request);
    }
  }

  #freeProcess(): DecodeProcess | undefined {
    const idlest = this.#processes.reduce<DecodeProcess | undefined>((best, p) => (best === undefined || p.load < best.load ? p : best), undefined);
    if (idlest !== undefined && idlest.load === 0) return idlest;
    if (this.#processes.length < this.#size) return this.#start();
    return idlest !== undefined && idlest.load < perProcess ? idlest : undefined;
  }

  #start(): DecodeProcess {
    const process = new DecodeProcess({
      onReply: (reply) => this.#onReply(reply),
      onExit: (unanswered, how) => this.#onExit(process, unanswered, how),
    });
    this.#processes.push(process);
    return process;
  }

  #onReply(reply: Reply): void {
    this.#futileExits = 0;
    const job = this.#running.get(reply.id);
    this.#running.delete(reply.id);
    job?.resolve(reply);
    this.#dispatch();
  }

  #onExit(process: DecodeProcess, unanswered: readonly Request[], how: string): void {
    if (this.#disposed) return;
    this.#processes.splice(this.#processes.indexOf(process), 1);
    if (++this.#futileExits > maxFutileExits) {
      this.#rejectAll(
        new DataError(`Decode processes cannot run: the last ${this.#futileExits} ended without an answer (${how}).`, {
          remedy: 'Check that sharp works here (`node -e "import(\'sharp\')"`) and that there is memory left.',
        }),
      );
      return;
    }
    // Back to the front of the queue, in order. A process decodes one after the other, so the oldest is the suspect.
    const jobs = unanswered.flatMap(({ id }) => this.#running.get(id) ?? []);
    const suspect = jobs[0];
    if (suspect !== undefined) suspect.crashes++;
    for (const job of jobs.reverse()) {
      this.#running.delete(job.request.id);
      if (job.crashes >= maxCrashes) {
        job.resolve({ id: job.request.id, kind: 'broken', reason: `takes its decoder down (${how})` });
        this.#futileExits = 0;
      } else this.#queue.unshift(job);
    }
    this.#dispatch();
  }

  #rejectAll(error: unknown): void {
    for (const job of [...this.#running.values(), ...this.#queue.splice(0)]) job.reject(error);
    this.#running.clear();
  }
}

function failureOf(reply: Reply, path: string): DataError {
  if (reply.kind === 'broken') return new BrokenImageError(path, reply.reason);
  return new DataError(`Reading image files in Node needs the package sharp (${reply.kind === 'unavailable' ? reply.reason : reply.kind}).`, {
    remedy: 'Install it: npm install sharp',
  });
}
