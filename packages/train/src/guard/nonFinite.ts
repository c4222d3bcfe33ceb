/** The watch over NaN and infinity. */
import { NonFiniteError } from '@munit/core';

/** The first term that is not finite, or undefined. */
export function findNonFinite(terms: Readonly<Record<string, number>>): { readonly term: string; readonly value: number } | undefined {
  for (const [term, value] of Object.entries(terms)) if (!Number.isFinite(value)) return { term, value };
  return undefined;
}

export function nonFiniteError(term: string, value: number, step: number): NonFiniteError {
  return new NonFiniteError(`The loss term '${term}' is ${value} at step ${step}, and was not finite once before in this run.`, {
    remedy: 'Lower the learning rate (lr, lr_dis), look for broken images (`munit data check`), or resume from an earlier checkpoint.',
  });
}
