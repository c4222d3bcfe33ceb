/** The state of training, as the page shows it, and what can be done to it. */
import { batch, computed, signal } from '@preact/signals';
import type { StepEvent, TrainEvent } from '@munit/train';
import type { TrainingSets, TrainingStatus } from '@munit/train/browser';
import { type ExportedFiles, type KeptRun, type OpenedTraining, type OpenInWorkerOptions, TrainingClient } from '@munit/train/worker';
import { LossHistory, pointOf } from './history.js';
import { type Shot, shotOf, withShot } from './samples.js';
import { configOf, type DeviceRequest, type Settings, type Source, type SourceNote } from './settings.js';

/** What the page shows: the settings, or a run by its status. */
export type Phase = 'setup' | 'opening' | 'running' | 'pausing' | 'paused' | 'finished' | 'failed';

export interface Failure {
  readonly message: string;
  /** Whether the last checkpoint is still in the worker's memory. */
  readonly recoverable: boolean;
}

export interface Run extends OpenedTraining {
  readonly source: Source;
  readonly settings: Settings;
}

/** What is noted with a run that this browser keeps. */
export type SavedNote = {
  readonly source: SourceNote;
  readonly settings: Settings;
};

const phases: Readonly<Record<TrainingStatus, Phase>> = {
  // It is about to run.
  ready: 'opening',
  running: 'running',
  pausing: 'pausing',
  paused: 'paused',
  stopped: 'paused',
  finished: 'finished',
  failed: 'failed',
  disposed: 'setup',
};

