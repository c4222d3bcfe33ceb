/** Averages over micro-batches, and the ownership of what they consume. */
import { add, keep, type Params, type PerDomain, type Scalar, scale, type Tensor, tidy, treeLeaves, treeUnflatten } from '@munit/core';
import type { Terms } from './types.js';

export function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

/** Takes tensors out of the hands of the enclosing scopes; whoever holds them frees them. */
export function keepAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) keep(tensor);
}

/** Frees `tensor` unless it is one of `kept`. */
export function freeUnless(tensor: Tensor, kept: readonly Tensor[]): void {
  if (!kept.includes(tensor)) tensor.dispose();
}

/** The mean of several gradients; consumes them. One is handed back as it is. */
export function averageGradients(gradients: readonly PerDomain<Params>[]): PerDomain<Params> {
  const [first, ...rest] = gradients as [PerDomain<Params>, ...PerDomain<Params>[]];
  if (rest.length === 0) return first;
  let sums = treeLeaves<Tensor>(first);
  for (const next of rest) {
    const before = sums;
    const added = treeLeaves<Tensor>(next);
    sums = before.map((sum, i) => tidy(() => add(sum, added[i] as Tensor)));
    disposeAll([...before, ...added]);
  }
  const means = sums.map((sum) => tidy(() => scale(sum, 1 / gradients.length)));
  disposeAll(sums);
  return treeUnflatten(first, means) as PerDomain<Params>;
}

/** The mean of each term; consumes them. One set is handed back as it is. */
export function averageTerms(all: readonly Terms[]): Terms {
  const [first, ...rest] = all as [Terms, ...Terms[]];
  if (rest.length === 0) return first;
  const means: Record<string, Scalar> = {};
  for (const name of Object.keys(first)) {
    means[name] = tidy(() => scale(all.map((terms) => terms[name] as Scalar).reduce((a, b) => add(a, b)), 1 / all.length));
  }
  for (const terms of all) disposeAll([...new Set(Object.values(terms))]);
  return means;
}
