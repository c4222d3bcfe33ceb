/// <reference lib="esnext.disposable" preserve="true" />
/** A training run in this thread: one class for a run folder, for a page, and for whatever else has the ports. */
import { AbortedError, ArgumentError, type DeviceReport } from '@munit/core';
import type { Model } from '@munit/formats';
import type { TrainingConfig } from '../config/schema.js';
import type { SampleGrid, TrainEvent } from '../events.js';
import { sampleGrids } from '../loop/samples.js';
import { train, type TrainingCheckpoint, type TrainOptions } from '../loop/train.js';
import { encodeCheckpoint } from '../state/checkpoint.js';
import { requireFinite } from '../state/finite.js';
import { disposeState, type TrainState } from '../state/state.js';
import { restoreCheckpoint } from './checkpoint.js';
import { Gate } from './gate.js';
import { judgeOf } from './judge.js';
import { exportedModel, type Metrics } from './model.js';
import { Notices } from './notices.js';
import type { DeviceChoice, SessionOptions, StoredCheckpoint, TrainingStatus } from './ports.js';
import { explainFailure, openResources, type Resources } from './resources.js';

/** How a run ended, for now. */
export interface TrainingOutcome {
  /** Steps done. */
  readonly step: number;
  /** Why it ended. */
  readonly reason: 'finished' | 'interrupted';
}

/**
 * Trains, pauses, steps, samples, exports, recovers. Every method may be called at any time: what needs the weights waits for the end of
 * the step under way. Owns its device, images and tensors until `dispose`.
 */
export class TrainingSession {
  /** All options, filled in. */
  readonly config: TrainingConfig;
  readonly #options: SessionOptions;
  readonly #gate = new Gate();
  readonly #notices: Notices;
  #resources: Resources;
  /** The loop owns the state while it runs; at all other times it is here. */
  #state: TrainState | undefined;
  #loop: Promise<TrainingOutcome> | undefined;
  #abort = new AbortController();
  /** Work on the state while no loop has it; a loop begins after it. */
  #idle: Promise<unknown> = Promise.resolve();
  #status: TrainingStatus = 'ready';
  #completed: number;
  /** Whether the run continues from a checkpoint, and has not said so yet. */
  #resumed: boolean;
  #metrics: Metrics = {};
  #failure: Error | undefined;

  private constructor(options: SessionOptions, resources: Resources, notices: Notices) {
    this.config = options.config;
    this.#options = options;
    this.#resources = resources;
    this.#notices = notices;
    this.#state = resources.state;
    this.#completed = resources.state.step;
    this.#resumed = options.resumed === true;
    this.#watchDevice();
    options.signal?.addEventListener('abort', () => void this.stop().catch(() => undefined), { once: true });
  }

  /**
   * Opens a run: device, images and state are ready when it resolves, and nothing is trained yet. It continues from the latest checkpoint of
   * its store where there is one.
   *
   * @param notices what to report as warnings once the run begins, and what is added later
   * @throws ConfigError, DataError, DeviceUnavailableError, OutOfMemoryError, CheckpointMismatchError; what was opened is then closed
   */
  static async open(options: SessionOptions, notices: Notices = new Notices()): Promise<TrainingSession> {
    return new TrainingSession(options, await openResources(options, options, notices), notices);
  }

  /** What computes. */
  get device(): DeviceReport {
    return this.#resources.device.report;
  }

  /** What the run is expected to take at its peak: the process where its memory is known, the device otherwise. */
  get memoryEstimateBytes(): number {
    const { totalBytes, filtersBytes, processBytes } = this.#resources.memory.estimate;
    return this.#options.residentBytes === undefined ? totalBytes + filtersBytes : processBytes;
  }

  /** Whether networks are computed again in the backward pass, to fit into the memory that there is. */
  get recomputes(): boolean {
    return this.#resources.memory.recompute;
  }

  /** What the run is doing; changes are reported to `onStatus`. */
  get status(): TrainingStatus {
    return this.#status;
  }

  /** Updates made. */
  get completedSteps(): number {
    return this.#completed;
  }

