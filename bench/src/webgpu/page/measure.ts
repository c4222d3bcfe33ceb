/** Two who do the same, timed in turns. */
import { median } from '../../compare/statistics.js';
import type { Counter, Counts } from './counting.js';
import type { Subject } from './subject.js';

export interface PairFigures {
  /** Medians, ms. */
  readonly times: readonly [number, number];
  /** The median of the ratios of neighbouring runs: what else the machine does falls on both. */
  readonly ratio: number;
  readonly counts: readonly [Counts, Counts];
  /** The largest difference of what they computed, as a share of the largest value. */
  readonly difference: number;
}

/** Two who do the same, in turns. */
export async function measurePair(pair: readonly [Subject, Subject], runs: number, counter: Counter): Promise<PairFigures> {
  const times: [number[], number[]] = [[], []];
  const results: Float32Array[] = [];
  const counts: Counts[] = [];
  // Programs are built by the first run, which no clock sees.
  for (const subject of pair) results.push(await subject.run());
  for (let run = 0; run < runs; run++) {
    for (const [i, subject] of pair.entries()) {
      counter.reset();
      const start = performance.now();
      await (subject.again?.() ?? subject.run());
      times[i as 0 | 1].push(performance.now() - start);
      counts[i] = counter.counts();
    }
  }
  const [ours, theirs] = results as [Float32Array, Float32Array];
  const scale = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  const difference = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] ?? Number.NaN))), 0) / scale;
  const ratio = median(times[0].map((ms, run) => ms / (times[1][run] as number)));
  return { times: [median(times[0]), median(times[1])], ratio, counts: counts as [Counts, Counts], difference };
}
