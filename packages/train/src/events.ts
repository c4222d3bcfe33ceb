/**
 * What happens in a training run. The loop emits these; progress lines, logs and the report are functions of them, and a caller who
 * wants something else listens to the same stream.
 */
import type { Domain } from '@munit/core';
import type { PixelImage } from '@munit/images';

/** What became of one input. */
export interface ContactRow {
  /** What the input is called. */
  readonly name: string;
  /** The input image itself. */
  readonly input: PixelImage;
  /** The input rebuilt from its own content and style codes. */
  readonly reconstruction?: PixelImage;
  /** The input in several random styles. */
  readonly styles: readonly PixelImage[];
  /** An image of the other domain and the input in its style. */
  readonly guided?: { readonly example: PixelImage; readonly output: PixelImage };
}

/** An image made of rows and columns of images on fixed inputs: one domain's progress at one step. */
export interface SampleGrid {
  /** Short and stable over the run, fit for a file name: `a-to-b`. */
  readonly name: string;
  /** The whole grid with its labels. */
  readonly image: PixelImage;
  /** One sentence for people: what is to be seen here. */
  readonly caption?: string;
  /** What each column shows, from left to right. */
  readonly columns?: readonly string[];
  /** What each row shows (the name of its input), from top to bottom. */
  readonly rows?: readonly string[];
  /** The images that it was made of, for custom layouts. */
  readonly cells?: readonly ContactRow[];
}

/** Mean and standard deviation of encoded styles, one value per style dimension; N(0, I) has 0 and 1. */
export interface StyleStatistics {
  /** Mean of each style dimension. */
  readonly mean: readonly number[];
  /** Standard deviation of each style dimension. */
  readonly std: readonly number[];
}

/** Training starts, for the first time or resumed. The first event of a run, except for warnings. */
export interface StartEvent {
  readonly kind: 'start';
  /** Steps that the configuration asks for (`max_iter`), those already done included. */
  readonly totalSteps: number;
  /** Steps done before this start: 0, or the resumed step. */
  readonly step: number;
  /** What computes, in words. */
  readonly device: string;
  /** The resolved configuration; anything that JSON can carry. */
  readonly config: unknown;
  /** Estimated peak memory of training, bytes. */
  readonly memoryEstimateBytes: number;
}

/** Training continues from a checkpoint; follows `start`. */
export interface ResumedEvent {
  readonly kind: 'resumed';
  /** The step of the checkpoint that was loaded; what logs hold past it never happened. */
  readonly step: number;
}

/** A logged training step: its losses, its rate and its cost. */
export interface StepEvent {
  readonly kind: 'step';
  /** Steps done, this one included. */
  readonly step: number;
  /** Steps that the configuration asks for. */
  readonly totalSteps: number;
  /** Unweighted loss terms by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** Of the generators. */
  readonly learningRate: number;
  /** Of the discriminators, where it differs. */
  readonly learningRateDiscriminator?: number;
  /** Mean time of one step since the last such event. */
  readonly stepMs: number;
  /** The part of `stepMs` spent waiting for images. */
  readonly dataWaitMs: number;
  /** Estimated time to the last step, seconds. */
  readonly etaSeconds: number;
  /** Memory of the process. */
  readonly residentBytes: number;
  /** Memory of living tensors. */
  readonly tensorBytes: number;
  /** Memory that the device holds, free for reuse included; absent where it does not say. */
  readonly deviceBytes?: number;
}

/** Translations of the fixed display images. */
export interface SampleEvent {
  readonly kind: 'sample';
  /** The step of the weights that made them. */
  readonly step: number;
  /** One grid for each direction. */
  readonly images: readonly SampleGrid[];
}

/** Where the style codes of the display images lie. */
export interface StylesEvent {
  readonly kind: 'styles';
  /** The step of the weights that encoded them. */
  readonly step: number;
  /** Statistics of each domain that has a style code. */
  readonly statistics: Partial<Readonly<Record<Domain, StyleStatistics>>>;
  /** Every code that was encoded, for histograms. */
  readonly values?: Partial<Readonly<Record<Domain, Float32Array>>>;
}

/** Metrics of the model so far. */
export interface EvaluationEvent {
  readonly kind: 'evaluation';
  /** The step of the weights that were evaluated. */
  readonly step: number;
  /** Values by the name of the metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A checkpoint has been saved. */
export interface CheckpointEvent {
  readonly kind: 'checkpoint';
  /** Its step. */
  readonly step: number;
  /** The path of its file, of a run in a folder. */
  readonly path?: string | undefined;
  /** Whether it is the best one so far. */
  readonly best: boolean;
  /** Its size. */
  readonly bytes?: number | undefined;
}

/** Something that does not stop training but that its user should know. */
export interface WarningEvent {
  readonly kind: 'warning';
  /** What is wrong and what becomes of it, in one or two sentences. */
  readonly message: string;
  /** The step at which it was noticed, where it belongs to one. */
  readonly step?: number;
}

/** A loss, or a value of the training state, is NaN or infinite. */
export interface NonFiniteEvent {
  readonly kind: 'nonFinite';
  /** The step whose result is not finite. */
  readonly step: number;
  /** A loss term by its published name, or the place of a tensor in the training state: `gen.a.decoder.last.conv.weight`. */
  readonly term: string;
  /** NaN or an infinity. */
  readonly value: number;
  /** `restored`: the last good state is back and training continues; `stopped`: it happened again. */
  readonly action: 'restored' | 'stopped';
  /** The step of the state that was restored, where one was. */
  readonly restoredStep?: number;
}

/** Training has ended. The last event. */
export interface DoneEvent {
  readonly kind: 'done';
  /** Steps done. */
  readonly step: number;
  /** Wall-clock time of this start, without earlier ones of a resumed run. */
  readonly seconds: number;
  /** `finished`: all steps are done; `interrupted`: it was asked to stop, and has saved; `failed`: `message` says why. */
  readonly reason: 'finished' | 'interrupted' | 'failed';
  /** Why, when it failed. */
  readonly message?: string;
}

/** Any event of a training run; `kind` discriminates. */
export type TrainEvent =
  | StartEvent
  | ResumedEvent
  | StepEvent
  | SampleEvent
  | StylesEvent
  | EvaluationEvent
  | CheckpointEvent
  | WarningEvent
  | NonFiniteEvent
  | DoneEvent;

/** Takes the events of a training run, in order, synchronously. An error that it throws ends the run. */
export type TrainEventListener = (event: TrainEvent) => void;
