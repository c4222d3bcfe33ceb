/** The worker's side. */
import { AbortedError, ArgumentError, checkOptions, devicesClosed } from '@munit/core';
import { type ChannelEnd, type Handlers, serveChannel } from '@munit/core/channel';
import { type Model, packModel } from '@munit/formats';
import { resolveConfig } from '../config/resolve.js';
import { estimateMemory } from '../memory/estimate.js';
import type { MemoryCheckpoint } from '../session/browser/memoryStore.js';
import { openTraining } from '../session/browser/openTraining.js';
import type { TrainingSession } from '../session/session.js';
import { defaultRun, forgetKept, keepRun, keptRuns, loadKept, renoteRun } from './keptRun.js';
import type { OpenedTraining, OpenInWorkerOptions, RunNote, TrainingCalls, TrainingEvents } from './protocol.js';

/** Where the worker is served. */
export interface ServeTrainingOptions {
  /** Where the page is. Default: the worker's own scope. */
  readonly end?: ChannelEnd | undefined;
}

/**
 * Serves a training run to the page that started this worker. @returns a function that stops and frees everything, and resolves when the
 * device's threads have ended.
 *
 * @example
 * // worker.ts
 * import { serveTraining } from '@munit/train/worker';
 * serveTraining();
 */
export function serveTraining(options: ServeTrainingOptions = {}): () => Promise<void> {
  checkOptions('serveTraining', options, { end: true });
  const { end = globalThis as unknown as ChannelEnd } = options;
  const server = new TrainingServer();
  const served = serveChannel<TrainingCalls, TrainingEvents>(end, server.handlers, { onGone: () => void server.close() });
  server.emit = served.emit;
  return async () => {
    served.close();
    await server.close();
    await devicesClosed();
  };
}

/** The step that a model was exported at: training continues meanwhile. */
const stepsOf = ({ training }: Model): number => (typeof training === 'object' && training !== null && 'steps' in training ? Number(training.steps) : 0);

class TrainingServer {
  #session: TrainingSession | undefined;
  /** A run that is being opened. */
  #opening: { readonly abort: AbortController; readonly settled: Promise<unknown> } | undefined;
  /** The end of the run before, which the next one waits for. */
  #ending: Promise<void> | undefined;
  /** How often a run was asked for, or its end: the last call counts. */
  #asked = 0;
  /** How the run is kept; undefined: not at all. */
  #kept: { readonly run: string; readonly note: RunNote } | undefined;
  #preview = false;
  emit: ReturnType<typeof serveChannel<TrainingCalls, TrainingEvents>>['emit'] = () => undefined;

  readonly handlers: Handlers<TrainingCalls> = {
    estimate: ({ config, preset }) => {
      const { totalBytes, filtersBytes } = estimateMemory(resolveConfig(config, preset));
      return totalBytes + filtersBytes;
    },
    kept: keptRuns,
    renote: async ({ run, note }) => {
      if (this.#kept?.run === run) this.#kept = { run, note };
      return renoteRun(run, note);
    },
    forget: ({ run }) => forgetKept(run),
    keep: async () => {
      await this.#keep();
      return undefined;
    },
    open: (options) => this.#open(options),
    run: () => this.#current().run(),
    pause: async () => {
      await this.#current().pause();
      await this.#paused();
      return undefined;
    },
    step: async ({ count }) => {
      await this.#current().step(count);
      if (this.#preview) this.#show();
      return undefined;
    },
    stop: () => this.#current().stop(),
    sample: () => this.#current().sample(),
    export: async ({ dtype }, { transfer }) => {
      const model = await this.#current().export();
      const files = await packModel(model, dtype === undefined ? {} : { dtype });
      transfer(...[...files.values()].map(({ buffer }) => buffer));
      return { files, step: stepsOf(model) };
    },
    checkpoint: () => this.#current().checkpoint(),
    recover: async (choice) => {
      await this.#current().recover(choice);
      return this.#describe();
    },
    dispose: async () => {
      await this.close();
      return undefined;
    },
  };

  /** Ends the run, also one that is being opened: its `open` rejects with an AbortedError. */
  close(): Promise<void> {
    this.#asked++;
    return this.#end();
  }

  #end(): Promise<void> {
    const end = async (): Promise<void> => {
      this.#opening?.abort.abort();
      await this.#opening?.settled;
      const session = this.#session;
      this.#session = undefined;
      await session?.dispose();
    };
    return (this.#ending ??= end().finally(() => (this.#ending = undefined)));
  }

  #current(): TrainingSession {
    if (this.#session === undefined) throw new ArgumentError('Nothing is being trained.', { remedy: 'Open a run first.' });
    return this.#session;
  }

  #describe(): OpenedTraining {
    const { device, completedSteps, config, memoryEstimateBytes } = this.#current();
    return { device, step: completedSteps, totalSteps: config.max_iter, memoryEstimateBytes };
  }

  async #open({ resume, keep, run = defaultRun, preview = false, ...options }: OpenInWorkerOptions): Promise<OpenedTraining> {
    const asked = ++this.#asked;
    const checkpoint = resume === 'open' ? (await this.#current().checkpoint()).bytes : resume === 'kept' ? await loadKept(run) : resume;
    await this.#end();
    if (asked !== this.#asked) throw new AbortedError('The training was not opened: another one was opened or ended meanwhile.');
    this.#kept = keep === undefined ? undefined : { run, note: keep };
    this.#preview = preview;
    const abort = new AbortController();
    const opening = openTraining({
      ...options,
      signal: abort.signal,
      resume: checkpoint,
      keep: keep === undefined ? undefined : (saved: MemoryCheckpoint) => keepRun(run, saved, this.#kept?.note ?? keep),
      onEvent: (event) => this.emit('train', event),
      onStatus: (status) => this.emit('status', status),
    });
    this.#opening = { abort, settled: opening.catch(() => undefined) };
    try {
      this.#session = await opening;
    } finally {
      this.#opening = undefined;
    }
    this.emit('status', this.#session.status);
    if (preview) this.#show();
    return this.#describe();
  }

  /** A run that waits is kept too, so that closing the page loses nothing. Where there is no room, the run itself has said so. */
  async #paused(): Promise<void> {
    const session = this.#current();
    if (session.status !== 'paused') return;
    if (this.#preview) this.#show();
    await this.#keep().catch(() => undefined);
  }

  async #keep(): Promise<void> {
    const kept = this.#kept;
    if (kept !== undefined) await keepRun(kept.run, await this.#current().checkpoint(), kept.note);
  }

  /** Sample images of this moment, between those that the run makes by itself. Nobody waits for them. */
  #show(): void {
    const session = this.#current();
    const step = session.completedSteps;
    // What fails here fails the run as well, which says so.
    session.sample().then(
      (images) => this.emit('train', { kind: 'sample', step, images }),
      () => undefined,
    );
  }
}