  /**
   * Trains, or continues after `pause`, until the configured number of steps or `stop`.
   * @throws DeviceLostError, OutOfMemoryError, DeviceError, NonFiniteError, DataError; then the status is `failed`
   */
  async run(): Promise<TrainingOutcome> {
    const loop = this.#start();
    if (this.#loop !== undefined) this.#become('running');
    this.#gate.permit(Infinity);
    return loop;
  }

  /** Waits for the end of the step under way, and keeps everything as it is. */
  async pause(): Promise<void> {
    if (this.#loop === undefined || this.#status === 'paused') return;
    this.#become('pausing');
    const rest = this.#gate.rest();
    this.#gate.permit(0);
    await rest;
    this.#settlePause();
  }

  /** Makes `count` steps and pauses; the losses of every one are reported. @throws as `run` */
  async step(count = 1): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 1) throw new ArgumentError(`The number of steps must be an integer of at least 1; got ${count}.`);
    await this.pause();
    const loop = this.#start();
    if (this.#loop !== undefined) this.#become('pausing');
    const rest = this.#gate.rest();
    this.#gate.permit(count);
    // A failure of a step is the step's; without one, the loop waits or has come to its end.
    await Promise.race([rest, loop]);
    if (this.#failure !== undefined) throw this.#failure;
    this.#settlePause();
  }

  /** Ends after the step under way, with a checkpoint. */
  async stop(): Promise<TrainingOutcome> {
    this.#abort.abort(new AbortedError('The training was stopped.'));
    return this.#loop ?? this.#outcome();
  }

  /** The fixed inputs, translated as of now by the averaged weights; one grid per direction, also as single images. */
  sample(): Promise<SampleGrid[]> {
    return this.#ask((state) => {
      const { networks, data } = this.#resources;
      return sampleGrids(networks, state.ema ?? state.gen, data.display, this.config.seed);
    });
  }

  /**
   * The averaged generators as a model for use and sharing, as of now.
   * @param metrics figures that go into it, instead of those of the last evaluation
   * @throws NonFiniteError when a weight is NaN or infinite
   */
  export(metrics?: Metrics): Promise<Model> {
    return this.#ask(async (state) => {
      await requireFinite(state);
      return exportedModel(state, this.config, { names: this.#options.images.names, metrics: metrics ?? this.#metrics });
    });
  }

  /** Everything from which the run continues bit for bit; after a failure, the latest checkpoint of the store. */
  async checkpoint(): Promise<StoredCheckpoint> {
    if (this.#status === 'failed') {
      const latest = await this.#options.checkpoints.latest();
      if (latest !== undefined) return latest;
    }
    return this.#ask(async (state) => {
      await requireFinite(state);
      return { step: state.step, bytes: await encodeCheckpoint(state, this.config, this.#resources.data.batches.state()) };
    });
  }

