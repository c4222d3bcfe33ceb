import { type PixelImage, type Rgb, toChannels } from '@munit/images';
import type { Mask } from '../render/silhouette.js';

/** A picture whose pixels all lie closer than this to the background (0..255) has no foreground. */
const noiseFloor = 40;

/** Grey pictures as RGB; RGB as it is. */
export function asRgb(image: PixelImage): PixelImage {
  return image.channels === 3 ? image : toChannels(image, 3);
}

/** The background's colour: the median, channel by channel, of the picture's outermost pixels. */
export function backgroundOf(image: PixelImage): Rgb {
  const { width, height, data } = asRgb(image);
  const border: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y === 0 || x === 0 || y === height - 1 || x === width - 1) border.push(y * width + x);
    }
  }
  const median = (channel: number): number => {
    const values = Uint8Array.from(border, (p) => data[3 * p + channel]!).sort();
    return values[values.length >> 1] ?? 255;
  };
  return [median(0), median(1), median(2)];
}

/** A pixel closer to the background than this share of the shape's distance lies outside, whatever is beside it. */
const leastLevel = 0.4;

/**
 * The picture's own silhouette: pixels whose colour differs from the background.
 *
 *     d(p) = max over channels |image(p) - background|
 *     foreground = { p : d(p) > max(0.4 D, m(p) / 2) },   D = the upper quartile of d over pixels with d > 40,
 *                                                         m(p) = the largest d of the 3 × 3 pixels around p
 *
 * so that an antialiased edge counts where the shape covers more than half of the pixel, whether the shape is pale or deep within. Holes
 * are *not* filled: a copied outline stays an outline. Nothing above the floor: an empty mask.
 */
export function foregroundOf(image: PixelImage): Mask {
  const rgb = asRgb(image);
  const { width, height, data } = rgb;
  const [red, green, blue] = backgroundOf(rgb);
  const distances = new Uint8Array(width * height);
  for (let p = 0; p < distances.length; p++) {
    distances[p] = Math.max(Math.abs(data[3 * p]! - red), Math.abs(data[3 * p + 1]! - green), Math.abs(data[3 * p + 2]! - blue));
  }
  const strong = distances.filter((d) => d > noiseFloor).sort();
  const mask = new Uint8Array(distances.length);
  const level = strong[Math.floor(0.75 * strong.length)];
  if (level !== undefined) {
    const least = Math.max(noiseFloor, leastLevel * level);
    const largest = largestAround(distances, width, height);
    for (let p = 0; p < mask.length; p++) mask[p] = distances[p]! > Math.max(least, largest[p]! / 2) ? 1 : 0;
  }
  return { width, height, data: mask };
}

/** The largest value of the 3 × 3 pixels around each, as far as they lie in the picture. // [height, width] */
function largestAround(values: Uint8Array, width: number, height: number): Uint8Array {
  return largestOfThree(largestOfThree(values, width, height, 1), height, width, width);
}

/** The largest of each value and those beside it: `step` apart along lines of `length`, of which there are `lines`. */
function largestOfThree(values: Uint8Array, length: number, lines: number, step: number): Uint8Array {
  const largest = new Uint8Array(values.length);
  const stride = step === 1 ? length : 1;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      const p = line * stride + i * step;
      let most = values[p]!;
      if (i > 0 && values[p - step]! > most) most = values[p - step]!;
      if (i + 1 < length && values[p + step]! > most) most = values[p + step]!;
      largest[p] = most;
    }
  }
  return largest;
}
