/** What the page and the worker that trains say to each other: numbered calls one way, answers and events the other. */
import type { DeviceName, DeviceReport, MunitErrorCode, TrainingEvent, TrainingOutcome } from '@munit/train/browser';
import type { Settings } from '../settings.js';

export interface Names {
  readonly a: string;
  readonly b: string;
}

/** Pictures of both kinds. */
export interface Sets {
  readonly a: readonly File[];
  readonly b: readonly File[];
}

/** What is trained on. */
export type Source =
  | { readonly kind: 'synthetic'; readonly count: number }
  | (Sets & { readonly kind: 'files'; readonly names: Names });

/** The same without the files themselves. */
export type SourceNote =
  | { readonly kind: 'synthetic'; readonly count: number }
  | { readonly kind: 'files'; readonly a: number; readonly b: number; readonly names: Names };

/** A run that this browser keeps. */
export interface StoredRun {
  readonly step: number;
  readonly source: SourceNote;
  readonly settings: Settings;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly bytes: number;
}

export type DeviceRequest = Extract<DeviceName, 'webgpu' | 'simd'> | 'auto';

export interface OpenRequest {
  readonly source: Source;
  readonly settings: Settings;
  readonly device: DeviceRequest;
  /** Go on with the run that this browser keeps, or with the one that is open. Then only the number of steps may be another. */
  readonly resume?: 'stored' | 'current';
}

export interface Opened {
  readonly device: DeviceReport;
  readonly step: number;
  readonly totalSteps: number;
  readonly memoryEstimateBytes: number;
}

export interface ExportedModel {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly step: number;
}

/** Calls by name: what they take and what they answer. */
export interface Calls {
  stored: { args: undefined; result: StoredRun | undefined };
  discard: { args: undefined; result: undefined };
  estimate: { args: { readonly settings: Settings; readonly files: boolean }; result: number };
  open: { args: OpenRequest; result: Opened };
  run: { args: undefined; result: TrainingOutcome };
  pause: { args: undefined; result: undefined };
  step: { args: undefined; result: undefined };
  stop: { args: undefined; result: TrainingOutcome };
  export: { args: undefined; result: ExportedModel };
  recover: { args: DeviceRequest; result: Opened };
}

export type CallName = keyof Calls;
export type Call = { readonly [Name in CallName]: { readonly id: number; readonly name: Name; readonly args: Calls[Name]['args'] } }[CallName];

export interface SentError {
  readonly name: string;
  readonly message: string;
  /** Of the errors of munit: names of classes do not survive minification. */
  readonly code?: MunitErrorCode;
}

export type FromWorker =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'event'; readonly event: TrainingEvent };