  /**
   * After a failure: opens a device again, by default the same kind, and goes back to the latest checkpoint.
   * @throws ArgumentError when the run has not failed; as `open`
   */
  async recover(choice: DeviceChoice = {}): Promise<void> {
    if (this.#status !== 'failed') throw new ArgumentError('There is nothing to recover from: the run has not failed.');
    const { device } = this.#resources;
    await this.#resources.close();
    const threads = device.name === 'simd' ? this.#options.threads : undefined;
    this.#resources = await openResources(this.#options, { device: device.name, threads, ...choice }, this.#notices);
    this.#watchDevice();
    this.#state = this.#resources.state;
    this.#completed = this.#resources.state.step;
    this.#failure = undefined;
    this.#resumed = true;
    this.#become('ready');
  }

  /** Ends the run without a checkpoint and frees everything. More than once is fine. */
  async dispose(): Promise<void> {
    if (this.#status === 'disposed') return;
    this.#become('disposed');
    this.#abort.abort(new AbortedError('The training was disposed of.'));
    await this.#loop?.catch(() => undefined);
    await this.#idle;
    if (this.#state !== undefined) disposeState(this.#state);
    this.#state = undefined;
    await this.#resources.close();
  }

  /** As `dispose`, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #become(status: TrainingStatus): void {
    if (this.#status === status || this.#status === 'disposed') return;
    this.#status = status;
    this.#options.onStatus?.(status);
  }

  /** Paused, unless the run has come to its end or was resumed meanwhile. */
  #settlePause(): void {
    if (this.#status === 'pausing' && this.#loop !== undefined && !this.#gate.open) this.#become('paused');
  }

  #outcome(): TrainingOutcome {
    return { step: this.#completed, reason: this.#completed >= this.config.max_iter ? 'finished' : 'interrupted' };
  }

  /** A device that is lost while nothing runs on it is noticed at once. */
  #watchDevice(): void {
    void this.#resources.device.lost.then(() => this.#gate.wake());
  }

  #use(): void {
    if (this.#status === 'disposed') throw new AbortedError('The training was disposed of.');
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Runs `work` between two steps, or at once when no loop has the state. */
  #ask<T>(work: (state: TrainState) => Promise<T>): Promise<T> {
    try {
      this.#use();
    } catch (error) {
      return Promise.reject(error as Error);
    }
    if (this.#loop !== undefined) return this.#gate.ask(work);
    const answer = this.#idle.then(() => {
      this.#resources.device.activate();
      return work(this.#state as TrainState);
    });
    this.#idle = answer.catch(() => undefined);
    return answer;
  }

  /** The loop under way, or a new one, which waits at the gate. */
  #start(): Promise<TrainingOutcome> {
    this.#use();
    if (this.#loop !== undefined) return this.#loop;
    if (this.#status === 'finished') return Promise.resolve(this.#outcome());
    this.#abort = new AbortController();
    if (this.#options.signal?.aborted === true) this.#abort.abort(new AbortedError());
    const loop = this.#idle.then(() => this.#train());
    this.#loop = loop;
    // Callers of `pause` and `step` need not wait for the end; those of `run` and `stop` hear of a failure.
    loop.catch(() => undefined);
    return loop;
  }

  async #train(): Promise<TrainingOutcome> {
    const state = this.#state as TrainState;
    this.#state = undefined;
    this.#gate.enter(this.#abort.signal);
    try {
      this.#announce(state);
      const result = await train(this.#loopOptions(state));
      await this.#gate.serve(result.state);
      this.#state = result.state;
      this.#settle(result.reason === 'finished' ? 'finished' : 'stopped');
      return { step: result.state.step, reason: result.reason };
    } catch (thrown) {
      this.#failure = explainFailure(thrown);
      this.#settle('failed');
      throw this.#failure;
    }
  }

  /** The loop is over. */
  #settle(status: TrainingStatus): void {
    this.#loop = undefined;
    this.#become(status);
    this.#gate.leave(this.#failure);
  }

  #announce(state: TrainState): void {
    const { step } = state;
    try {
      this.#report({ kind: 'start', totalSteps: this.config.max_iter, step, device: this.device.description, config: this.config, memoryEstimateBytes: this.memoryEstimateBytes });
      if (this.#resumed) this.#report({ kind: 'resumed', step });
      this.#resumed = false;
      if (this.recomputes) this.#report({ kind: 'warning', message: 'To save memory, the networks are computed again in each backward pass: the same results, in about a quarter more time.' });
      this.#notices.flush((message) => this.#report({ kind: 'warning', message }));
    } catch (error) {
      // A listener that cannot write: the loop has not taken the state over.
      disposeState(state);
      throw error;
    }
  }

  #report(event: TrainEvent): void {
    if (event.kind === 'step') this.#completed = event.step;
    if (event.kind === 'evaluation') this.#metrics = event.metrics;
    this.#options.onEvent?.(event);
  }

  #loopOptions(state: TrainState): TrainOptions {
    const { config } = this;
    const { checkpoints, residentBytes, evaluate, measure } = this.#options;
    const { device, memory, networks, objective, data } = this.#resources;
    const { signal } = this.#abort;
    return {
      config,
      networks,
      objective,
      recompute: memory.recompute,
      device,
      state,
      data: data.batches,
      display: data.display,
      onEvent: (event) => this.#report(event),
      signal,
      residentBytes,
      deviceBytes: () => device.memory().allocatedBytes,
      between: (current) => {
        this.#completed = current.step;
        return this.#gate.pass(current, () => device.activate());
      },
      bestScore: checkpoints.best(),
      save: (checkpoint) => this.#save(checkpoint),
      restore: async () => {
        const latest = await checkpoints.latest();
        return latest === undefined ? undefined : restoreCheckpoint(latest, config, networks).state;
      },
      evaluate: judgeOf(networks, data, { config, evaluate, measure, signal, warn: (message) => this.#report({ kind: 'warning', message, step: this.#completed }) }),
      bestBy: config.best_metric !== undefined || (evaluate === true && (data.synthetic ?? data.animals) !== undefined) ? 'metric' : 'losses',
    };
  }

  async #save(checkpoint: TrainingCheckpoint): Promise<void> {
    const { step, best, bytes } = checkpoint;
    const kept = await this.#options.checkpoints.save(checkpoint);
    this.#report({ kind: 'checkpoint', step, best, ...kept, bytes: bytes.length });
  }
}
