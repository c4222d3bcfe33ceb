/** @throws RangeError for no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Two contestants' times, run by run: `ours[i]` was measured just before `theirs[i]`. */
export interface Pairs {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

export interface Comparison {
  /** Medians, in milliseconds. */
  readonly ours: number;
  readonly theirs: number;
  /** Our median as a share of theirs: below 1, we are faster. */
  readonly ratio: number;
  /** The smallest and the largest ratio of a pair. The ratio of the medians always lies between them. */
  readonly spread: readonly [number, number];
}

/** @throws RangeError unless there are as many of one as of the other, and at least one */
export function comparePairs({ ours, theirs }: Pairs): Comparison {
  if (ours.length !== theirs.length) throw new RangeError(`${ours.length} runs of ours cannot be paired with ${theirs.length} of theirs.`);
  const ratios = ours.map((ms, i) => ms / (theirs[i] as number));
  const medians = { ours: median(ours), theirs: median(theirs) };
  return { ...medians, ratio: medians.ours / medians.theirs, spread: [Math.min(...ratios), Math.max(...ratios)] };
}
