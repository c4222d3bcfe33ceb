/// <reference lib="esnext.disposable" preserve="true" />
/** The page's side: a training run in a worker. */
import { AbortedError, checkOptions } from '@munit/core';
import { Channel, type ChannelEnd } from '@munit/core/channel';
import type { WeightsDtype } from '@munit/formats';
import type { PresetName } from '../config/presets.js';
import type { TrainingConfigInput } from '../config/schema.js';
import type { SampleGrid } from '../events.js';
import type { DeviceChoice, SessionListeners, StoredCheckpoint, TrainingStatus } from '../session/ports.js';
import type { TrainingOutcome } from '../session/session.js';
import { defaultRun } from './keptRun.js';
import type { ExportedFiles, KeptRun, OpenedTraining, OpenInWorkerOptions, RunNote, TrainingCalls, TrainingEvents } from './protocol.js';

/** Who hears what happens in the worker. */
export interface TrainingClientOptions extends SessionListeners {
  /** Called once when the worker is gone: it did not load, or the browser ended it, which too little memory does. */
  readonly onGone?: ((error: Error) => void) | undefined;
}

/**
 * A training run in a worker that runs `serveTraining()`, with the methods of `TrainingSession`. Errors arrive as the classes that they
 * were thrown as.
 *
 * @example
 * const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
 * const training = new TrainingClient(worker, { onEvent: (event) => event.kind === 'step' && draw(event) });
 * await training.open({ sets: { a: cats, b: dogs }, preset: 'quick' });
 * await training.run();
 * const { files } = await training.export();
 */
export class TrainingClient {
  readonly #channel: Channel<TrainingCalls, TrainingEvents>;
  #status: TrainingStatus | undefined;

  /** @param end the worker; in Node, one of `node:worker_threads` */
  constructor(end: Worker | ChannelEnd, options: TrainingClientOptions = {}) {
    checkOptions('TrainingClient', options, { onEvent: true, onStatus: true, onGone: true });
    const { onEvent, onStatus, onGone } = options;
    this.#channel = new Channel<TrainingCalls, TrainingEvents>(end as ChannelEnd, {
      name: 'The worker that trains',
      remedy: 'Start another one; what was kept is still there.',
      onGone,
      on: {
        train: onEvent,
        status: (status) => {
          this.#status = status;
          onStatus?.(status);
        },
      },
    });
  }

  /** Of the run that is open; undefined before `open`. */
  get status(): TrainingStatus | undefined {
    return this.#status;
  }

  /** What a run of this configuration is expected to take at its peak, bytes. @throws ConfigError */
  estimateMemory(config: TrainingConfigInput, preset?: PresetName): Promise<number> {
    return this.#channel.call('estimate', { config, preset });
  }

  /** The runs that the browser keeps for this page, the newest first. */
  kept<Note extends RunNote = RunNote>(): Promise<KeptRun<Note>[]> {
    // The notes are what this page gave to `open`.
    return this.#channel.call('kept', undefined) as Promise<KeptRun<Note>[]>;
  }

  /** Gives a run that is kept another note. */
  async renote(run: string, note: RunNote): Promise<void> {
    await this.#channel.call('renote', { run, note });
  }

  /** Forgets a run that the browser keeps. @param run Default: the run of a page that names none. */
  async forget(run = defaultRun): Promise<void> {
    await this.#channel.call('forget', { run });
  }

  /** Keeps the state of this moment, between two steps, where the run is one that is kept. @throws Error in words when there is no room */
  async keep(): Promise<void> {
    await this.#channel.call('keep', undefined);
  }

  /** Opens a run; one that is open already is closed. @throws as `openTraining` of `@munit/train/browser` */
  open(options: OpenInWorkerOptions): Promise<OpenedTraining> {
    return this.#channel.call('open', options);
  }

  /** See `TrainingSession.run`. */
  run(): Promise<TrainingOutcome> {
    return this.#channel.call('run', undefined);
  }

  /** See `TrainingSession.pause`. */
  async pause(): Promise<void> {
    await this.#channel.call('pause', undefined);
  }

  /** See `TrainingSession.step`. */
  async step(count = 1): Promise<void> {
    await this.#channel.call('step', { count });
  }

  /** See `TrainingSession.stop`. */
  stop(): Promise<TrainingOutcome> {
    return this.#channel.call('stop', undefined);
  }

  /** See `TrainingSession.sample`. */
  sample(): Promise<SampleGrid[]> {
    return this.#channel.call('sample', undefined);
  }

  /** The averaged generators as the files of a model folder: what `loadTranslator` of `@munit/infer` takes. */
  async export(options: { readonly dtype?: WeightsDtype | undefined } = {}): Promise<ExportedFiles> {
    checkOptions('export', options, { dtype: true });
    return this.#channel.call('export', { dtype: options.dtype });
  }

  /** See `TrainingSession.checkpoint`. */
  checkpoint(): Promise<StoredCheckpoint> {
    return this.#channel.call('checkpoint', undefined);
  }

  /** See `TrainingSession.recover`. */
  recover(choice: DeviceChoice = {}): Promise<OpenedTraining> {
    return this.#channel.call('recover', choice);
  }

  /** Ends the run and frees what it took in the worker; calls under way fail. The worker itself stays its owner's. */
  dispose(): void {
    this.#channel.notify('dispose', undefined);
    this.#channel.close(new AbortedError('The training was disposed of.'));
  }

  /** As `dispose`, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
