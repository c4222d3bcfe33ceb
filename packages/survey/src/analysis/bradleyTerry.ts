/** One scale for all methods from their comparisons in pairs. */
import type { Interval } from '@munit/metrics';
import { clusteredInterval, type Vote } from './intervals.js';

/** A method's place on the scale. */
export interface Strength {
  /** The method. */
  readonly method: string;
  /** The natural logarithm of its strength; the mean over all methods is 0. A lead of ln 3 = 1.10 wins 3 of 4 comparisons. */
  readonly value: number;
  /** 95 % by the bootstrap over inputs and workers. */
  readonly interval: Interval | undefined;
}

/** Whether every method has beaten every other one, directly or through others: without that, the likelihood has no maximum. */
function isConnected(wins: readonly Float64Array[]): boolean {
  const reaches = (next: (from: number, to: number) => boolean): boolean => {
    const seen = new Set([0]);
    for (const from of seen) for (let to = 0; to < wins.length; to++) if (next(from, to)) seen.add(to);
    return seen.size === wins.length;
  };
  return reaches((from, to) => wins[from]![to]! > 0) && reaches((from, to) => wins[to]![from]! > 0);
}

/**
 * The logarithms of the strengths p that maximise Π (p_i / (p_i + p_j))^wins[i][j], mean 0
 * (Bradley & Terry 1952; the iteration p_i ← W_i / Σ_j n_ij / (p_i + p_j) is Hunter's MM algorithm, 2004).
 * @param wins `wins[i][j]`: how often i was preferred to j
 * @returns undefined where the maximum does not exist: a method, or a group of them, has won or lost all comparisons with the others
 */
export function bradleyTerry(wins: readonly Float64Array[]): Float64Array | undefined {
  if (!isConnected(wins)) return undefined;
  const count = wins.length;
  let strengths = new Float64Array(count).fill(1);
  for (let iteration = 0; iteration < 10_000; iteration++) {
    const next = strengths.map((own, i) => {
      let [won, sum] = [0, 0];
      for (let j = 0; j < count; j++) {
        if (j === i) continue;
        won += wins[i]![j]!;
        sum += (wins[i]![j]! + wins[j]![i]!) / (own + strengths[j]!);
      }
      return won / sum;
    });
    const mean = next.reduce((sum, p) => sum + Math.log(p), 0) / count;
    const scaled = next.map((p) => p / Math.exp(mean));
    const change = scaled.reduce((most, p, i) => Math.max(most, Math.abs(Math.log(p / strengths[i]!))), 0);
    strengths = scaled;
    if (change < 1e-10) break;
  }
  return strengths.map(Math.log);
}

/** `wins[i][j]` of weighted votes. */
function winsOf(votes: readonly Vote[], methods: readonly string[], weights?: readonly number[]): Float64Array[] {
  const numberOf = new Map(methods.map((method, i) => [method, i]));
  const wins = methods.map(() => new Float64Array(methods.length));
  for (const [i, { winner, loser }] of votes.entries()) wins[numberOf.get(winner)!]![numberOf.get(loser)!]! += weights === undefined ? 1 : weights[i]!;
  return wins;
}

/**
 * The strengths of the methods, strongest first.
 * @returns undefined where they do not exist, as in `bradleyTerry`
 */
export function strengthsOf(votes: readonly Vote[], methods: readonly string[]): Strength[] | undefined {
  const values = bradleyTerry(winsOf(votes, methods));
  if (values === undefined) return undefined;
  return methods
    .map((method, i): Strength => {
      // The same draws for each method, so that the intervals belong together.
      const interval = clusteredInterval(votes, (weights) => bradleyTerry(winsOf(votes, methods, weights))?.[i] ?? NaN, { resamples: 500 });
      return { method, value: values[i]!, interval };
    })
    .sort((a, b) => b.value - a.value);
}
