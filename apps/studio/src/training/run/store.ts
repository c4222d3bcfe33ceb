/** The state of training, as the page shows it, and what can be done to it. */
import { batch, signal } from '@preact/signals';
import type { StepEvent, TrainingEvent } from '@munit/train/browser';
import type { Settings } from '../settings.js';
import { TrainingClient } from '../worker/client.js';
import type { DeviceRequest, ExportedModel, Opened, OpenRequest, Source, StoredRun } from '../worker/protocol.js';
import { LossHistory, pointOf } from './history.js';
import { type Shot, shotOf, withShot } from './samples.js';
import { failureText } from './words.js';

/** `pausing`: the step under way is being ended. */
export type Phase = 'setup' | 'opening' | 'running' | 'pausing' | 'paused' | 'finished' | 'failed';

export interface Failure {
  readonly message: string;
  /** Whether the last checkpoint is still in the worker's memory. */
  readonly recoverable: boolean;
}

export interface Run extends Opened {
  readonly source: Source;
  readonly settings: Settings;
}

export class TrainingStore {
  readonly phase = signal<Phase>('setup');
  readonly run = signal<Run | undefined>(undefined);
  readonly last = signal<StepEvent | undefined>(undefined);
  /** Milliseconds per step, evened out. */
  readonly pace = signal<number | undefined>(undefined);
  readonly history = new LossHistory();
  /** Changes whenever `history` does. */
  readonly revision = signal(0);
  readonly shots = signal<readonly Shot[]>([]);
  readonly warnings = signal<readonly string[]>([]);
  readonly failure = signal<Failure | undefined>(undefined);
  readonly stored = signal<StoredRun | undefined>(undefined);
  /** For who listens instead of looking: the few moments that matter. */
  readonly said = signal('');
  readonly #startWorker: () => Worker;
  #client: TrainingClient | undefined;
  /** Quarters of the run that were told. */
  #told = 0;

  constructor(startWorker: () => Worker) {
    this.#startWorker = startWorker;
  }

  /** Looks for a run that this browser keeps. */
  async look(): Promise<void> {
    this.stored.value = await this.#worker().call('stored', undefined);
  }

  async discard(): Promise<void> {
    await this.#worker().call('discard', undefined);
    this.stored.value = undefined;
  }

  estimate(settings: Settings, files: boolean): Promise<number> {
    return this.#worker().call('estimate', { settings, files });
  }

  /** Opens a run and trains. @throws Error when it cannot be opened; the phase is `setup` again */
  async start(source: Source, settings: Settings, device: DeviceRequest, resume?: 'stored'): Promise<void> {
    batch(() => {
      this.last.value = undefined;
      this.pace.value = undefined;
      this.shots.value = [];
      this.warnings.value = [];
      this.failure.value = undefined;
      this.phase.value = 'opening';
      this.said.value = 'Getting ready.';
    });
    this.history.clear();
    this.revision.value++;
    await this.#open({ source, settings, device, ...(resume === undefined ? {} : { resume }) });
  }

  /** As many steps again as the run had. @throws Error as `start` */
  async more(): Promise<void> {
    const { source, settings, device } = this.run.value as Run;
    this.phase.value = 'opening';
    await this.#open({ source, settings: { ...settings, steps: 2 * settings.steps }, device: device.taken as DeviceRequest, resume: 'current' });
  }

