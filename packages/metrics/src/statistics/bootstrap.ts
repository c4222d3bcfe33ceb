/** Confidence intervals by resampling inputs (Efron & Tibshirani, An Introduction to the Bootstrap, chapter 13). */
import { ArgumentError, checkInteger, checkOptions, Rng } from '@munit/core';

/** A figure's interval: percentiles of the figure over resampled inputs. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Of the inputs' distribution, say 0.95. */
  readonly level: number;
}

/** How an interval is made. */
export interface BootstrapOptions {
  /** Default 0.95. */
  readonly level?: number | undefined;
  /** How many times the inputs are resampled. Default 1000. */
  readonly resamples?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/**
 * The percentile interval of a figure of `count` inputs. `figure` gets how often each input was drawn (the counts sum to `count`)
 * and returns the figure of that sample; draws for which it is not finite are left out.
 * @throws ArgumentError for fewer than 2 inputs, a level outside (0, 1) or fewer than 2 resamples
 */
export function bootstrapInterval(count: number, figure: (multiplicities: Uint32Array) => number, options: BootstrapOptions = {}): Interval {
  const { level, resamples, seed } = checkedOptions(options);
  if (!Number.isInteger(count) || count < 2) {
    throw new ArgumentError(`An interval needs at least 2 inputs to draw from, but there ${count === 1 ? 'is 1' : `are ${count}`}.`, { remedy: 'Give more inputs, or ask for no interval.' });
  }
  const rng = new Rng(seed);
  const figures: number[] = [];
  for (let r = 0; r < resamples; r++) {
    const value = figure(drawMultiplicities(rng, count));
    if (Number.isFinite(value)) figures.push(value);
  }
  if (figures.length < 2) throw new ArgumentError('An interval could not be made: the figure is not finite for any resampled set.', { remedy: 'Give more inputs.' });
  return percentiles(figures, level);
}

/** The interval of a mean of one value per input. */
export function meanInterval(values: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  return bootstrapInterval(
    values.length,
    (multiplicities) => multiplicities.reduce((sum, times, i) => sum + times * (values[i] as number), 0) / values.length,
    options,
  );
}

/** How often each of `count` inputs comes in a sample of `count` drawn with replacement. */
function drawMultiplicities(rng: Rng, count: number): Uint32Array {
  const multiplicities = new Uint32Array(count);
  for (let i = 0; i < count; i++) multiplicities[rng.integer(count)]!++;
  return multiplicities;
}

/** The middle `level` of the values, by linear interpolation between order statistics (NumPy's default). */
function percentiles(values: readonly number[], level: number): Interval {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const low = sorted[below] as number;
    return low + (place - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] as number) - low);
  };
  return { low: at((1 - level) / 2), high: at((1 + level) / 2), level };
}

/** Options with their defaults. @throws ArgumentError for an unknown one or a value out of range */
function checkedOptions(options: BootstrapOptions): { readonly level: number; readonly resamples: number; readonly seed: number } {
  checkOptions('BootstrapOptions', options, { level: true, resamples: true, seed: true });
  const { level = 0.95, resamples = 1000, seed = 0 } = options;
  if (!(level > 0 && level < 1)) throw new ArgumentError(`The level of an interval must lie between 0 and 1, but it is ${level}.`, { remedy: 'Use 0.95 for 95 %.' });
  checkInteger('BootstrapOptions', 'resamples', resamples, 2);
  return { level, resamples, seed };
}
