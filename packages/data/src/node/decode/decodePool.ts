import { availableParallelism } from 'node:os';
import { AbortedError, ArgumentError, ChannelError, checkOptions, DataError } from '@munit/core';
import type { ArgsOf, ResultOf } from '@munit/core/channel';
import { BrokenImageError } from '@munit/images';
import { SAVE_AGAIN, tooLong, unusableImage } from '@munit/images/node';
import { DecodeProcess } from './decodeProcess.js';
import type { DecodeCalls, DecodedFile, FileToDecode, Inspection, PrepareOptions } from './protocol.js';

/** How many processes decode, and for how long. */
export interface DecodePoolOptions {
  /** Number of processes. Default: one less than the machine's cores, 1 to 4. */
  readonly processes?: number | undefined;
  /** Seconds that one image may take; one that takes longer is broken. Default 60. */
  readonly timeoutSeconds?: number | undefined;
}

type CallName = keyof DecodeCalls;

interface Job {
  readonly path: string;
  /** Asks a process, and settles the job unless the process is gone before it has answered. */
  readonly run: (process: DecodeProcess) => Promise<void>;
  readonly reject: (error: unknown) => void;
  crashes: number;
}

/** What the pool knows of one of its processes. */
interface Worker {
  /** Unanswered, oldest first. */
  readonly jobs: Set<Job>;
  /** It has decoded an image that is known to be good: what happens to it from now on, its images do. */
  started: boolean;
  /** Runs out when the oldest job takes too long. */
  timer: NodeJS.Timeout | undefined;
  /** It was ended because its oldest job took too long. */
  late: boolean;
}

/**
 * Requests that one process may hold. Many, because a trainer whose steps are synchronous hands out new ones only between
 * them: what was not handed out by then is not decoded meanwhile.
 */
const perProcess = 64;
/** An image that takes its process down this often is suspected. */
const maxCrashes = 2;
/** Processes in a row that end before they have started properly, before the pool gives up. */
const maxFailedStarts = 4;
/** Processes in a row that images take down, without an answer in between: there is no such set of images, but there is such a machine. */
const maxCrashesInARow = 12;
/** What starting may take on a machine under load. */
const startSeconds = 120;

const crashReason = (reason: string): string => `takes its decoder down (${reason === 'SIGKILL' ? 'SIGKILL, as when memory runs out' : reason})`;

/**
 * Decodes in child processes, never in this one: sharp's native libraries must not share a process with TensorFlow's,
 * and an image that crashes its decoder must not end a training run. Processes start with the first request.
 */
export class DecodePool {
  readonly #size: number;
  readonly #timeoutSeconds: number;
  readonly #processes = new Map<DecodeProcess, Worker>();
  readonly #queue: Job[] = [];
  /** Jobs that have taken processes down. They are guilty when another one, or the end of all work, shows that processes do work. */
  #suspects: { readonly job: Job; readonly reason: string }[] = [];
  #failedStarts = 0;
  #crashesInARow = 0;
  #disposed = false;

  /** @throws ArgumentError when the number of processes is not an integer of at least 1, or the time is not positive */
  constructor(options: DecodePoolOptions = {}) {
    checkOptions('DecodePool', options, { processes: true, timeoutSeconds: true });
    const { processes = Math.min(4, Math.max(1, availableParallelism() - 1)), timeoutSeconds = 60 } = options;
    if (!Number.isInteger(processes) || processes < 1) {
      throw new ArgumentError(`A decode pool needs at least one process; got ${processes}.`, { remedy: 'Give a whole number from 1.' });
    }
    if (!(timeoutSeconds > 0)) throw new ArgumentError(`timeoutSeconds must be above 0; got ${timeoutSeconds}.`, { remedy: 'Leave it out for a minute per image.' });
    this.#size = processes;
    this.#timeoutSeconds = timeoutSeconds;
  }

  /**
   * Decodes and prepares an image.
   * @throws BrokenImageError when the file cannot be used
   * @throws DataError when sharp is missing or decode processes cannot run
   * @throws AbortedError after `dispose()`
   */
  decode(file: FileToDecode, prepare: PrepareOptions): Promise<DecodedFile> {
    return this.#ask('decode', file, { file, prepare });
  }

  /** Reads the whole file and says what it is. @throws as `decode` */
  inspect(file: FileToDecode, maxPixels: number): Promise<Inspection> {
    return this.#ask('inspect', file, { file, maxPixels });
  }

