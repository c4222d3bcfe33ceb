/**
 * The norms of a network whose statistics are averaged over the images that it is given one after the other: the frames of a film.
 *
 * A norm's mean and variance are those of all of an image, so that what moves in one corner changes the colours of every other: a translator
 * that takes each frame by itself flickers. With averages over some frames it does so less, and what stays still in the film stays still.
 */
import { type ChannelStatistics, keep, normalizeMoving, type MovingNormalizeOptions, type Tensor4D } from '@munit/core';

/** The averages of a network's norms, by their paths. Whoever made the map owns its tensors. */
export interface MovingStatistics {
  /** The share of the next image in the averages, above 0 and at most 1: `normalizeMoving`. */
  share: number;
  /** Mean and variance by the path of each norm; empty before the first image. */
  readonly averages: Map<string, ChannelStatistics>;
}

/** A norm of the next image by its averages, which take that image's statistics in. */
export function normalizeByAverages(moving: MovingStatistics, path: string, x: Tensor4D, options: Omit<MovingNormalizeOptions, 'before' | 'share'>): Tensor4D {
  const before = moving.averages.get(path);
  const { y, statistics } = normalizeMoving(x, { ...options, before, share: moving.share });
  moving.averages.set(path, { mean: keep(statistics.mean), variance: keep(statistics.variance) });
  before?.mean.dispose();
  before?.variance.dispose();
  return y;
}

/** Frees the averages. */
export function disposeMoving({ averages }: MovingStatistics): void {
  for (const { mean, variance } of averages.values()) {
    mean.dispose();
    variance.dispose();
  }
  averages.clear();
}
