import type { PerDomain } from '@munit/core';
import type { Channels, Rgb } from '@munit/images';
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
}

/** What the thread knows; `stats` lacks the waiting of the trainer's thread. */
export interface Position {
  readonly state: BatchesState;
  readonly stats: BatchesStats;
}

/** What the reader's thread does. */
export interface ReaderCalls {
  open: { args: ReaderSetup; result: Position };
  /** The next batch; calls made ahead are answered in order. */
  next: { args: undefined; result: Position & { readonly batch: UnpairedBatch } };
  dispose: { args: undefined; result: undefined };
}

/** What the reader's thread says by itself. */
export interface ReaderEvents {
  notice: DataNotice;
}
