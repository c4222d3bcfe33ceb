/** The training loop: read it from top to bottom. */
import { AbortedError, memory, type Params, type PerDomain, type Scalar } from '@munit/core';
import type { BatchesState, ImageBatch, UnpairedBatch } from '@munit/data';
import type { TrainingConfig } from '../config/index.js';
import type { TrainEventListener } from '../events.js';
import { findNonFinite, nonFiniteError } from '../guard/nonFinite.js';
import type { Model } from '../networks/model.js';
import { disposeState, encodeCheckpoint, type TrainState } from '../state/index.js';
import { disposeAll } from '../step/accumulate.js';
import type { Objective, Terms } from '../step/types.js';
import { RecentImages } from './recentImages.js';
import { learningRates } from './rates.js';
import { sampleGrids, styleStatistics } from './samples.js';
import { createStepper } from './stepper.js';

/** Where batches come from; `UnpairedBatches` of `@munit/data` is one. */
export interface TrainingData {
  next(signal?: AbortSignal): Promise<UnpairedBatch>;
  state(): BatchesState;
}

export interface Evaluation {
  readonly metrics: Readonly<Record<string, number>>;
  /** The higher the better: the best checkpoint is kept by it. */
  readonly score: number;
}

export interface TrainingCheckpoint {
  readonly step: number;
  readonly bytes: Uint8Array;
  /** Whether it is the best so far, and by what. */
  readonly best: boolean;
  readonly score: number;
}

export interface TrainOptions {
  readonly config: TrainingConfig;
  readonly model: Model;
  readonly objective: Objective;
  /** Where to start; its tensors are consumed. */
  readonly state: TrainState;
  readonly data: TrainingData;
  /** Fixed inputs of the sample grids. */
  readonly display: PerDomain<ImageBatch>;
  readonly onEvent: TrainEventListener;
  /** Keeps a checkpoint; given the bytes of `encodeState`. */
  readonly save: (checkpoint: TrainingCheckpoint) => Promise<void>;
  /** The newest good state again, after a loss that is not finite; undefined when there is none. */
  readonly restore: () => Promise<TrainState | undefined>;
  /** Judges the model as it is, at every sample interval. */
  readonly evaluate?: (gen: PerDomain<Params>, step: number) => Promise<Evaluation>;
  readonly signal?: AbortSignal | undefined;
  /** Memory of the process, bytes; 0 where it cannot be told (a page). */
  readonly residentBytes?: () => number;
  /** Memory that the device holds, bytes; undefined where it does not say. */
  readonly deviceBytes?: () => number | undefined;
  /**
   * Awaited before each step, with the state as it then is (the loop's own: look, do not keep). Here a page pauses. `log` asks
   * for the losses of the step that comes, whatever `log_iter` says. @throws AbortedError when the signal aborted meanwhile
   */
  readonly between?: (state: TrainState) => Promise<{ readonly log: boolean }>;
  /** Score of the best checkpoint so far, of a run that goes on. */
  readonly bestScore?: number | undefined;
  /** The milliseconds of a steady clock. */
  readonly now?: () => number;
}

export interface TrainResult {
  /** The caller owns it. */
  readonly state: TrainState;
  readonly reason: 'finished' | 'interrupted';
}

