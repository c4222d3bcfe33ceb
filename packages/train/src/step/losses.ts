/** Losses and gradients of an update: averages over micro-batches, reading and freeing. */
import { add, concatBatch, type Params, reshape, scale, type Scalar, type Tensor, tidy, treeLeaves, treeUnflatten } from '@munit/core';
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
  for (const term of termsOf(losses)) read.push({ ...term, value: (await term.value.data())[0] as number });
  disposeLosses(losses);
  return read;
}

/** The terms of all losses, each loss's total behind its terms. */
const termsOf = (losses: readonly Loss[]): LossTerm[] =>
  losses.flatMap(({ side, total, terms }) => [...terms, { side, kind: 'total', domain: undefined, weight: 1, value: total } as const]);

/** Losses of a step that may be read or not. */
export interface PendingLosses {
  /** The terms as numbers, each loss's total behind its terms. Frees what holds them. */
  read(): Promise<LossTerm<number>[]>;
  /** Nobody reads them: frees what holds them. */
  dispose(): void;
}

/** Losses that `trainStep` gave; takes their scalars over. */
export const pendingLosses = (losses: readonly Loss[]): PendingLosses => ({ read: () => readLosses(losses), dispose: () => disposeLosses(losses) });

/** All scalars of losses as one tensor [n], and where each term is in it. Consumes the losses. */
export function packLosses(losses: readonly Loss[]): { readonly packed: Tensor; readonly places: readonly LossTerm<number>[] } {
  const scalars = losses.flatMap(lossScalars);
  const places = termsOf(losses).map((term) => ({ ...term, value: scalars.indexOf(term.value) }));
  const packed = tidy(() => concatBatch(scalars.map((value) => reshape(value, [1]))));
  disposeAll(scalars);
  return { packed, places };
}

/** Losses from `packLosses`' tensor, which it takes over. */
export const unpackLosses = (packed: Tensor, places: readonly LossTerm<number>[]): PendingLosses => ({
  async read() {
    const values = await packed.data();
    packed.dispose();
    return places.map((term) => ({ ...term, value: values[term.value] as number }));
  },
  dispose: () => packed.dispose(),
});

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