  async #open(request: OpenRequest): Promise<void> {
    try {
      const opened = await this.#worker().call('open', request);
      this.run.value = { ...opened, source: request.source, settings: request.settings };
    } catch (error) {
      this.phase.value = 'setup';
      throw error;
    }
    this.#told = 0;
    this.resume();
  }

  /** Trains on. */
  resume(): void {
    this.phase.value = 'running';
    this.said.value = 'Training.';
    // The worker tells how it ends by an event, and so does the answer: the answer is enough.
    void this.#worker()
      .call('run', undefined)
      .then(
        ({ reason, step }) => {
          this.phase.value = reason === 'finished' ? 'finished' : 'paused';
          this.said.value = reason === 'finished' ? `Finished after ${step} steps.` : `Ended at step ${step}.`;
        },
        (error: unknown) => this.#fail(error),
      );
  }

  async pause(): Promise<void> {
    this.phase.value = 'pausing';
    await this.#worker().call('pause', undefined);
    // The last step may have been the end.
    if (this.phase.value !== 'pausing') return;
    this.phase.value = 'paused';
    this.said.value = `Paused at step ${this.last.value?.step ?? 0}.`;
  }

  async step(): Promise<void> {
    this.phase.value = 'pausing';
    try {
      await this.#worker().call('step', undefined);
      const { last, run } = this;
      this.phase.value = last.value !== undefined && last.value.step >= (run.value?.totalSteps ?? 0) ? 'finished' : 'paused';
      this.said.value = `Step ${last.value?.step ?? 0}.`;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Gives the run up; a checkpoint stays in the browser. */
  async end(): Promise<void> {
    const client = this.#client;
    const { phase } = this;
    if (phase.value === 'running' || phase.value === 'paused') {
      phase.value = 'pausing';
      await client?.call('stop', undefined).catch(() => undefined);
    }
    client?.close();
    this.#client = undefined;
    phase.value = 'setup';
    this.said.value = 'Training ended.';
    await this.look();
  }

  exportModel(): Promise<ExportedModel> {
    return this.#worker().call('export', undefined);
  }

  /** After a failure: the last checkpoint, on a device opened anew. */
  async recover(device: DeviceRequest): Promise<void> {
    const { run, failure, phase } = this;
    phase.value = 'opening';
    try {
      const opened = await this.#worker().call('recover', device);
      if (run.value !== undefined) run.value = { ...run.value, ...opened };
      failure.value = undefined;
      this.resume();
    } catch (error) {
      this.#fail(error);
    }
  }

  dispose(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  #worker(): TrainingClient {
    this.#client ??= new TrainingClient(
      this.#startWorker(),
      (event) => this.#take(event),
      (error) => {
        this.#client = undefined;
        this.#fail(error, false);
      },
    );
    return this.#client;
  }

  #fail(thrown: unknown, recoverable = true): void {
    const { failure, phase, said } = this;
    if (thrown instanceof Error && thrown.name === 'AbortedError') return;
    // The death of the worker is told once, and not by each call that was under way.
    if (failure.value === undefined) failure.value = { message: failureText(thrown), recoverable };
    phase.value = 'failed';
    said.value = 'Training has failed.';
    if (!recoverable) void this.look().catch(() => undefined);
  }

  #take(event: TrainingEvent): void {
    if (event.kind === 'step') {
      this.history.add(event.step, pointOf(event));
      batch(() => {
        this.last.value = event;
        // The first step sets everything up and says nothing about the others.
        if (this.history.length > 1) this.pace.value = this.pace.value === undefined ? event.stepMs : 0.9 * this.pace.value + 0.1 * event.stepMs;
        this.revision.value++;
      });
      const quarter = Math.floor((4 * event.step) / event.totalSteps);
      if (quarter > this.#told && quarter < 4) this.said.value = `${25 * quarter} percent, step ${event.step}.`;
      this.#told = Math.max(this.#told, quarter);
    } else if (event.kind === 'sample') this.shots.value = withShot(this.shots.value, shotOf(event));
    else if (event.kind === 'warning') this.#warn(event.message);
    else if (event.kind === 'nonFinite' && event.action === 'restored') {
      this.#warn(`A loss was not a number at step ${event.step}: back to step ${event.restoredStep ?? 0}. A lower learning rate helps.`);
    }
  }

  #warn(message: string): void {
    const { warnings } = this;
    warnings.value = [...warnings.value.filter((other) => other !== message), message].slice(-20);
  }
}