/**
 * Trains until `config.max_iter` updates are made or the signal aborts; either way the last state is saved.
 *
 * @throws NonFiniteError when a loss is not finite for the second time (the first time the last good state is restored)
 * @throws DataError when the data fail
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { config, model, data, onEvent, signal, now = () => performance.now() } = options;
  const started = now();
  const step = createStepper(config, options.objective);
  const recent = new RecentImages(32);
  let state = options.state;
  let restored = false;
  let saved = -1;
  let waited = 0;
  let interval = { since: now(), steps: 0, waited: 0 };
  const watch = new BestWatch(options.bestScore);

  const save = async (): Promise<void> => {
    if (saved === state.step) return;
    const judged = watch.take();
    const bytes = await encodeCheckpoint(state, config, data.state());
    await options.save({ step: state.step, bytes, ...judged });
    saved = state.step;
  };
  const show = async (): Promise<void> => {
    const gen = state.ema ?? state.gen;
    onEvent({ kind: 'sample', step: state.step, images: await sampleGrids(model, gen, options.display, config.seed) });
    const styles = await styleStatistics(model, state.gen, recent.batches());
    if (styles !== undefined) onEvent({ kind: 'styles', step: state.step, ...styles });
    if (options.evaluate === undefined) return;
    const { metrics, score } = await options.evaluate(gen, state.step);
    watch.score(score);
    onEvent({ kind: 'evaluation', step: state.step, metrics });
  };

  try {
    // Whatever happens, there is something to go back to.
    if (state.step === 0) await save();
    while (state.step < config.max_iter && signal?.aborted !== true) {
      // Let others have their turn, which is no part of a step's time
      const paused = now();
      const wanted = (await options.between?.(state))?.log === true;
      interval = { ...interval, since: interval.since + (now() - paused) };

      // Fetch
      const before = now();
      const batches: UnpairedBatch[] = [];
      while (batches.length < config.accumulate) batches.push(await data.next(signal));
      for (const batch of batches) recent.add(batch);
      waited += now() - before;

      // Step
      const result = step(state, batches);
      state = result.state;
      interval.steps++;

      // Log, and look for NaN
      const last = state.step === config.max_iter;
      if (wanted || last || state.step % config.log_iter === 0 || state.step === 1) {
        const terms = await readTerms(result.terms);
        const broken = findNonFinite(terms);
        if (broken !== undefined) {
          const good = restored ? undefined : await options.restore();
          onEvent({ kind: 'nonFinite', step: state.step, ...broken, action: good === undefined ? 'stopped' : 'restored', ...(good === undefined ? {} : { restoredStep: good.step }) });
          if (good === undefined) throw nonFiniteError(broken.term, broken.value, state.step);
          disposeState(state);
          state = good;
          restored = true;
          continue;
        }
        watch.terms(terms);
        const elapsed = now() - interval.since;
        const stepMs = elapsed / interval.steps;
        const deviceBytes = options.deviceBytes?.();
        onEvent({
          kind: 'step',
          step: state.step,
          totalSteps: config.max_iter,
          terms,
          learningRate: learningRates(state.step - 1, config).gen,
          learningRateDiscriminator: learningRates(state.step - 1, config).dis,
          stepMs,
          dataWaitMs: (waited - interval.waited) / interval.steps,
          etaSeconds: (stepMs * (config.max_iter - state.step)) / 1000,
          residentBytes: options.residentBytes?.() ?? 0,
          tensorBytes: memory().numBytes,
          ...(deviceBytes === undefined ? {} : { deviceBytes }),
        });
        interval = { since: now(), steps: 0, waited };
      } else disposeTerms(result.terms);

      // Show and keep
      const sampled = last || state.step % config.image_save_iter === 0 || state.step % config.image_display_iter === 0;
      const kept = last || state.step % config.snapshot_save_iter === 0;
      if (sampled || kept) {
        const pause = now();
        if (sampled) await show();
        if (kept) await save();
        // Pictures and checkpoints are not part of a step's time.
        interval = { ...interval, since: interval.since + (now() - pause) };
      }
    }
  } catch (error) {
    if (!(error instanceof AbortedError) || signal?.aborted !== true) {
      disposeState(state);
      onEvent({ kind: 'done', step: state.step, seconds: (now() - started) / 1000, reason: 'failed', message: (error as Error).message });
      throw error;
    }
  }
  await save();
  const reason = state.step >= config.max_iter ? 'finished' : 'interrupted';
  onEvent({ kind: 'done', step: state.step, seconds: (now() - started) / 1000, reason });
  return { state, reason };
}

/** The numbers of all terms; frees them. */
async function readTerms(terms: Terms): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const [name, term] of Object.entries<Scalar>(terms)) numbers[name] = (await term.data())[0] as number;
  disposeTerms(terms);
  return numbers;
}

const disposeTerms = (terms: Terms): void => disposeAll([...new Set(Object.values(terms))]);

/** Decides which checkpoint is the best: by the evaluation's score, or, without one, by the reconstruction losses since the last checkpoint. */
class BestWatch {
  #best: number;
  #score: number | undefined;
  #sum = 0;
  #count = 0;

  constructor(best = -Infinity) {
    this.#best = best;
  }

  score(score: number): void {
    this.#score = score;
  }

  terms(terms: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(terms)) if (/^loss_gen_(cyc)?recon_/.test(name)) this.#sum += value;
    this.#count++;
  }

  /** Whether the state that is being saved is the best so far. */
  take(): { readonly best: boolean; readonly score: number } {
    const score = this.#score ?? (this.#count === 0 ? -Infinity : -this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
    const best = score > this.#best;
    if (best) this.#best = score;
    return { best, score };
  }
}
