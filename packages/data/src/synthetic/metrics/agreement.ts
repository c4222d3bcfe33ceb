import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import { hueModeOf } from './hueMode.js';

/**
 * Guided: share of outputs whose hue mode is their example's. *Right* means that both have a clear mode
 * (`hueModeOf`) and it is the same one. Chance level: 1/8.
 * @param examples the style picture of each output, in the same order.
 * @throws ArgumentError when there are none or the lengths differ.
 */
export function guidedAccuracy(outputs: readonly PixelImage[], examples: readonly PixelImage[]): number {
  if (outputs.length === 0 || outputs.length !== examples.length) {
    throw new ArgumentError(`Each output needs its example; got ${outputs.length} outputs and ${examples.length} examples.`);
  }
  const right = outputs.filter((output, i) => {
    const mode = hueModeOf(output);
    return mode !== undefined && mode === hueModeOf(examples[i] as PixelImage);
  });
  return right.length / outputs.length;
}

/**
 * Same style code, same look: share of pairs of outputs of *one style code on different contents* that agree in their hue mode
 * (an output without a clear mode agrees with nothing). Chance level: 1/8.
 * @param groups one array per style code, at least two pictures each.
 * @throws ArgumentError when there is no pair.
 */
export function styleConsistency(groups: readonly (readonly PixelImage[])[]): number {
  let pairs = 0;
  let agreeing = 0;
  for (const group of groups) {
    const modes = group.map((image) => hueModeOf(image));
    for (let i = 0; i < modes.length; i++) {
      for (let j = i + 1; j < modes.length; j++) {
        pairs++;
        if (modes[i] !== undefined && modes[i] === modes[j]) agreeing++;
      }
    }
  }
  if (pairs === 0) throw new ArgumentError('Style consistency needs at least one style code with two outputs.');
  return agreeing / pairs;
}