export class TrainingStore {
  /** Which screen is shown: the run's status decides about the rest. */
  readonly #screen = signal<'setup' | 'opening' | 'run'>('setup');
  readonly #status = signal<TrainingStatus>('ready');
  readonly phase = computed<Phase>(() => (this.#screen.value === 'run' ? phases[this.#status.value] : this.#screen.value));
  readonly run = signal<Run | undefined>(undefined);
  readonly last = signal<StepEvent | undefined>(undefined);
  /** Milliseconds per step, smoothed. */
  readonly pace = signal<number | undefined>(undefined);
  readonly history = new LossHistory();
  /** Changes whenever `history` does. */
  readonly revision = signal(0);
  readonly shots = signal<readonly Shot[]>([]);
  readonly warnings = signal<readonly string[]>([]);
  readonly failure = signal<Failure | undefined>(undefined);
  readonly saved = signal<KeptRun<SavedNote> | undefined>(undefined);
  /** For people who listen instead of looking: the few moments that matter. */
  readonly message = signal('');
  readonly #startWorker: () => Worker;
  #worker: { readonly worker: Worker; readonly training: TrainingClient } | undefined;
  /** Quarters of the run that were announced. */
  #quarters = 0;

  constructor(startWorker: () => Worker) {
    this.#startWorker = startWorker;
  }

  /** Looks for a run that this browser keeps. */
  async look(): Promise<void> {
    this.saved.value = await this.#training().kept<SavedNote>();
  }

  /** Forgets the run that this browser keeps. */
  async discard(): Promise<void> {
    await this.#training().forget();
    this.saved.value = undefined;
  }

  /** Bytes that a run with these settings is expected to need. */
  estimate(settings: Settings, files: boolean): Promise<number> {
    return this.#training().estimateMemory(configOf(settings, files), 'quick');
  }

  /** Opens a run and trains. @throws Error when it cannot be opened; the phase is `setup` again */
  async start(source: Source, settings: Settings, device: DeviceRequest, resume?: 'kept'): Promise<void> {
    batch(() => {
      this.last.value = undefined;
      this.pace.value = undefined;
      this.shots.value = [];
      this.warnings.value = [];
      this.failure.value = undefined;
      this.message.value = 'Getting ready.';
    });
    this.history.clear();
    this.revision.value++;
    await this.#open(source, settings, device, resume);
  }

  /** As many steps again as the run had. @throws Error as `start` */
  async more(): Promise<void> {
    const { source, settings, device } = this.run.value as Run;
    await this.#open(source, { ...settings, steps: 2 * settings.steps }, device.taken as DeviceRequest, 'open');
  }

  /** Trains on. */
  resume(): void {
    this.#status.value = 'running';
    this.message.value = 'Training.';
    void this.#training()
      .run()
      .then(
        ({ reason, step }) => {
          this.message.value = reason === 'finished' ? `Finished after ${step} steps.` : `Ended at step ${step}.`;
        },
        (error: unknown) => this.#fail(error),
      );
  }

  async pause(): Promise<void> {
    this.#status.value = 'pausing';
    await this.#training().pause();
    // The last step may have been the end.
    if (this.phase.value === 'paused') this.message.value = `Paused at step ${this.last.value?.step ?? 0}.`;
  }

  async step(): Promise<void> {
    this.#status.value = 'pausing';
    try {
      await this.#training().step();
      this.message.value = `Step ${this.last.value?.step ?? 0}.`;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives the run up; a checkpoint stays in the browser. */
  async end(): Promise<void> {
    if (this.phase.value === 'running' || this.phase.value === 'paused') {
      this.#status.value = 'pausing';
      await this.#training().stop().catch(() => undefined);
    }
    this.#closeWorker();
    this.#screen.value = 'setup';
    this.message.value = 'Training ended.';
    await this.look();
  }

  exportModel(): Promise<ExportedFiles> {
    return this.#training().export();
  }

  /** After a failure: the last checkpoint, on a device opened again. */
  async recover(device: DeviceRequest): Promise<void> {
    const { run, failure } = this;
    this.#screen.value = 'opening';
    try {
      // One that was lost is asked for again by its name.
      const opened = await this.#training().recover(device === 'auto' ? {} : { device });
      if (run.value !== undefined) run.value = { ...run.value, ...opened };
      failure.value = undefined;
      this.#screen.value = 'run';
      this.resume();
    } catch (error) {
      this.#fail(error);
    }
  }

  dispose(): void {
    this.#closeWorker();
  }

  async #open(source: Source, settings: Settings, device: DeviceRequest, resume: 'kept' | 'open' | undefined): Promise<void> {
    this.#screen.value = 'opening';
    const files = source.kind === 'files';
    const sets: TrainingSets = files ? { a: source.a, b: source.b, names: source.names } : { synthetic: { count: source.count } };
    const note: SavedNote = { source: files ? { ...source, a: source.a.length, b: source.b.length } : source, settings };
    const what: Pick<OpenInWorkerOptions, 'resume' | 'preset' | 'config'> =
      resume === undefined ? { preset: 'quick', config: configOf(settings, files) } : { resume, config: { max_iter: settings.steps } };
    try {
      // Images that are given again may be others: the weights are worth more than their order.
      const opened = await this.#training().open({ ...what, sets, device, keep: note, preview: true, otherImages: 'restart' });
      this.run.value = { ...opened, source, settings };
    } catch (error) {
      this.#screen.value = 'setup';
      throw error;
    }
    this.#quarters = 0;
    this.#screen.value = 'run';
    this.resume();
  }

  #training(): TrainingClient {
    if (this.#worker === undefined) {
      const worker = this.#startWorker();
      const training = new TrainingClient(worker, {
        onEvent: (event) => this.#take(event),
        onStatus: (status) => (this.#status.value = status),
        onGone: (error) => {
          this.#closeWorker();
          this.#fail(error, false);
        },
      });
      this.#worker = { worker, training };
    }
    return this.#worker.training;
  }

  #closeWorker(): void {
    this.#worker?.training.dispose();
    this.#worker?.worker.terminate();
    this.#worker = undefined;
  }

  #fail(thrown: unknown, recoverable = true): void {
    if (thrown instanceof Error && thrown.name === 'AbortedError') return;
    const { failure, message } = this;
    // The end of the worker is reported once, and not by each call that was under way.
    if (failure.value === undefined) failure.value = { message: failureText(thrown), recoverable: recoverable && this.#worker !== undefined };
    this.#screen.value = 'run';
    this.#status.value = 'failed';
    message.value = 'Training has failed.';
    if (!recoverable) void this.look().catch(() => undefined);
  }

  #take(event: TrainEvent): void {
    if (event.kind === 'step') this.#takeStep(event);
    else if (event.kind === 'sample') this.shots.value = withShot(this.shots.value, shotOf(event));
    else if (event.kind === 'warning') this.#warn(event.message);
    else if (event.kind === 'nonFinite' && event.action === 'restored') {
      this.#warn(`A loss was not a number at step ${event.step}: back to step ${event.restoredStep ?? 0}. A lower learning rate helps.`);
    }
  }

  #takeStep(event: StepEvent): void {
    this.history.add(event.step, pointOf(event));
    batch(() => {
      this.last.value = event;
      // The first step sets everything up and says nothing about the others.
      if (this.history.length > 1) this.pace.value = this.pace.value === undefined ? event.stepMs : 0.9 * this.pace.value + 0.1 * event.stepMs;
      this.revision.value++;
    });
    const quarter = Math.floor((4 * event.step) / event.totalSteps);
    if (quarter > this.#quarters && quarter < 4) this.message.value = `${25 * quarter} percent, step ${event.step}.`;
    this.#quarters = Math.max(this.#quarters, quarter);
  }

  #warn(message: string): void {
    const { warnings } = this;
    warnings.value = [...warnings.value.filter((other) => other !== message), message].slice(-20);
  }
}

/** What went wrong, in the user's words, not the developer's. */
function failureText(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  switch (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined) {
    case 'DEVICE_LOST':
      return 'The graphics device was lost: its driver has restarted, the machine has slept, or memory has run out. The last checkpoint is kept.';
    case 'OUT_OF_MEMORY':
      return 'There is too little memory for this run. Choose smaller images, a smaller batch or narrower networks. The last checkpoint is kept.';
    case 'NON_FINITE':
      return 'The losses became NaN a second time. Start again with a lower learning rate, and look for odd images.';
    default:
      return message;
  }
}
