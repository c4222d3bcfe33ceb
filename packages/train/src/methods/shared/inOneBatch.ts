import { concatBatch, sliceBatch, type Tensor } from '@munit/core';

/**
 * What `network` makes of two batches, in one pass where their samples have the same shape: half the dispatches, and larger
 * matrices. Only for a network that treats every sample alone (no batch norm); each batch gets what it would get by itself, up to
 * rounding.
 */
export function inOneBatch<I extends readonly Tensor[], T extends Tensor>(network: (...inputs: I) => T[], first: I, second: I): [T[], T[]] {
  const alike = first.every((x, i) => x.shape.slice(1).join() === second[i]?.shape.slice(1).join());
  if (!alike) return [network(...first), network(...second)];
  // A list of the same length and kinds as the inputs.
  const joined = first.map((x, i) => concatBatch([x, second[i] as Tensor])) as readonly Tensor[] as I;
  const count = first[0]?.shape[0] ?? 0;
  const results = network(...joined);
  return [results.map((y) => sliceBatch(y, 0, count)), results.map((y) => sliceBatch(y, count, (y.shape[0] ?? 0) - count))];
}
