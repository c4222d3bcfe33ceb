import type { Domain, PerDomain } from '@munit/core';
import type { ImageBatch } from '@munit/images';

/** Where one domain stands. */
export interface DomainState {
  /** Number of pictures and fingerprint of their names: a position is meaningful in this set only. */
  readonly images: number;
  /** Hash of the image names in order, 8 hexadecimal digits. */
  readonly fingerprint: string;
  /** Whole passes over the domain so far. */
  readonly epoch: number;
  /** Next place in this epoch's order. */
  readonly position: number;
}

/**
 * Where the data stand after a batch: plain JSON. Order, crops and flips are functions of the seed, the domain, the epoch and
 * the position, so this is all the random state there is.
 */
export interface BatchesState {
  readonly version: 1;
  /** The seed of order, crops and flips. */
  readonly seed: number;
  /** Number of batches handed out. */
  readonly batches: number;
  /** Where each domain stands. */
  readonly domains: PerDomain<DomainState>;
}

/** One batch of each domain; its images are not pairs. */
export interface UnpairedBatch extends PerDomain<ImageBatch> {
  /** The state after this batch: restoring it gives the next one. */
  readonly state: BatchesState;
}

/** What the user should read while data are loaded. */
export type DataNotice =
  | { readonly kind: 'broken'; readonly domain: Domain; readonly name: string; readonly reason: string; readonly count: number }
  | { readonly kind: 'note'; readonly domain: Domain; readonly name: string; readonly note: string };

/** Whether the data keep up with their reader. */
export interface BatchesStats {
  /** Number of batches handed out since the reader was opened. */
  readonly batches: number;
  /** Time spent inside `next()`, milliseconds, without the first call (which starts everything up). */
  readonly waitMs: number;
  /** From the end of the first `next()` to the end of the last, milliseconds. */
  readonly elapsedMs: number;
  /** waitMs / elapsedMs; 0 before the second batch. */
  readonly waitShare: number;
  /** Time until the first batch was there, milliseconds. */
  readonly firstBatchMs: number;
  /** Number of images taken from the cache. */
  readonly cacheHits: number;
  /** Number of images that had to be loaded. */
  readonly cacheMisses: number;
  /** Size of the cached images. */
  readonly cacheBytes: number;
  /** Number of distinct broken images found so far. */
  readonly broken: PerDomain<number>;
}

/** What a trainer reads: batches in their order, and where it stands. */
export interface UnpairedReader {
  /**
   * The next batch. Time spent here is what the reader waits (`stats()`).
   * @throws AbortedError when `signal` aborts (no batch is lost) or after `dispose()`
   * @throws DataError past the limit of broken pictures, at the same batch every time
   */
  next(signal?: AbortSignal): Promise<UnpairedBatch>;
  /** Where the data stand after the last batch handed out. */
  state(): BatchesState;
  /** Whether the data keep up, since the reader was opened. */
  stats(): BatchesStats;
  /** Stops preparing batches and ends the sources. More than once is fine. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
