/** The training loop: read it from top to bottom. */
import { AbortedError, memory, type Params, type PerDomain } from '@munit/core';
import type { BatchesState, UnpairedBatch } from '@munit/data';
import type { ImageBatch } from '@munit/images';
import type { LossTerm } from '@munit/losses';
import type { TrainingConfig } from '../config/schema.js';
import type { TrainEventListener } from '../events.js';
import { termNamesOf } from '../methods/create.js';
import type { GeneratorNetworks } from '../methods/method.js';
import { learningRates } from '../optimizer/schedule.js';
import { encodeCheckpoint } from '../state/checkpoint.js';
import { findNonFinite, findNonFiniteTerm, type NonFinite, nonFiniteError } from '../state/finite.js';
import { disposeState, type TrainState } from '../state/state.js';
import { publishedTerms } from '../step/losses.js';
import type { Objective } from '../step/objective.js';
import { averageGap, gapWarning } from './averageGap.js';
import { BestWatch, type Score, type ScoreRule } from './best.js';
import { RecentImages, sampleGrids, styleStatistics } from './samples.js';
import { createStepper, type StepperOptions } from './stepper.js';

/** Where batches come from; `UnpairedBatches` of `@munit/data` is one. */
export interface TrainingData {
  /** The next batch of each domain. */
  next(signal?: AbortSignal): Promise<UnpairedBatch>;
  /** Where the stream of images is, to resume from; anything that JSON can carry. */
  state(): BatchesState;
}

/** What an evaluation found. */
export interface Evaluation {
  /** Values by the name of the metric. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The higher the better: the best checkpoint is kept by it; undefined where it is kept by something else. */
  readonly score: number | undefined;
}

/** A checkpoint to keep. Its state is finite, in losses, parameters and moments. */
export interface TrainingCheckpoint {
  /** Steps done when it was saved. */
  readonly step: number;
  /** What `encodeCheckpoint` made. */
  readonly bytes: Uint8Array;
  /** Whether it is the best so far. */
  readonly best: boolean;
  /** By what it was compared; undefined where nothing is known of it, as at step 0. */
  readonly score: Score | undefined;
}

/** What the loop trains, on what, and who listens. */
export interface TrainOptions {
  /** The resolved configuration. */
  readonly config: TrainingConfig;
  /** As `createNetworks` makes them of `config`. */
  readonly networks: GeneratorNetworks;
  /** What each step minimises. */
  readonly objective: Objective;
  /** Compute the insides of networks again in the backward pass rather than keep them. Default false. */
  readonly recompute?: boolean | undefined;
  /** The device in use: on `webgpu` steps are captured from the second on, the same bit for bit. Default: none is. */
  readonly device?: StepperOptions['device'];
  /** Where to start; its tensors are consumed. */
  readonly state: TrainState;
  /** The stream of images. */
  readonly data: TrainingData;
  /** Fixed inputs of the sample grids. */
  readonly display: PerDomain<ImageBatch>;
  /** Takes the events of the run, in order. */
  readonly onEvent: TrainEventListener;
  /** Keeps a checkpoint; given the bytes of `encodeCheckpoint`. */
  readonly save: (checkpoint: TrainingCheckpoint) => Promise<void>;
  /** The newest saved state whose values are finite, after one whose are not; undefined when there is none. */
  readonly restore: () => Promise<TrainState | undefined>;
  /** Measures the model as it is, at every sample interval and every `metrics_iter` steps. */
  readonly evaluate?: ((gen: Params, step: number) => Promise<Evaluation>) | undefined;
  /** What makes a checkpoint the best. Default: `evaluate`, where there is one, else the reconstruction losses. */
  readonly bestBy?: ScoreRule | undefined;
  /** Stops the run after the current step; it saves first. */
  readonly signal?: AbortSignal | undefined;
  /** Memory of the process, bytes; 0 where it is not known (a page). */
  readonly residentBytes?: (() => number) | undefined;
  /** Memory that the device holds, bytes; undefined where it does not say. */
  readonly deviceBytes?: (() => number | undefined) | undefined;
  /**
   * Awaited before each step, with the state as it then is (the loop's own: look, do not keep). Here a page pauses. `log` asks
   * for the losses of the next step, whatever `log_iter` says. @throws AbortedError when the signal aborted meanwhile
   */
  readonly between?: ((state: TrainState) => Promise<{ readonly log: boolean }>) | undefined;
  /** Score of the best checkpoint so far, of a run that is resumed. */
  readonly bestScore?: Score | undefined;
  /** The milliseconds of a steady clock. */
  readonly now?: (() => number) | undefined;
}

/** How training ended. */
export interface TrainResult {
  /** Finite, and saved. The caller owns it. */
  readonly state: TrainState;
  /** Why it ended. */
  readonly reason: 'finished' | 'interrupted';
}

