import { DataError } from '@munit/core';
import type { PixelImage, Rgb } from '@munit/images';
import { asRgb } from '../../synthetic/metrics/foreground.js';
import type { Mask } from '../../synthetic/render/silhouette.js';
import { coats } from '../coats.js';

/** Largest distance in RGB at which the nearest coat is still that of a colour: a quarter of a channel's range. White is further from all of them. */
const coatTolerance = 60;
/** Largest difference, in any channel, of a pixel that is all coat from the coat's colour. */
const pureTolerance = 2;

/**
 * Where the animal shows nothing but its coat: pixels of the true picture that have exactly its colour.
 * @throws DataError when there are none: the picture is not one of that coat
 */
export function coatMask(truth: PixelImage, coat: number): Mask {
  const { width, height, data } = asRgb(truth);
  const rgb = (coats[coat] ?? coats[0]!).rgb;
  const mask = new Uint8Array(width * height);
  for (let p = 0; p < mask.length; p++) mask[p] = rgb.every((value, c) => Math.abs(data[3 * p + c]! - value) <= pureTolerance) ? 1 : 0;
  if (!mask.includes(1)) {
    throw new DataError(`The coat ${coats[coat]?.name ?? coat}, which truth.json names, is nowhere in its picture.`, { remedy: 'Write the set again; its pictures must not be scaled or compressed.' });
  }
  return { width, height, data: mask };
}

/** The colour of a picture under a mask: the median of each channel, so that a few stray pixels do not count. */
export function colourUnder(image: PixelImage, mask: Mask): Rgb {
  const { data } = asRgb(image);
  const median = (channel: number): number => {
    const values: number[] = [];
    for (let p = 0; p < mask.data.length; p++) if (mask.data[p] === 1) values.push(data[3 * p + channel]!);
    return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  };
  return [median(0), median(1), median(2)];
}

/** The coat nearest to a colour in RGB, or undefined when it is further away than 60: then it is the colour of none. */
export function coatOf(colour: Rgb): number | undefined {
  const distances = coats.map(({ rgb }) => Math.hypot(...rgb.map((value, c) => value - colour[c]!)));
  const least = Math.min(...distances);
  return least <= coatTolerance ? distances.indexOf(least) : undefined;
}

/** Mean absolute difference of the masked pixels from a colour, over pixels and channels, of 255. */
export function colourError(image: PixelImage, mask: Mask, colour: Rgb): number {
  const { data } = asRgb(image);
  let [sum, count] = [0, 0];
  for (let p = 0; p < mask.data.length; p++) {
    if (mask.data[p] === 0) continue;
    for (let c = 0; c < 3; c++) sum += Math.abs(data[3 * p + c]! - colour[c]!);
    count += 3;
  }
  return sum / count;
}
