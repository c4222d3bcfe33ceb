import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import type { HueMode } from '../types.js';
import { hueModeOf } from './hueMode.js';

/** Pairs, and how many of them agree. */
export interface Agreement {
  /** Pairs of outputs of one style code. */
  readonly pairs: number;
  /** Those of one and the same hue mode; an output without a clear mode agrees with nothing. */
  readonly agreeing: number;
}

/** Agreement among the outputs of one style code. */
export function agreementOf(modes: readonly (HueMode | undefined)[]): Agreement {
  let agreeing = 0;
  for (let i = 0; i < modes.length; i++) {
    for (let j = i + 1; j < modes.length; j++) if (modes[i] !== undefined && modes[i] === modes[j]) agreeing++;
  }
  return { pairs: (modes.length * (modes.length - 1)) / 2, agreeing };
}

/**
 * Same style code, same look: share of pairs of outputs of *one style code on different contents* that agree in their hue mode
 * (an output without a clear mode agrees with nothing). Chance level: 1/8.
 * @param groups one array per style code, at least two pictures each.
 * @throws ArgumentError when there is no pair.
 */
export function styleConsistency(groups: readonly (readonly PixelImage[])[]): number {
  const found = groups.map((group) => agreementOf(group.map((image) => hueModeOf(image))));
  const pairs = found.reduce((sum, one) => sum + one.pairs, 0);
  if (pairs === 0) throw new ArgumentError('Style consistency needs at least one style code with two outputs.');
  return found.reduce((sum, one) => sum + one.agreeing, 0) / pairs;
}
