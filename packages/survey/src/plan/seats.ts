/** Who answers what, in which order, with which side on the left. */
import type { Rng } from '@munit/core';

/** What `assignSeats` deals with: a question's kind of balance. */
export interface Seatable {
  /** Questions of one group have their sides balanced with each other: a pair of methods, or the attention checks. */
  readonly group: string;
}

/** A random order of `items`. */
export const shuffled = <T>(items: readonly T[], rng: Rng): T[] => rng.permutation(items.length).map((i) => items[i]!);

/** Items dealt out like cards, so that the parts are equal within one, group by group. */
export function deal<T extends Seatable>(items: readonly T[], parts: number, rng: Rng): T[][] {
  const dealt: T[][] = Array.from({ length: parts }, () => []);
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  let next = 0;
  for (const group of groups.values()) for (const item of shuffled(group, rng)) dealt[next++ % parts]!.push(item);
  return dealt;
}

/** A side for each item: in each group as many 0 as 1, within one; which of them has one more is random. */
export function balancedSides(items: readonly Seatable[], rng: Rng): number[] {
  const sides: number[] = [];
  const groups = new Map<string, number[]>();
  for (const [i, { group }] of items.entries()) groups.set(group, [...(groups.get(group) ?? []), i]);
  for (const members of groups.values()) {
    const start = rng.integer(2);
    for (const [k, i] of shuffled(members, rng).entries()) sides[i] = (k + start) % 2;
  }
  return sides;
}

/**
 * The seats of one part of the survey: the same questions for each, in an order of its own. Sides are balanced within each seat, and every
 * second seat sees them exchanged, so that they are balanced for each question too.
 * @param indices of the part's questions in the whole
 * @returns for each seat 2 · index + side, in order
 */
export function seatsOf(items: readonly Seatable[], indices: readonly number[], count: number, rng: Rng): number[][] {
  let sides: number[] = [];
  return Array.from({ length: count }, (_, seat) => {
    sides = seat % 2 === 0 ? balancedSides(items, rng) : sides.map((side) => 1 - side);
    return shuffled(indices.map((index, i) => 2 * index + sides[i]!), rng);
  });
}
