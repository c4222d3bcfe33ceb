/** A figure of a model's translations: what a training run, a report or a command measures at intervals. */
import { AbortedError, ArgumentError, type Tensor4D } from '@munit/core';
import type { Interval } from '../statistics/bootstrap.js';

/** What a metric looks at. Batches are read one after the other; whoever makes them frees them, once the next is asked for. */
export interface MetricImages {
  /** For each input its translations, a style each: [styles, H, W, C] in [−1, 1]. */
  readonly translations: Iterable<Tensor4D> | AsyncIterable<Tensor4D>;
  /** Real images of the target domain, [N, H, W, C] in [−1, 1], in batches of any size; needed for distances to them. */
  readonly real?: Iterable<Tensor4D> | AsyncIterable<Tensor4D> | undefined;
}

/** A figure, and how far it can be trusted. */
export interface Measurement {
  /** The figure. */
  readonly value: number;
  /** Over inputs, where the figure is a mean of theirs. */
  readonly interval?: Interval | undefined;
  /** How many translations it is from. */
  readonly count: number;
  /** What makes it unreliable, in words. */
  readonly warnings: readonly string[];
}

/** A metric by its name. */
export interface Metric {
  /** In tables and configurations: `lpips-diversity`, `fid-alexnet`. */
  readonly name: string;
  /** Empty for a pure number. */
  readonly unit: string;
  /** Which models win: what "the best checkpoint by this metric" means. */
  readonly better: 'lower' | 'higher';
  /** @throws ArgumentError when there is nothing to measure; AbortedError when the signal fires */
  measure(images: MetricImages, options?: { readonly signal?: AbortSignal | undefined }): Promise<Measurement>;
}

/** Visits each batch, unless the signal fires. */
export async function eachBatch(batches: Iterable<Tensor4D> | AsyncIterable<Tensor4D>, signal: AbortSignal | undefined, visit: (batch: Tensor4D) => Promise<void>): Promise<void> {
  for await (const batch of batches) {
    if (signal?.aborted === true) throw new AbortedError();
    await visit(batch);
  }
}

/** The real images. @throws ArgumentError when there are none */
export function realOf(name: string, { real }: MetricImages): Iterable<Tensor4D> | AsyncIterable<Tensor4D> {
  if (real === undefined) throw new ArgumentError(`${name} compares translations with real images, which are missing.`, { remedy: 'Give the real images of the target domain.' });
  return real;
}
