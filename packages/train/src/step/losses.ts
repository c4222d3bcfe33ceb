/** Losses and gradients of an update: averages over micro-batches, reading and freeing. */
import { add, type Params, scale, type Scalar, type Tensor, tidy, treeLeaves, treeUnflatten } from '@munit/core';
import { type Loss, type LossTerm, termName, type TermNames } from '@munit/losses';

/** Frees tensors. */
export function disposeAll(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

/** All scalars of a loss, each once. */
export const lossScalars = ({ total, terms }: Loss): Scalar[] => [...new Set([total, ...terms.map(({ value }) => value)])];

/** Frees the scalars of losses that nobody reads. */
export const disposeLosses = (losses: readonly Loss[]): void => disposeAll(losses.flatMap(lossScalars));

/** The terms of all losses as numbers, each loss's total behind its terms. Frees the scalars. */
export async function readLosses(losses: readonly Loss[]): Promise<LossTerm<number>[]> {
  const read: LossTerm<number>[] = [];
  for (const { side, total, terms } of losses) {
    for (const term of [...terms, { side, kind: 'total', domain: undefined, weight: 1, value: total } as const]) {
      read.push({ ...term, value: (await term.value.data())[0] as number });
    }
  }
  disposeLosses(losses);
  return read;
}

/** Terms by a method's published names, with their weights where the published trainer reports them so. @throws ArgumentError for a term without a name */
export const publishedTerms = (terms: readonly LossTerm<number>[], names: TermNames): Record<string, number> =>
  Object.fromEntries(
    terms.map((term) => {
      const name = termName(names, term);
      return [name, names[name]?.weighted === true ? term.weight * term.value : term.value];
    }),
  );

/** The mean of several gradients; consumes them. One is handed back as it is. */
export function averageGradients<P extends Params>(gradients: readonly P[]): P {
  const [first, ...rest] = gradients as readonly [P, ...P[]];
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
  // Same shape, same kind of leaves: a mean of gradients has their type.
  return treeUnflatten(first, means) as P;
}

/** The mean of each term and of the total; consumes the losses. One is handed back as it is. */
export function averageLosses(all: readonly Loss[]): Loss {
  const [first, ...rest] = all as readonly [Loss, ...Loss[]];
  if (rest.length === 0) return first;
  const meanOf = (pick: (loss: Loss) => Scalar): Scalar => tidy(() => scale(all.map(pick).reduce((a, b) => add(a, b)), 1 / all.length));
  const average: Loss = {
    side: first.side,
    total: meanOf(({ total }) => total),
    terms: first.terms.map((term, i) => ({ ...term, value: meanOf(({ terms }) => (terms[i] as LossTerm).value) })),
  };
  disposeLosses(all);
  return average;
}
