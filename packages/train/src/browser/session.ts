import { AbortedError, ArgumentError, type DeviceReport } from '@munit/core';
import { type ModelFiles, packModel, type WeightsDtype } from '@munit/formats';
import type { TrainingConfig } from '../config/index.js';
import type { SampleGrid } from '../events.js';
import type { Score } from '../loop/best.js';
import { sampleGrids } from '../loop/samples.js';
import { train, type TrainingCheckpoint, type TrainOptions } from '../loop/train.js';
import { estimateMemory } from '../memory/estimate.js';
import { createObjective } from '../methods/create.js';
import { judgeOnBenchmark, type Metrics, modelOf, stateOfCheckpoint } from '../setup/index.js';
import { encodeCheckpoint } from '../state/checkpoint.js';
import { requireFinite } from '../state/finite.js';
import { disposeState, type TrainState } from '../state/state.js';
import { explainFailure } from './failure.js';
import { Gate } from './gate.js';
import { openParts, type Parts } from './parts.js';
import type { DeviceChoice, MemoryCheckpoint, OpenTrainingOptions, Training, TrainingEvent, TrainingOutcome, TrainingStatus } from './types.js';

/** See `Training`. The loop owns the state while it runs; at all other times it is here. */
export class TrainingSession implements Training {
  readonly config: TrainingConfig;
  readonly memoryEstimateBytes: number;
  readonly #options: OpenTrainingOptions;
  readonly #gate = new Gate();
  #parts: Parts;
  #state: TrainState | undefined;
  #loop: Promise<TrainingOutcome> | undefined;
  #abort = new AbortController();
  /** Work on the state while no loop has it; a loop begins after it. */
  #idle: Promise<unknown> = Promise.resolve();
  #status: TrainingStatus = 'ready';
  #completed: number;
  /** Whether the run goes on from a checkpoint, and has not said so yet. */
  #resumed: boolean;
  #last: MemoryCheckpoint | undefined;
  #bestScore: Score | undefined;
  #metrics: Metrics = {};
  #failure: Error | undefined;

  constructor(config: TrainingConfig, options: OpenTrainingOptions, parts: Parts) {
    this.config = config;
    this.memoryEstimateBytes = estimateMemory(config).totalBytes;
    this.#options = options;
    this.#parts = parts;
    this.#state = parts.state;
    this.#completed = parts.state.step;
    this.#resumed = options.resume !== undefined;
    this.#last = options.resume === undefined ? undefined : { step: parts.state.step, bytes: options.resume, best: false };
    this.#watchDevice(parts);
  }

  get device(): DeviceReport {
    return this.#parts.device.report;
  }

  get status(): TrainingStatus {
    return this.#status === 'running' && !this.#gate.open ? 'paused' : this.#status;
  }

  get completedSteps(): number {
    return this.#completed;
  }

  async run(): Promise<TrainingOutcome> {
    const loop = this.#start();
    this.#gate.permit(Infinity);
    return loop;
  }

