/**
 * What a training run tells the world. The loop emits these; progress lines, logs and the report are functions of them,
 * so that a caller who wants something else only listens to the same stream.
 */
import type { Domain } from '@munit/core';
import type { PixelImage } from '@munit/data';

/** What became of one input. */
export interface ContactRow {
  /** What the input is called. */
  readonly name: string;
  readonly input: PixelImage;
  readonly reconstruction?: PixelImage;
  /** The input in several random styles. */
  readonly styles: readonly PixelImage[];
  /** A picture of the other domain and the input in its style. */
  readonly guided?: { readonly example: PixelImage; readonly output: PixelImage };
}

/** A picture made of rows and columns of pictures on fixed inputs: one domain's progress at one step. */
export interface SampleGrid {
  /** Short and stable over the run, fit for a file name: `a-to-b`. */
  readonly name: string;
  readonly image: PixelImage;
  /** One sentence for people: what is to be seen here. */
  readonly caption?: string;
  /** What each column shows, from left to right. */
  readonly columns?: readonly string[];
  /** What each row shows (the name of its input), from top to bottom. */
  readonly rows?: readonly string[];
  /** The pictures that it was made of, for who wants to lay them out anew. */
  readonly pictures?: readonly ContactRow[];
}

/** Mean and standard deviation of encoded styles, one value per style dimension; N(0, I) has 0 and 1. */
export interface StyleStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface StartEvent {
  readonly kind: 'start';
  readonly totalSteps: number;
  /** Steps done before this start: 0, or the resumed step. */
  readonly step: number;
  /** What computes, in words. */
  readonly device: string;
  /** The resolved configuration; anything that JSON can carry. */
  readonly config: unknown;
  readonly memoryEstimateBytes: number;
}

export interface ResumedEvent {
  readonly kind: 'resumed';
  /** The step of the checkpoint that was loaded; what logs hold past it never happened. */
  readonly step: number;
}

export interface StepEvent {
  readonly kind: 'step';
  readonly step: number;
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
  readonly etaSeconds: number;
  /** Memory of the process. */
  readonly residentBytes: number;
  /** Memory of living tensors. */
  readonly tensorBytes: number;
  /** Memory that the device holds, free for reuse included; absent where it does not say. */
  readonly deviceBytes?: number;
}

export interface SampleEvent {
  readonly kind: 'sample';
  readonly step: number;
  readonly images: readonly SampleGrid[];
}

export interface StylesEvent {
  readonly kind: 'styles';
  readonly step: number;
  readonly statistics: Partial<Readonly<Record<Domain, StyleStatistics>>>;
  /** Every code that was encoded, for histograms. */
  readonly values?: Partial<Readonly<Record<Domain, Float32Array>>>;
}

export interface EvaluationEvent {
  readonly kind: 'evaluation';
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface CheckpointEvent {
  readonly kind: 'checkpoint';
  readonly step: number;
  readonly path: string;
  readonly best: boolean;
}

export interface WarningEvent {
  readonly kind: 'warning';
  readonly message: string;
  readonly step?: number;
}

/** A loss or gradient is NaN or infinite. */
export interface NonFiniteEvent {
  readonly kind: 'nonFinite';
  readonly step: number;
  /** Which term, or which network's gradient. */
  readonly term: string;
  readonly value: number;
  /** `restored`: the last good state is back and training goes on; `stopped`: it happened again. */
  readonly action: 'restored' | 'stopped';
  readonly restoredStep?: number;
}

export interface DoneEvent {
  readonly kind: 'done';
  readonly step: number;
  /** Wall-clock time of this start, without earlier ones of a resumed run. */
  readonly seconds: number;
  readonly reason: 'finished' | 'interrupted' | 'failed';
  /** Why, when it failed. */
  readonly message?: string;
}

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

export type TrainEventListener = (event: TrainEvent) => void;