/**
 * Trains until `config.max_iter` updates are made or the signal aborts; either way the last state is saved.
 *
 * A state that is not finite (a loss, a parameter, a moment) is never saved, marked as best or returned: the newest good one is restored
 * instead, once. Losses are checked when they are logged, states before they are shown or saved.
 *
 * @throws NonFiniteError when a state is not finite for the second time, or none can be restored
 * @throws DataError when the data fail
 * @throws whatever `save` throws; the state is freed, and the event `done` says why, as with every error
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { config, networks, data, onEvent, signal, now = () => performance.now() } = options;
  const started = now();
  const stepper = createStepper(config, options.objective, options);
  const termNames = termNamesOf(config);
  const recent = new RecentImages(32);
  let state = options.state;
  let restored = false;
  let saved = -1;
  let waited = 0;
  let interval = { since: now(), steps: 0, waited: 0 };
  const watch = new BestWatch(options.bestBy ?? (options.evaluate === undefined ? 'losses' : 'metric'), options.bestScore);
  const elapsed = (): number => (now() - started) / 1000;

  /** Gives up a state that is not finite for the newest saved one that is. @throws NonFiniteError the second time */
  const restore = async (broken: NonFinite): Promise<void> => {
    const good = restored ? undefined : await options.restore();
    const { where: term, value } = broken;
    onEvent({ kind: 'nonFinite', step: state.step, term, value, action: good === undefined ? 'stopped' : 'restored', ...(good === undefined ? {} : { restoredStep: good.step }) });
    if (good === undefined) throw nonFiniteError(broken, state.step, restored);
    disposeState(state);
    state = good;
    restored = true;
    saved = good.step;
    watch.forget();
    interval = { since: now(), steps: 0, waited };
  };
  /** Whether the state is good; if not, a good one is restored. */
  const isGood = async (): Promise<boolean> => {
    const broken = await findNonFinite(state);
    if (broken !== undefined) await restore(broken);
    return broken === undefined;
  };
  /** Keeps a state that is good. */
  const save = async (): Promise<void> => {
    const bytes = await encodeCheckpoint(state, config, data.state());
    await options.save({ step: state.step, bytes, ...watch.take() });
    saved = state.step;
  };
  const show = async (): Promise<void> => {
    const gen = state.ema ?? state.gen;
    onEvent({ kind: 'sample', step: state.step, images: await sampleGrids(networks, gen, options.display, config.seed) });
    const styles = await styleStatistics(networks, state.gen, recent.batches());
    if (styles !== undefined) onEvent({ kind: 'styles', step: state.step, ...styles });
  };
  const judge = async (): Promise<void> => {
    if (options.evaluate === undefined) return;
    const { metrics, score } = await options.evaluate(state.ema ?? state.gen, state.step);
    if (score !== undefined) watch.metric(score);
    onEvent({ kind: 'evaluation', step: state.step, metrics });
  };
  const log = (terms: readonly LossTerm<number>[], named: Readonly<Record<string, number>>): void => {
    watch.losses(terms);
    const stepMs = (now() - interval.since) / interval.steps;
    const rates = learningRates(state.step - 1, config);
    const deviceBytes = options.deviceBytes?.();
    onEvent({
      kind: 'step',
      step: state.step,
      totalSteps: config.max_iter,
      terms: named,
      learningRate: rates.gen,
      learningRateDiscriminator: rates.dis,
      stepMs,
      dataWaitMs: (waited - interval.waited) / interval.steps,
      etaSeconds: (stepMs * (config.max_iter - state.step)) / 1000,
      residentBytes: options.residentBytes?.() ?? 0,
      tensorBytes: memory().numBytes,
      ...(deviceBytes === undefined ? {} : { deviceBytes }),
    });
    interval = { since: now(), steps: 0, waited };
  };
  /** Sample images, checkpoints and pauses are not part of a step's time. */
  const aside = async <T>(work: () => Promise<T>): Promise<T> => {
    const [before, running] = [now(), interval];
    const result = await work();
    // Unless a restore has begun a new one.
    if (interval === running) interval = { ...interval, since: interval.since + (now() - before) };
    return result;
  };

  const steps = async (): Promise<void> => {
    // Whatever happens, there is something to go back to.
    if (state.step === 0 && (await isGood())) await save();
    while (state.step < config.max_iter && signal?.aborted !== true) {
      // Let others have their turn
      const wanted = await aside(async () => (await options.between?.(state))?.log === true);

      // Fetch
      const before = now();
      const batches: UnpairedBatch[] = [];
      while (batches.length < config.accumulate) batches.push(await data.next(signal));
      for (const batch of batches) recent.add(batch);
      waited += now() - before;

      // Step
      const result = stepper.step(state, batches);
      state = result.state;
      interval.steps++;

      // Log, and look for NaN
      const last = state.step === config.max_iter;
      if (wanted || last || state.step % config.log_iter === 0 || state.step === 1) {
        const terms = await result.losses.read();
        const named = publishedTerms(terms, termNames);
        const broken = findNonFiniteTerm(named);
        if (broken !== undefined) {
          await restore(broken);
          continue;
        }
        log(terms, named);
      } else result.losses.dispose();

      // Show and keep
      const sampled = last || state.step % config.image_save_iter === 0 || state.step % config.image_display_iter === 0;
      const kept = last || state.step % config.snapshot_save_iter === 0;
      const judged = sampled || (config.metrics_iter > 0 && state.step % config.metrics_iter === 0);
      if (judged || kept) {
        await aside(async () => {
          if (!(await isGood())) return;
          if (sampled) await show();
          if (judged) await judge();
          if (kept) await save();
        });
      }
    }
  };

  try {
    try {
      await steps();
    } catch (error) {
      // Waiting for images or for a pause to end; the state is whole.
      if (!(error instanceof AbortedError) || signal?.aborted !== true) throw error;
    }
    if (saved !== state.step && (await isGood())) await save();
    // People judge a run by the average, and it may lag behind.
    const message = gapWarning(await averageGap(networks, state, options.display, config.seed));
    if (message !== undefined) onEvent({ kind: 'warning', step: state.step, message });
  } catch (error) {
    disposeState(state);
    onEvent({ kind: 'done', step: state.step, seconds: elapsed(), reason: 'failed', message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    stepper.dispose();
  }
  const reason = state.step >= config.max_iter ? 'finished' : 'interrupted';
  onEvent({ kind: 'done', step: state.step, seconds: elapsed(), reason });
  return { state, reason };
}
