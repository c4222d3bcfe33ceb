/** The state of a run as its events tell it: what the report shows. */
import type { Domain } from '@munit/core';
import type { EvaluationEvent, StepEvent, StyleStatistics, TrainEvent } from '../../events.js';
import { shrinkToWidth } from '../../images/thumbnail.js';
import { type Pace, PaceHistory } from './pace.js';
import { type SampleMoment, type SampleThumbnail, sizeOfMoment, thinOut, thumbnail } from './samples.js';
import { SeriesHistory, type SeriesTable } from './series.js';

/** What a run is doing, or how it ended. */
export type RunStatus = 'starting' | 'running' | 'finished' | 'interrupted' | 'failed';

/** A warning or an error, and how often it was given. */
export interface ReportWarning {
  /** What is wrong. */
  readonly message: string;
  /** The step at which it was first given. */
  readonly step: number;
  /** How often it was given. */
  readonly count: number;
  /** `error` where the run ended because of it. */
  readonly severity: 'warning' | 'error';
}

/** Mean and deviation per style dimension (`statistics`) at one `step`, for each domain that has them. */
export interface StyleMoment {
  readonly step: number;
  readonly statistics: Partial<Readonly<Record<Domain, StyleStatistics>>>;
}

/** Everything that the report shows of the run's course, as plain data. */
export interface ReportData {
  /** What the run is doing, or how it ended. */
  readonly status: RunStatus;
  /** Milliseconds since 1970 of the last event. */
  readonly updatedAt: number;
  /** Steps done. */
  readonly step: number;
  /** Steps that the configuration asks for. */
  readonly totalSteps: number;
  /** Time spent in all starts of the run. */
  readonly trainingSeconds: number;
  /** What computes, in words. */
  readonly device: string;
  /** The resolved configuration. */
  readonly config: unknown;
  /** Estimated peak memory, bytes; NaN before the start. */
  readonly memoryEstimateBytes: number;
  /** The newest logged step. */
  readonly lastStep: StepEvent | undefined;
  /** How fast the newest steps of this start are. */
  readonly pace: Pace | undefined;
  /** Unweighted loss terms by their published names. */
  readonly losses: SeriesTable;
  /** Learning rates: `generators`, and `discriminators` where they differ. */
  readonly rates: SeriesTable;
  /** Sample grids, rising by step. */
  readonly samples: readonly SampleMoment[];
  /** The newest statistics of style codes. */
  readonly styles: StyleMoment | undefined;
  /** Divergence of the styles from N(0, I) by domain, nats. */
  readonly styleDivergence: SeriesTable;
  /** All evaluations, rising by step. */
  readonly evaluations: readonly EvaluationEvent[];
  /** Each distinct warning once. */
  readonly warnings: readonly ReportWarning[];
  /** The newest checkpoint. */
  readonly checkpoint: { readonly step: number; readonly path: string } | undefined;
  /** The best checkpoint. */
  readonly bestCheckpoint: { readonly step: number; readonly path: string } | undefined;
  /** Steps from which the run was resumed. */
  readonly resumedAt: readonly number[];
}

/** Limits on what a `RunHistory` keeps. */
export interface RunHistoryOptions {
  /** Room for images in the report, bytes of text. */
  readonly maxImageBytes?: number;
  /** Images wider than this are made smaller in the report. */
  readonly maxImageWidth?: number;
}

/**
 * KL(N(μ, diag σ²) ‖ N(0, I)) = ½ Σ (σ² + μ² − 1 − ln σ²), nats: 0 exactly when encoded styles are distributed like the random
 * ones. Variances are taken as at least 1e-6.
 */
export function styleDivergence({ mean, std }: StyleStatistics): number {
  return mean.reduce((total, m, i) => {
    const variance = Math.max((std[i] ?? 0) ** 2, 1e-6);
    return total + 0.5 * (variance + m * m - 1 - Math.log(variance));
  }, 0);
}

const maxWarnings = 200;

export const defaultImageBytes = 8e6;
export const defaultImageWidth = 1400;

/** Follows a run through its events. */
export class RunHistory {
  readonly #maxImageBytes: number;
  readonly #maxImageWidth: number;
  #status: RunStatus = 'starting';
  #updatedAt = 0;
  #startedAt = 0;
  #earlierSeconds = 0;
  #step = 0;
  #start: { totalSteps: number; device: string; config: unknown; memoryEstimateBytes: number } | undefined;
  #lastStep: StepEvent | undefined;
  readonly #pace = new PaceHistory();
  readonly #losses = new SeriesHistory();
  readonly #rates = new SeriesHistory(200);
  readonly #divergence = new SeriesHistory(200);
  #samples: SampleMoment[] = [];
  #styles: StyleMoment | undefined;
  #evaluations: EvaluationEvent[] = [];
  readonly #warnings = new Map<string, ReportWarning>();
  #checkpoint: ReportData['checkpoint'];
  #best: ReportData['bestCheckpoint'];
  #resumedAt: number[] = [];

