import { availableParallelism } from 'node:os';
import { AbortedError, ArgumentError, ChannelError, DataError } from '@munit/core';
import type { ArgsOf, ResultOf } from '@munit/core/channel';
import { BrokenImageError } from '@munit/images';
import { DecodeProcess } from './decodeProcess.js';
import type { DecodeCalls, DecodedFile, FileToDecode, Inspection, PrepareOptions } from './protocol.js';

/** How many processes decode. */
export interface DecodePoolOptions {
  /** Number of processes. Default: one less than the machine's cores, 1 to 4. */
  readonly processes?: number | undefined;
}

type CallName = keyof DecodeCalls;

interface Job {
  readonly path: string;
  /** Asks a process, and settles the job unless the process is gone before it has answered. */
  readonly run: (process: DecodeProcess) => Promise<void>;
  readonly reject: (error: unknown) => void;
  crashes: number;
}

/**
 * Requests that one process may hold. Many, because a trainer whose steps are synchronous hands out new ones only between
 * them: what was not handed out by then is not decoded meanwhile.
 */
const perProcess = 64;
/** An image that takes its process down this often is broken. */
const maxCrashes = 2;
/** Processes that go down without having answered anything, in a row, before the pool gives up. */
const maxFutileExits = 4;

/**
 * Decodes in child processes, never in this one: sharp's native libraries must not share a process with TensorFlow's,
 * and an image that crashes its decoder must not end a training run. Processes start with the first request.
 */
export class DecodePool {
  readonly #size: number;
  /** Each process with its unanswered jobs, oldest first. */
  readonly #processes = new Map<DecodeProcess, Set<Job>>();
  readonly #queue: Job[] = [];
  #futileExits = 0;
  #disposed = false;

  /** @throws ArgumentError when the number of processes is not an integer of at least 1. */
  constructor({ processes = Math.min(4, Math.max(1, availableParallelism() - 1)) }: DecodePoolOptions = {}) {
    if (!Number.isInteger(processes) || processes < 1) throw new ArgumentError(`A decode pool needs at least one process; got ${processes}.`);
    this.#size = processes;
  }

  /**
   * Decodes and prepares an image.
   * @throws BrokenImageError when the file cannot be used
   * @throws DataError when sharp is missing or decode processes cannot run
   * @throws AbortedError after `dispose()`
   */
  decode(file: FileToDecode, prepare: PrepareOptions): Promise<DecodedFile> {
    return this.#ask('decode', file.path, { file, prepare });
  }

  /** Reads the whole file and says what it is. @throws as `decode` */
  inspect(file: FileToDecode, maxPixels: number): Promise<Inspection> {
    return this.#ask('inspect', file.path, { file, maxPixels });
  }

  /** Ends the processes; pending requests are rejected. More than once is fine. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#rejectAll(new AbortedError('The decode pool was disposed of.'));
    const processes = [...this.#processes.keys()];
    this.#processes.clear();
    await Promise.all(processes.map((process) => process.stop()));
  }

  /** As `dispose`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #ask<Name extends CallName>(name: Name, path: string, args: ArgsOf<DecodeCalls, Name>): Promise<ResultOf<DecodeCalls, Name>> {
    if (this.#disposed) return Promise.reject(new AbortedError('The decode pool was disposed of.'));
    return new Promise((resolve, reject) => {
      const run = async (process: DecodeProcess): Promise<void> => {
        try {
          resolve(await process.call(name, args));
        } catch (error) {
          // A process that is gone gives its jobs back all at once.
          if (error instanceof ChannelError) return;
          reject(error);
        }
        this.#answered(process, job);
      };
      const job: Job = { path, run, reject, crashes: 0 };
      this.#queue.push(job);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const process = this.#freeProcess();
      if (process === undefined) return;
      const job = this.#queue.shift() as Job;
      this.#processes.get(process)?.add(job);
      void job.run(process);
    }
  }

  #freeProcess(): DecodeProcess | undefined {
    const idlest = [...this.#processes.keys()].reduce<DecodeProcess | undefined>((best, p) => (best === undefined || p.load < best.load ? p : best), undefined);
    if (idlest !== undefined && idlest.load === 0) return idlest;
    if (this.#processes.size < this.#size) return this.#start();
    return idlest !== undefined && idlest.load < perProcess ? idlest : undefined;
  }

  #start(): DecodeProcess {
    const process = new DecodeProcess((error) => this.#onGone(process, error));
    this.#processes.set(process, new Set());
    return process;
  }

  #answered(process: DecodeProcess, job: Job): void {
    this.#futileExits = 0;
    this.#processes.get(process)?.delete(job);
    if (!this.#disposed) this.#dispatch();
  }

  #onGone(process: DecodeProcess, { reason = 'for an unknown reason' }: ChannelError): void {
    const jobs = [...(this.#processes.get(process) ?? [])];
    this.#processes.delete(process);
    if (this.#disposed) return;
    if (++this.#futileExits > maxFutileExits) {
      const error = new DataError(`Decode processes cannot run: the last ${this.#futileExits} ended without an answer (${reason}).`, {
        remedy: 'Check that sharp works here (`node -e "import(\'sharp\')"`) and that there is memory left.',
      });
      for (const job of jobs) job.reject(error);
      this.#rejectAll(error);
      return;
    }
    // Back to the front of the queue, in order. A process decodes one after the other, so the oldest is the suspect.
    const suspect = jobs[0];
    if (suspect !== undefined) suspect.crashes++;
    for (const job of jobs.reverse()) {
      if (job.crashes >= maxCrashes) {
        job.reject(new BrokenImageError(job.path, `crashes its decoder (${reason})`));
        this.#futileExits = 0;
      } else this.#queue.unshift(job);
    }
    this.#dispatch();
  }

  #rejectAll(error: unknown): void {
    for (const jobs of this.#processes.values()) for (const job of jobs) job.reject(error);
    for (const job of this.#queue.splice(0)) job.reject(error);
  }
}