  /** Ends the processes; pending requests are rejected. More than once is fine. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#rejectAll(new AbortedError('The decode pool was disposed of.'));
    const processes = [...this.#processes.keys()];
    for (const { timer } of this.#processes.values()) clearTimeout(timer);
    this.#processes.clear();
    await Promise.all(processes.map((process) => process.stop()));
  }

  /** As `dispose`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #ask<Name extends CallName>(name: Name, { path, unusable }: FileToDecode, args: ArgsOf<DecodeCalls, Name>): Promise<ResultOf<DecodeCalls, Name>> {
    if (this.#disposed) return Promise.reject(new AbortedError('The decode pool was disposed of.'));
    if (unusable !== undefined) return Promise.reject(unusableImage(path, unusable));
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
      if (process === undefined) break;
      const job = this.#queue.shift() as Job;
      this.#processes.get(process)?.jobs.add(job);
      void job.run(process);
      this.#watch(process);
    }
    const idle = this.#queue.length === 0 && [...this.#processes.values()].every(({ jobs }) => jobs.size === 0);
    if (idle) this.#blameSuspects();
  }

  #freeProcess(): DecodeProcess | undefined {
    const loadOf = (process: DecodeProcess): number => this.#processes.get(process)?.jobs.size ?? 0;
    const idlest = [...this.#processes.keys()].reduce<DecodeProcess | undefined>((best, p) => (best === undefined || loadOf(p) < loadOf(best) ? p : best), undefined);
    if (idlest !== undefined && loadOf(idlest) === 0) return idlest;
    if (this.#processes.size < this.#size) return this.#start();
    return idlest !== undefined && loadOf(idlest) < perProcess ? idlest : undefined;
  }

  /** Undefined when there is no program to start; everything is then rejected. */
  #start(): DecodeProcess | undefined {
    let process: DecodeProcess;
    try {
      process = new DecodeProcess((error) => this.#onGone(process, error));
    } catch (error) {
      this.#rejectAll(error);
      return undefined;
    }
    const worker: Worker = { jobs: new Set(), started: false, timer: undefined, late: false };
    this.#processes.set(process, worker);
    const started = (): void => {
      worker.started = true;
      this.#failedStarts = 0;
      this.#watch(process, true);
    };
    // Without sharp it fails, and so does every image, with the same error. A process that is gone is heard of by itself.
    process.call('selfTest', undefined).then(started, (error: unknown) => {
      if (!(error instanceof ChannelError)) started();
    });
    return process;
  }

  /** Gives the oldest job of a process its time; `again` from now on. */
  #watch(process: DecodeProcess, again = false): void {
    const worker = this.#processes.get(process);
    if (worker === undefined || (worker.timer !== undefined && !again)) return;
    clearTimeout(worker.timer);
    worker.timer = undefined;
    if (worker.started && worker.jobs.size === 0) return;
    const milliseconds = 1000 * (worker.started ? this.#timeoutSeconds : startSeconds);
    const kill = (): void => {
      worker.late = worker.started;
      process.kill();
    };
    // After a pause of this process (a suspended machine, Ctrl-Z) the answer may be waiting to be read: it has half the time more.
    worker.timer = setTimeout(() => (worker.timer = setTimeout(kill, milliseconds / 2)), milliseconds);
  }

  #answered(process: DecodeProcess, job: Job): void {
    this.#crashesInARow = 0;
    this.#processes.get(process)?.jobs.delete(job);
    this.#watch(process, true);
    this.#blameSuspects();
    if (!this.#disposed) this.#dispatch();
  }

  #blameSuspects(): void {
    const suspects = this.#suspects;
    this.#suspects = [];
    for (const { job, reason } of suspects) job.reject(new BrokenImageError(job.path, reason, { remedy: SAVE_AGAIN }));
  }

  #onGone(process: DecodeProcess, { reason = 'for an unknown reason' }: ChannelError): void {
    const worker = this.#processes.get(process);
    this.#processes.delete(process);
    if (worker === undefined || this.#disposed) return;
    clearTimeout(worker.timer);
    const jobs = [...worker.jobs];
    // Back to the front of the queue, in order.
    this.#queue.unshift(...jobs);
    if (!worker.started) this.#failedStarts++;
    else if (jobs[0] !== undefined) this.#suspect(jobs[0], worker.late, reason);
    if (this.#failedStarts > maxFailedStarts) this.#giveUp(`the last ${this.#failedStarts} ended before they had started (${reason})`);
    else if (this.#crashesInARow > maxCrashesInARow) this.#giveUp(`the last ${this.#crashesInARow} ended without an answer (${reason})`);
    else this.#dispatch();
  }

  /** A process decodes one image after the other, so the oldest one has ended it. */
  #suspect(job: Job, late: boolean, reason: string): void {
    if (late) {
      this.#queue.splice(this.#queue.indexOf(job), 1);
      job.reject(new BrokenImageError(job.path, tooLong(this.#timeoutSeconds), { remedy: SAVE_AGAIN }));
      return;
    }
    this.#crashesInARow++;
    if (++job.crashes < maxCrashes) return;
    this.#queue.splice(this.#queue.indexOf(job), 1);
    this.#suspects.push({ job, reason: crashReason(reason) });
  }

  #giveUp(why: string): void {
    this.#rejectAll(
      new DataError(`Decode processes cannot run: ${why}.`, {
        remedy: 'Check that sharp works here (`node -e "import(\'sharp\')"`) and that there is memory left.',
      }),
    );
    this.#failedStarts = 0;
    this.#crashesInARow = 0;
  }

  #rejectAll(error: unknown): void {
    for (const { jobs } of this.#processes.values()) for (const job of jobs) job.reject(error);
    for (const { job } of this.#suspects.splice(0)) job.reject(error);
    for (const job of this.#queue.splice(0)) job.reject(error);
  }
}
