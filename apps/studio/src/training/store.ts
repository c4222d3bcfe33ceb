/** The state of training, as the page shows it, and what can be done to it. */
import { computed, signal } from '@preact/signals';
import type { TrainEvent } from '@munit/train';
import type { TrainingSets, TrainingStatus } from '@munit/train/browser';
import { type ExportedFiles, type KeptRun, type OpenedTraining, type OpenInWorkerOptions, TrainingClient } from '@munit/train/worker';
import { freeName, uniqueId } from '../identity.js';
import { retire } from '@munit/core/channel';
import { Draft } from './draft.js';
import { failureText } from './failure.js';
import { lockRun } from './lock.js';
import { forgetBeside, keepImages, keepStory, keptImages, keptStory, nameOfSource, prepared, type RunRecord, type SavedNote } from './runs.js';
import { configOf, type DeviceRequest, type Sets, type Settings, type Source } from './settings.js';
import { RunWatch } from './watch.js';
import { words } from '../words/words.js';

/** What the page shows: the settings, or a run by its status. */
export type Phase = 'setup' | 'opening' | 'running' | 'pausing' | 'paused' | 'finished' | 'failed';

export interface Failure {
  readonly message: string;
  /** Whether the last checkpoint is still in the worker's memory. */
  readonly recoverable: boolean;
}

/** A run on this page, with the images themselves. */
interface OpenRun {
  readonly id: string;
  readonly name: string;
  readonly source: Source;
  readonly settings: Settings;
}

export type Run = OpenedTraining & OpenRun;

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

/** A worker that has failed may still be able to end its threads. */
const GONE_MS = 500;

/** The story of a run has some megabytes. */
const STORY_MS = 20_000;

