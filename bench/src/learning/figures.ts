/** What two engines have learned, side by side: figures of the benchmark, with intervals of each and of their difference. */
import { benchmarkExpectations, type ResampledFigure } from '@munit/data/synthetic';
import { bootstrapInterval } from '@munit/metrics';
import { table } from '../compare/row.js';

/** A run's figures by their names, as functions of resampled inputs. */
export type Judged = Readonly<Record<string, ResampledFigure>>;

/** What the engines have made of one seed, judged on the same inputs, styles and examples. */
export interface SeedResult {
  readonly seed: number;
  readonly ours: Judged;
  readonly theirs: Judged;
}

/** A value, and its 95 % interval over inputs; undefined of fewer than two inputs. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [low: number, high: number] | undefined;
}

/** One figure of both engines, the mean over seeds. */
export interface ComparedFigure {
  readonly name: string;
  readonly ours: Estimate;
  readonly theirs: Estimate;
  /** Ours less theirs, input by input. */
  readonly difference: Estimate;
  /** Of each seed, in their order. */
  readonly bySeed: { readonly ours: readonly number[]; readonly theirs: readonly number[] };
  /** What perfect sampling gives, and chance. */
  readonly perfect: number;
  readonly chance: number | undefined;
}

/**
 * All figures of the benchmark. Intervals resample inputs (of `styleConsistency`: style codes), each with its translations of all seeds and by both engines;
 * what another seed would give is not in them.
 * @throws RangeError when the engines were not judged on equally many inputs
 */
export function compareFigures(results: readonly SeedResult[], styles: number): ComparedFigure[] {
  return Object.entries(benchmarkExpectations(styles)).map(([name, { perfect, chance }]) => {
    const of = (judged: Judged): ResampledFigure => {
      const figure = judged[name];
      if (figure === undefined) throw new RangeError(`The figure ${name} was not measured of every run.`);
      return figure;
    };
    const pairs = results.map(({ ours, theirs }) => ({ ours: of(ours), theirs: of(theirs) }));
    const counts = new Set(pairs.flatMap(({ ours, theirs }) => [ours.count, theirs.count]));
    const [count = 0] = counts;
    if (counts.size !== 1) throw new RangeError(`${name} was measured on ${[...counts].join(' and on ')} inputs: what was not judged alike cannot be compared.`);
    const mean = (one: (pair: (typeof pairs)[number]) => number): number => pairs.reduce((sum, pair) => sum + one(pair), 0) / pairs.length;
    const all = new Uint8Array(count).fill(1);
    return {
      name,
      ours: estimate(count, (times) => mean(({ ours }) => ours.figure(times))),
      theirs: estimate(count, (times) => mean(({ theirs }) => theirs.figure(times))),
      difference: estimate(count, (times) => mean(({ ours, theirs }) => ours.figure(times) - theirs.figure(times))),
      bySeed: { ours: pairs.map(({ ours }) => ours.figure(all)), theirs: pairs.map(({ theirs }) => theirs.figure(all)) },
      perfect,
      chance,
    };
  });
}

function estimate(count: number, figure: (times: ArrayLike<number>) => number): Estimate {
  const value = figure(new Uint8Array(count).fill(1));
  if (count < 2 || !Number.isFinite(value)) return { value, interval: undefined };
  const { low, high } = bootstrapInterval(count, figure);
  return { value, interval: [low, high] };
}

const shown = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(3));
const range = ({ interval }: Estimate): string => (interval === undefined ? '–' : `${shown(interval[0])} to ${shown(interval[1])}`);

/** Figures as columns for people. */
export function learningTable(figures: readonly ComparedFigure[], seeds: readonly number[]): string {
  const several = seeds.length > 1 ? ['munit by seed', 'PyTorch by seed'] : [];
  const lines = figures.map(({ name, ours, theirs, difference, bySeed, perfect, chance }) => [
    name, shown(ours.value), range(ours), shown(theirs.value), range(theirs), shown(difference.value), range(difference), shown(perfect), shown(chance),
    ...(several.length === 0 ? [] : [bySeed.ours, bySeed.theirs].map((values) => values.map(shown).join(' '))),
  ]);
  return table(['figure', 'munit', '95 %', 'PyTorch', '95 %', 'difference', '95 %', 'perfect', 'chance', ...several], lines);
}

/** Figures for programs. */
export const learningJson = (figures: readonly ComparedFigure[]): object =>
  Object.fromEntries(
    figures.map(({ name, ours, theirs, difference, bySeed, perfect, chance }) => [
      name,
      {
        ours: ours.value, ours_interval: ours.interval, peer: theirs.value, peer_interval: theirs.interval, difference: difference.value, difference_interval: difference.interval,
        ours_by_seed: bySeed.ours, peer_by_seed: bySeed.theirs, perfect, chance,
      },
    ]),
  );