  constructor({ maxImageBytes = defaultImageBytes, maxImageWidth = defaultImageWidth }: RunHistoryOptions = {}) {
    this.#maxImageBytes = maxImageBytes;
    this.#maxImageWidth = maxImageWidth;
  }

  /** Takes one event that happened at `time` (milliseconds since 1970). */
  apply(event: TrainEvent, time: number): void {
    if (event.kind === 'start') {
      // What an earlier start of this run took, also when it was killed without a word.
      if (this.#startedAt > 0) this.#earlierSeconds += (this.#updatedAt - this.#startedAt) / 1000;
      this.#startedAt = time;
    }
    this.#updatedAt = time;
    switch (event.kind) {
      case 'start':
        this.#status = 'running';
        this.#start = event;
        this.#rewind(event.step);
        this.#pace.start(event.step);
        return;
      case 'resumed':
        this.#rewind(event.step);
        this.#resumedAt.push(event.step);
        return;
      case 'step':
        this.#lastStep = event;
        this.#pace.push(event);
        this.#step = event.step;
        this.#losses.push(event.step, event.terms);
        this.#rates.push(event.step, {
          generators: event.learningRate,
          ...(event.learningRateDiscriminator === undefined ? {} : { discriminators: event.learningRateDiscriminator }),
        });
        return;
      case 'sample':
        this.addSamples(
          event.step,
          event.images.map(({ image, ...labels }) => thumbnail(labels, shrinkToWidth(image, this.#maxImageWidth), '')),
        );
        return;
      case 'styles': {
        this.#styles = { step: event.step, statistics: event.statistics };
        const divergences = Object.entries(event.statistics).map(([domain, statistics]) => [domain, styleDivergence(statistics)] as const);
        this.#divergence.push(event.step, Object.fromEntries(divergences));
        return;
      }
      case 'evaluation':
        this.#evaluations.push(event);
        return;
      case 'checkpoint':
        this.#checkpoint = { step: event.step, path: event.path ?? '' };
        if (event.best) this.#best = this.#checkpoint;
        return;
      case 'warning':
        this.#warn(event.message, event.step ?? this.#step, 'warning');
        return;
      case 'nonFinite':
        this.#applyNonFinite(event);
        return;
      case 'done':
        this.#status = event.reason;
        this.#step = event.step;
        if (event.reason === 'failed') this.#warn(event.message ?? 'The run failed.', event.step, 'error');
        return;
    }
  }

  /** Images that are made already: with files, or of a run that is resumed. */
  addSamples(step: number, grids: readonly SampleThumbnail[]): void {
    this.#samples = thinOut([...this.#samples.filter((moment) => moment.step !== step), { step, grids }], sizeOfMoment, this.#maxImageBytes);
  }

  /** What is known so far; plain data that later events do not change. */
  data(): ReportData {
    return {
      status: this.#status,
      updatedAt: this.#updatedAt,
      step: this.#step,
      totalSteps: this.#start?.totalSteps ?? 0,
      trainingSeconds: this.#earlierSeconds + (this.#startedAt === 0 ? 0 : (this.#updatedAt - this.#startedAt) / 1000),
      device: this.#start?.device ?? '',
      config: this.#start?.config ?? {},
      memoryEstimateBytes: this.#start?.memoryEstimateBytes ?? Number.NaN,
      lastStep: this.#lastStep,
      pace: this.#pace.pace(),
      losses: this.#losses.table(),
      rates: this.#rates.table(),
      samples: this.#samples,
      styles: this.#styles,
      styleDivergence: this.#divergence.table(),
      evaluations: this.#evaluations,
      warnings: [...this.#warnings.values()],
      checkpoint: this.#checkpoint,
      bestCheckpoint: this.#best,
      resumedAt: this.#resumedAt,
    };
  }

  #applyNonFinite(event: Extract<TrainEvent, { kind: 'nonFinite' }>): void {
    const what = `${event.term} became ${event.value}`;
    if (event.action === 'restored') {
      const back = event.restoredStep ?? 0;
      this.#warn(`${what}; training went back to the state of step ${back}.`, event.step, 'warning');
      this.#rewind(back);
    } else this.#warn(`${what}; training stopped.`, event.step, 'error');
  }

  /** What came after `step` never happened. */
  #rewind(step: number): void {
    const held = <T extends { readonly step: number }>(items: readonly T[]): T[] => items.filter((item) => item.step <= step);
    this.#losses.rewind(step);
    this.#rates.rewind(step);
    this.#divergence.rewind(step);
    this.#pace.rewind(step);
    this.#samples = held(this.#samples);
    this.#evaluations = held(this.#evaluations);
    if ((this.#styles?.step ?? 0) > step) this.#styles = undefined;
    this.#step = step;
  }

  #warn(message: string, step: number, severity: ReportWarning['severity']): void {
    const earlier = this.#warnings.get(message);
    if (earlier === undefined && this.#warnings.size >= maxWarnings) return;
    this.#warnings.set(message, { message, severity, step: earlier?.step ?? step, count: (earlier?.count ?? 0) + 1 });
  }
}
