/** Shares of votes, and how far they can be trusted. */
import { bootstrapInterval, type Interval } from '@munit/metrics';
import { Rng } from '@munit/core';

/** One counted vote between two methods. */
export interface Vote {
  /** `id` of the question. */
  readonly question: string;
  /** Name of the input. */
  readonly input: string;
  /** Who voted. */
  readonly worker: string;
  /** The method that was preferred. */
  readonly winner: string;
  /** The other one. */
  readonly loser: string;
}

/** A share of votes. */
export interface VoteShare {
  /** 0 to 1. */
  readonly value: number;
  /** How many votes it is a share of. */
  readonly votes: number;
  /** 95 % interval. */
  readonly interval: Interval;
}

/** The 97.5th percentile of the normal distribution. */
const z = 1.959963984540054;
const level = 0.95;

/**
 * Wilson's score interval of a proportion, 95 %: it holds for independent votes, and has a width even where all votes agree.
 * (Wilson 1927, Journal of the American Statistical Association 22.)
 */
export function wilsonInterval(successes: number, total: number): Interval {
  const share = successes / total;
  const centre = (share + (z * z) / (2 * total)) / (1 + (z * z) / total);
  const half = (z / (1 + (z * z) / total)) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half), level };
}

/** Votes with numbers for their inputs and workers. */
interface Indexed {
  readonly inputs: number;
  readonly workers: number;
  readonly at: readonly (readonly [input: number, worker: number])[];
}

function indexed(votes: readonly Vote[]): Indexed {
  const [inputs, workers] = [new Map<string, number>(), new Map<string, number>()];
  const numberOf = (map: Map<string, number>, name: string): number => map.get(name) ?? map.set(name, map.size).size - 1;
  const at = votes.map(({ input, worker }) => [numberOf(inputs, input), numberOf(workers, worker)] as const);
  return { inputs: inputs.size, workers: workers.size, at };
}

/**
 * The bootstrap interval of a figure of votes, 95 %: inputs and workers are both drawn with replacement, and a vote counts as often as its
 * input times its worker (Owen 2007, The pigeonhole bootstrap, Annals of Applied Statistics 1). So neither one worker's taste nor one
 * telling input passes for evidence about all.
 * @param figure of the votes with these weights; draws for which it is not finite are left out
 * @returns undefined for votes about a single input
 */
export function clusteredInterval(votes: readonly Vote[], figure: (weights: readonly number[]) => number, { seed = 0, resamples = 1000 } = {}): Interval | undefined {
  const { inputs, workers, at } = indexed(votes);
  if (inputs < 2) return undefined;
  const rng = new Rng(seed).split();
  return bootstrapInterval(
    inputs,
    (times) => {
      const drawn = new Uint32Array(workers);
      if (workers === 1) drawn[0] = 1;
      else for (let i = 0; i < workers; i++) drawn[rng.integer(workers)]!++;
      return figure(at.map(([input, worker]) => times[input]! * drawn[worker]!));
    },
    { level, seed, resamples },
  );
}

/** A share with the wider of both intervals at each end. `isSuccess` says which votes are counted. @returns undefined without votes */
export function voteShare(votes: readonly Vote[], isSuccess: (vote: Vote) => boolean, seed = 0): VoteShare | undefined {
  if (votes.length === 0) return undefined;
  const wins = votes.map((vote) => (isSuccess(vote) ? 1 : 0));
  const successes = wins.reduce<number>((sum, win) => sum + win, 0);
  const wilson = wilsonInterval(successes, votes.length);
  const weighted = (weights: readonly number[]): number => {
    let [won, all] = [0, 0];
    for (const [i, weight] of weights.entries()) {
      won += weight * wins[i]!;
      all += weight;
    }
    return won / all;
  };
  const clustered = clusteredInterval(votes, weighted, { seed });
  const interval = clustered === undefined ? wilson : { low: Math.min(wilson.low, clustered.low), high: Math.max(wilson.high, clustered.high), level };
  return { value: successes / votes.length, votes: votes.length, interval };
}
