import type { MunitErrorCode, PerDomain } from '@munit/core';
import type { Channels, Rgb } from '../../image/types.js';
import type { BatchesState, BatchesStats, DataNotice, UnpairedBatch } from '../../sampling/types.js';
import type { UnpairedBatchesOptions } from '../../sampling/unpairedBatches.js';
import type { DomainFiles } from '../listing/types.js';

/** Everything that the reader's thread needs; no functions. */
export interface ReaderSetup {
  readonly domains: PerDomain<DomainFiles>;
  readonly channels: PerDomain<Channels>;
  readonly resize: PerDomain<number | null>;
  readonly background: Rgb | undefined;
  readonly maxPixels: number | undefined;
  readonly processes: number | undefined;
  readonly sampling: Omit<UnpairedBatchesOptions, 'sources' | 'onNotice'>;
  /** Batches that the thread may send before the first is taken. */
  readonly credits: number;
}

/** `more`: a batch was taken, send one more. */
export type ToReader = { readonly kind: 'more' } | { readonly kind: 'dispose' };

export interface SentError {
  readonly code: MunitErrorCode | undefined;
  readonly message: string;
}

export type FromReader =
  | { readonly kind: 'ready'; readonly state: BatchesState; readonly stats: BatchesStats }
  | { readonly kind: 'batch'; readonly batch: UnpairedBatch; readonly stats: BatchesStats }
  | { readonly kind: 'notice'; readonly notice: DataNotice }
  | { readonly kind: 'failed'; readonly error: SentError };
