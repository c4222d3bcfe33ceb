/** What the conductor asks of a contestant and what it answers: one JSON object a line, on standard input and output. */
import type { Item } from '../materials/items.js';

export type Request =
  /** Reads weights and inputs. */
  | { readonly do: 'load'; readonly item: Item; readonly folder: string; readonly threads: number }
  /** Does the work once and hands its result out: an image in `file`, or the losses of the first step. */
  | { readonly do: 'check'; readonly file: string }
  | { readonly do: 'run'; readonly times: number }
  /** `reset` forgets the peak so far, where the system can. */
  | { readonly do: 'memory'; readonly reset: boolean }
  | { readonly do: 'profile'; readonly times: number };

/** The first line of every contestant. */
export type Greeting = { readonly ready: true; readonly version: string } | { readonly absent: string };

export interface CheckAnswer {
  /** Of a training step, by the published names. */
  readonly losses?: Readonly<Record<string, number>>;
}

export interface RunAnswer {
  /** Of each run, in milliseconds, as the contestant itself measured it. */
  readonly ms: readonly number[];
}

export interface MemoryAnswer {
  /** Resident memory in MiB, now and at most. */
  readonly rss: number;
  readonly peak: number;
}

export interface KernelTime {
  readonly name: string;
  /** Per run. */
  readonly calls: number;
  /** Milliseconds per run. */
  readonly ms: number;
}

export interface ProfileAnswer {
  /** Milliseconds of a run, with what the measuring costs. */
  readonly wall: number;
  readonly kernels: readonly KernelTime[];
  /** The same, distinguished by shapes. */
  readonly shapes: readonly KernelTime[];
}

export interface Answers {
  readonly load: Record<string, never>;
  readonly check: CheckAnswer;
  readonly run: RunAnswer;
  readonly memory: MemoryAnswer;
  readonly profile: ProfileAnswer;
}

export type Answer<K extends keyof Answers> = Answers[K] | { readonly error: string };