export class TrainingStore {
  /** Which screen is shown: the run's status decides about the rest. */
  readonly #screen = signal<'setup' | 'opening' | 'run'>('setup');
  readonly #status = signal<TrainingStatus>('ready');
  readonly phase = computed<Phase>(() => (this.#screen.value === 'run' ? phases[this.#status.value] : this.#screen.value));
  readonly run = signal<Run | undefined>(undefined);
  readonly watch = new RunWatch();
  readonly draft = new Draft();
  readonly failure = signal<Failure | undefined>(undefined);
  /** The runs that this browser keeps, the newest first. */
  readonly saved = signal<readonly KeptRun<SavedNote>[]>([]);
  /** How many images have been made ready, of how many. */
  readonly preparing = signal<{ readonly done: number; readonly of: number } | undefined>(undefined);
  readonly message = this.watch.message;
  readonly #startWorker: () => Worker;
  #worker: { readonly worker: Worker; readonly training: TrainingClient } | undefined;
  #release: () => void = () => undefined;
  #storyAt = 0;

  constructor(startWorker: () => Worker) {
    this.#startWorker = startWorker;
  }

  /** Looks for the runs that this browser keeps. */
  async look(): Promise<void> {
    this.saved.value = await this.#training().kept<SavedNote>();
  }

  /** Forgets a run that this browser keeps, with all that belongs to it. */
  async discard(id: string): Promise<void> {
    await this.#training().forget(id);
    await forgetBeside(id);
    await this.look();
  }

  async rename(id: string, name: string): Promise<void> {
    const found = this.saved.peek().find((one) => one.id === id);
    if (found === undefined) return;
    await this.#training().renote(id, { ...found.note, name });
    await this.look();
  }

  /** Bytes that a run with these settings is expected to need. */
  estimate(settings: Settings, files: boolean): Promise<number> {
    return this.#training().estimateMemory(configOf(settings, files), 'quick');
  }

  /** Opens a run of its own and trains. @throws Error when it cannot be opened; the phase is `setup` again */
  async start(source: Source, settings: Settings, device: DeviceRequest): Promise<void> {
    if (!this.#leaveSetup()) return;
    // A run that has just ended, or another tab, may have taken a name since the last look.
    await this.look().catch(() => undefined);
    const taken = new Set(this.saved.peek().map(({ note }) => note.name ?? nameOfSource(note.source)));
    const run: OpenRun = { id: uniqueId(), name: freeName(nameOfSource(noted(source)), taken), source, settings };
    this.watch.begin();
    await this.#begin(run, device, undefined);
  }

  /** Continues a run that is kept, on its own images, or on those given. @throws Error as `start`; DataError where there are no images */
  async resumeKept({ id, note }: KeptRun<SavedNote>, device: DeviceRequest, given: Sets | undefined): Promise<void> {
    if (!this.#leaveSetup()) return;
    const { source, settings, name = nameOfSource(source) } = note;
    try {
      const sets = source.kind === 'files' ? (given ?? (await keptImages(id))) : undefined;
      if (source.kind === 'files' && sets === undefined) throw new Error(words.peek().announced.notKept(name));
      this.watch.begin(await keptStory(id));
      await this.#begin({ id, name, source: source.kind === 'files' ? { kind: 'files', names: source.names, ...sets! } : source, settings }, device, 'kept');
    } catch (error) {
      this.#screen.value = 'setup';
      throw error;
    }
  }

  /** As many steps again as the run had. @throws Error as `start` */
  async more(): Promise<void> {
    const { id, name, source, settings, device } = this.run.value as Run;
    this.watch.again();
    try {
      await this.#open({ id, name, source, settings: { ...settings, steps: 2 * settings.steps } }, device.taken as DeviceRequest, 'open');
    } catch (error) {
      // The settings are shown, from where the run can be continued as it was kept.
      this.#letGo();
      void this.look().catch(() => undefined);
      throw error;
    }
  }

  /** Trains on. */
  resume(): void {
    this.#status.value = 'running';
    this.message.value = words.peek().announced.training;
    void this.#training()
      .run()
      .then(
        ({ reason, step }) => {
          const { ended, finished } = words.peek().announced;
          this.message.value = (reason === 'finished' ? finished : ended)(step);
          this.#tell(true);
        },
        (error: unknown) => this.#fail(error),
      );
  }

  async pause(): Promise<void> {
    this.#status.value = 'pausing';
    await this.#training().pause();
    this.#tell(true);
    // The last step may have been the end.
    if (this.phase.value === 'paused') this.message.value = words.peek().announced.paused(this.watch.last.value?.step ?? 0);
  }

  async step(): Promise<void> {
    this.#status.value = 'pausing';
    try {
      await this.#training().step();
      this.message.value = words.peek().announced.step(this.watch.last.value?.step ?? 0);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Before the page may go: the state of this moment. Where there is no room, the run itself has said so. */
  async keepNow(): Promise<void> {
    if (this.phase.peek() !== 'running') return;
    this.#tell(true);
    await this.#training().keep().catch(() => undefined);
  }

  /** Gives the run up; as it is, it stays in the browser. A run without a step leaves nothing. */
  async end(): Promise<void> {
    const run = this.run.peek();
    if (this.phase.value === 'running' || this.phase.value === 'paused') {
      this.#status.value = 'pausing';
      // Pausing keeps the state.
      await this.#training().pause().catch(() => undefined);
    }
    this.#tell(true);
    const begun = (this.watch.last.value?.step ?? run?.step ?? 0) > 0;
    await this.#closeWorker();
    this.#screen.value = 'setup';
    this.message.value = words.peek().announced.over;
    if (run !== undefined && !begun) await this.discard(run.id);
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
    void this.#closeWorker();
  }

  /** @returns whether the settings were shown: a second click on the way to a run opens nothing, for it would take the run's lock from the first */
  #leaveSetup(): boolean {
    if (this.phase.peek() !== 'setup') return false;
    this.#screen.value = 'opening';
    return true;
  }

  async #begin(run: OpenRun, device: DeviceRequest, resume: 'kept' | undefined): Promise<void> {
    this.failure.value = undefined;
    this.#screen.value = 'opening';
    try {
      const release = await lockRun(run.id);
      if (release === undefined) throw new Error(words.peek().announced.elsewhere(run.name));
      this.#release = release;
      await this.#open(resume === 'kept' ? run : { ...run, source: await this.#ready(run) }, device, resume);
    } catch (error) {
      this.#letGo();
      this.preparing.value = undefined;
      this.#screen.value = 'setup';
      throw error;
    }
  }

  #letGo(): void {
    this.#release();
    this.#release = () => undefined;
  }

  /** The images of a new run, made ready and kept with it. */
  async #ready({ id, source }: OpenRun): Promise<Source> {
    if (source.kind !== 'files') return source;
    const of = source.a.length + source.b.length;
    const onFile = (): void => void (this.preparing.value = { done: (this.preparing.peek()?.done ?? 0) + 1, of });
    this.preparing.value = { done: 0, of };
    const ready: Source = { ...source, a: await prepared(source.a, onFile), b: await prepared(source.b, onFile) };
    this.preparing.value = undefined;
    if (!(await keepImages(id, ready))) {
      await forgetBeside(id);
      this.watch.warn(words.peek().announced.noRoom);
    }
    return ready;
  }

  async #open(run: OpenRun, device: DeviceRequest, resume: 'kept' | 'open' | undefined): Promise<void> {
    this.#screen.value = 'opening';
    const { source, settings } = run;
    const files = source.kind === 'files';
    const sets: TrainingSets = files ? { a: source.a, b: source.b, names: source.names } : { synthetic: { count: source.count } };
    const note: RunRecord = { name: run.name, source: noted(source), settings };
    const what: Pick<OpenInWorkerOptions, 'resume' | 'preset' | 'config'> =
      resume === undefined ? { preset: 'quick', config: configOf(settings, files) } : { resume, config: { max_iter: settings.steps } };
    try {
      // Images that are given again may be others: the weights are worth more than their order.
      const opened = await this.#training().open({ ...what, sets, device, keep: note, run: run.id, preview: true, otherImages: 'restart' });
      this.run.value = { ...opened, ...run };
    } catch (error) {
      this.#screen.value = 'setup';
      throw error;
    }
    this.#screen.value = 'run';
    this.resume();
  }

  /** Keeps losses and samples with the run, now and then or at once. */
  #tell(now: boolean): void {
    const run = this.run.peek();
    if (run === undefined || (!now && performance.now() - this.#storyAt < STORY_MS)) return;
    this.#storyAt = performance.now();
    void keepStory(run.id, this.watch.story());
  }

  #training(): TrainingClient {
    if (this.#worker === undefined) {
      const worker = this.#startWorker();
      const training = new TrainingClient(worker, {
        onEvent: (event) => this.#take(event),
        onStatus: (status) => (this.#status.value = status),
        onGone: (error) => {
          void this.#closeWorker(GONE_MS);
          this.#fail(error, false);
        },
      });
      this.#worker = { worker, training };
    }
    return this.#worker.training;
  }

  /** The run is let go when its worker has ended: until then it may write. */
  async #closeWorker(patienceMs?: number): Promise<void> {
    const old = this.#worker;
    const release = this.#release;
    this.#worker = undefined;
    this.#release = () => undefined;
    old?.training.dispose();
    if (old !== undefined) await retire(old.worker, patienceMs);
    release();
  }

  #fail(thrown: unknown, recoverable = true): void {
    if (thrown instanceof Error && thrown.name === 'AbortedError') return;
    const { failure, message } = this;
    // The end of the worker is reported once, and not by each call that was under way.
    if (failure.value === undefined) failure.value = { message: failureText(thrown), recoverable: recoverable && this.#worker !== undefined };
    this.#screen.value = 'run';
    this.#status.value = 'failed';
    message.value = words.peek().announced.failed;
    if (!recoverable) void this.look().catch(() => undefined);
  }

  #take(event: TrainEvent): void {
    this.watch.take(event);
    if (event.kind === 'checkpoint') this.#tell(false);
  }
}

/** What is noted of a source: not the files themselves. */
const noted = (source: Source): RunRecord['source'] => (source.kind === 'files' ? { kind: 'files', names: source.names, a: source.a.length, b: source.b.length } : source);