  async pause(): Promise<void> {
    if (this.#loop === undefined) return;
    const rest = this.#gate.rest();
    this.#gate.permit(0);
    await rest;
  }

  async step(count = 1): Promise<void> {
    if (!Number.isSafeInteger(count) || count < 1) throw new ArgumentError(`The number of steps must be a whole number of at least 1; got ${count}.`);
    await this.pause();
    const loop = this.#start();
    const rest = this.#gate.rest();
    this.#gate.permit(count);
    // A failure of a step is the step's; without one, the loop waits or has come to its end.
    await Promise.race([rest, loop]);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async stop(): Promise<TrainingOutcome> {
    this.#abort.abort(new AbortedError('The training was stopped.'));
    return this.#loop ?? this.#outcome();
  }

  sample(): Promise<SampleGrid[]> {
    const { networks, data } = this.#parts;
    return this.#ask((state) => sampleGrids(networks, state.ema ?? state.gen, data.display, this.config.seed));
  }

  exportModel({ dtype }: { readonly dtype?: WeightsDtype } = {}): Promise<ModelFiles> {
    const { sets } = this.#options;
    const names = sets === undefined || 'synthetic' in sets ? undefined : sets.names;
    return this.#ask(async (state) => {
      await requireFinite(state);
      return packModel(await modelOf(state, this.config, { names, metrics: this.#metrics }), dtype === undefined ? {} : { dtype });
    });
  }

  async checkpoint(): Promise<MemoryCheckpoint> {
    if (this.#status === 'failed' && this.#last !== undefined) return this.#last;
    return this.#ask(async (state) => {
      if (this.#last?.step !== state.step) {
        await requireFinite(state);
        this.#last = { step: state.step, bytes: await encodeCheckpoint(state, this.config, this.#parts.data.batches.state()), best: false };
      }
      return this.#last;
    });
  }

  async recover(choice: DeviceChoice = {}): Promise<void> {
    if (this.#status !== 'failed') throw new ArgumentError('There is nothing to recover from: the run has not failed.');
    const { device, data } = this.#parts;
    await data.batches.dispose();
    device.dispose();
    const again = { device: device.name, ...this.#threads(device.name), ...choice };
    this.#parts = await openParts(this.config, this.#options, again, this.#last?.bytes);
    this.#watchDevice(this.#parts);
    this.#state = this.#parts.state;
    this.#completed = this.#parts.state.step;
    this.#failure = undefined;
    this.#resumed = true;
    this.#status = 'ready';
  }

  async dispose(): Promise<void> {
    if (this.#status === 'disposed') return;
    this.#status = 'disposed';
    this.#abort.abort(new AbortedError('The training was disposed of.'));
    await this.#loop?.catch(() => undefined);
    await this.#idle;
    if (this.#state !== undefined) disposeState(this.#state);
    this.#state = undefined;
    this.#last = undefined;
    await this.#parts.data.batches.dispose();
    this.#parts.device.dispose();
  }

  #outcome(): TrainingOutcome {
    return { step: this.#completed, reason: this.#completed >= this.config.max_iter ? 'finished' : 'interrupted' };
  }

  #threads(device: string): { readonly threads?: number } {
    const { threads } = this.#options;
    return device !== 'simd' || threads === undefined ? {} : { threads };
  }

  /** A device that is lost while nothing runs on it is noticed at once. */
  #watchDevice({ device }: Parts): void {
    void device.lost.then(() => this.#gate.wake());
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
      this.#parts.device.activate();
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
    this.#status = 'running';
    const loop = this.#idle.then(() => this.#train());
    this.#loop = loop;
    // Who called `pause` or `step` need not wait for the end; `run` and `stop` hear of a failure.
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
    if (this.#status !== 'disposed') this.#status = status;
    this.#gate.leave(this.#failure);
  }

  #announce({ step }: TrainState): void {
    const { device, notices } = this.#parts;
    this.#tell({ kind: 'start', totalSteps: this.config.max_iter, step, device: device.report.description, config: this.config, memoryEstimateBytes: this.memoryEstimateBytes });
    if (this.#resumed) this.#tell({ kind: 'resumed', step });
    this.#resumed = false;
    notices.tell((message) => this.#tell({ kind: 'warning', message }));
  }

  #tell(event: TrainingEvent): void {
    if (event.kind === 'step') this.#completed = event.step;
    if (event.kind === 'evaluation') this.#metrics = event.metrics;
    this.#options.onEvent?.(event);
  }

  #loopOptions(state: TrainState): TrainOptions {
    const { config } = this;
    const { device, networks, data } = this.#parts;
    const { synthetic } = data;
    const { signal } = this.#abort;
    return {
      config,
      networks,
      objective: createObjective(config, networks),
      state,
      data: data.batches,
      display: data.display,
      // The loop itself has no checkpoints as files.
      onEvent: (event) => this.#tell(event as TrainingEvent),
      signal,
      deviceBytes: () => device.memory().allocatedBytes,
      between: (current) => {
        this.#completed = current.step;
        return this.#gate.pass(current, () => device.activate());
      },
      bestScore: this.#bestScore,
      save: (checkpoint) => this.#save(checkpoint),
      restore: () => Promise.resolve(this.#last === undefined ? undefined : stateOfCheckpoint(this.#last.bytes, config).state),
      ...(synthetic === undefined || this.#options.evaluate !== true ? {} : { evaluate: (gen) => judgeOnBenchmark(networks, gen, { set: synthetic, seed: config.seed, signal }) }),
    };
  }

  async #save({ step, bytes, best, score }: TrainingCheckpoint): Promise<void> {
    this.#last = { step, bytes, best };
    if (best) this.#bestScore = score;
    try {
      await this.#options.keep?.(this.#last);
    } catch (error) {
      this.#tell({ kind: 'warning', step, message: `The checkpoint could not be kept: ${error instanceof Error ? error.message : String(error)}` });
    }
    this.#tell({ kind: 'checkpoint', step, best, bytes: bytes.length });
  }
}
