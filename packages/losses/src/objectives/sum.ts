import { ArgumentError, type Scalar, weightedSum } from '@munit/core';
import type { Loss } from './types.js';

export interface WeightedTerm<Name extends string> {
  readonly name: Name;
  readonly weight: number;
  readonly term: Scalar;
}

/**
 * The weighted sum and its terms. Terms of weight 0 are shown but not summed, so that no gradient runs through them.
 * @throws ArgumentError when all weights are 0, or one is no number of at least 0
 */
export function lossOf<Name extends string>(weighted: readonly WeightedTerm<Name>[]): Loss<Name> {
  const summed = weighted.filter(({ weight }) => weight !== 0);
  if (summed.length === 0) throw new ArgumentError('All weights of the loss are 0, so there is nothing to train by.', { remedy: 'Set one of them.' });
  const terms: Partial<Record<Name, Scalar>> = {};
  for (const { name, term } of weighted) terms[name] = term;
  return { total: weightedSum(summed.map(({ term }) => term), summed.map(({ weight }) => weight)), terms };
}

/** @throws ArgumentError unless every weight is a number of at least 0 */
export function checkWeights(weights: object, names: readonly string[]): void {
  for (const name of names) {
    const value: unknown = (weights as Record<string, unknown>)[name];
    if (typeof value !== 'number' || !(value >= 0 && value < Infinity)) {
      throw new ArgumentError(`The weight '${name}' must be a number of at least 0, but it is ${String(value)}.`, { remedy: 'Set it; 0 leaves the term out.' });
    }
  }
}

/** What a term of a positive weight needs. @throws ArgumentError when it is absent */
export function needed<T>(value: T | undefined, name: string, weightName: string, weight: number): T {
  if (value !== undefined) return value;
  throw new ArgumentError(`The weight '${weightName}' is ${weight}, but no ${name} came.`, { remedy: `Compute them, or set ${weightName} to 0.` });
}
