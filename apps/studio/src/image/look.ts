/** What an image looks like at a glance: enough to say that a model has never seen its kind. */
import type { Kind } from '../model/bundled.js';

export interface Look {
  /** Share of pixels that are nearly white, 0 to 1. */
  readonly white: number;
  /** Mean over pixels of the largest minus the smallest of red, green and blue, 0 to 255. */
  readonly colour: number;
}

/** From this value on a channel is nearly white. */
const WHITE = 215;

/** @param data RGBA; what is transparent is white, as for the network */
export function lookOf(data: Uint8ClampedArray): Look {
  let white = 0;
  let colour = 0;
  const pixels = data.length / 4;
  for (let i = 0; i < data.length; i += 4) {
    const opacity = data[i + 3]! / 255;
    const [r, g, b] = [0, 1, 2].map((c) => 255 + (data[i + c]! - 255) * opacity) as [number, number, number];
    const [least, most] = [Math.min(r, g, b), Math.max(r, g, b)];
    if (least >= WHITE) white += 1;
    colour += most - least;
  }
  return { white: white / pixels, colour: colour / pixels };
}

/** Whether an image may be of a kind. */
export const fits = ({ white, colour }: Look, { leastWhite = 0, mostColour = 255 }: Pick<Kind, 'leastWhite' | 'mostColour'>): boolean => white >= leastWhite && colour <= mostColour;
