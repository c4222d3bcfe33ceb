/** A protocol's figures: each with its interval, what it is compared with, and what makes it unreliable. */
import { ArgumentError } from '@munit/core';
import type { Measurement } from '../metric/metric.js';
import { bootstrapInterval, type BootstrapOptions, meanInterval } from '../statistics/bootstrap.js';

/** A figure of a protocol. */
export interface Figure extends Measurement {
  /** In tables and files: `fid-alexnet`, `lpips-alexnet-0.1`. */
  readonly name: string;
  /** What it is of, in a few words. */
  readonly meaning: string;
  /** Which models win. */
  readonly better: 'lower' | 'higher';
  /** What the value is read against, by what it is: `real against real`, `chance`, `most possible`. */
  readonly beside: Readonly<Record<string, number>>;
}

/** What a figure is apart from its value. */
export type FigureText = Pick<Figure, 'name' | 'meaning' | 'better'> & Partial<Pick<Figure, 'beside' | 'warnings'>>;

/** The mean of a value per input, with its interval. @throws ArgumentError when there are none */
export function meanFigure(text: FigureText, values: ArrayLike<number>, { count, ...options }: BootstrapOptions & { readonly count?: number } = {}): Figure {
  const list = Array.from(values);
  if (list.length === 0) throw new ArgumentError(`${text.name}: there is nothing to measure.`, { remedy: 'Give at least one input.' });
  return {
    beside: {},
    ...text,
    value: list.reduce((sum, value) => sum + value, 0) / list.length,
    interval: list.length < 2 ? undefined : meanInterval(list, options),
    count: count ?? list.length,
    warnings: [...(text.warnings ?? []), ...fewInputs(list.length)],
  };
}

/** A figure of resampled inputs. */
export function resampledFigure(text: FigureText, count: number, figure: (multiplicities: ArrayLike<number>) => number, options: BootstrapOptions = {}): Figure {
  const value = count === 0 ? NaN : figure(new Uint8Array(count).fill(1));
  const interval = count < 2 || !Number.isFinite(value) ? undefined : bootstrapInterval(count, figure, options);
  return { beside: {}, ...text, value, interval, count, warnings: [...(text.warnings ?? []), ...fewInputs(count)] };
}

/** What to say of an interval over few inputs. */
export const fewInputs = (count: number): string[] =>
  count < 20 ? [`${count} input${count === 1 ? '' : 's'} ${count === 1 ? 'is' : 'are'} few: ${count < 2 ? 'there is no interval' : 'the interval over inputs says little'}.`] : [];
