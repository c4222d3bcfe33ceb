import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';

/**
 * The image made smaller by a whole factor, so that it is at most `maxWidth` wide: each pixel is the mean of its block.
 * An image that fits is returned as it is.
 *
 * @throws ArgumentError when `maxWidth` is not positive.
 */
export function shrinkToWidth(image: PixelImage, maxWidth: number): PixelImage {
  if (!(maxWidth >= 1)) throw new ArgumentError(`An image cannot be shrunk to a width of ${maxWidth} pixels; give 1 or more.`);
  const factor = Math.ceil(image.width / maxWidth);
  if (factor <= 1) return image;
  const { channels, data } = image;
  const width = Math.ceil(image.width / factor);
  const height = Math.ceil(image.height / factor);
  const out = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const bottom = Math.min(image.height, (y + 1) * factor);
    for (let x = 0; x < width; x++) {
      const right = Math.min(image.width, (x + 1) * factor);
      const area = (bottom - y * factor) * (right - x * factor);
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let v = y * factor; v < bottom; v++) {
          for (let u = x * factor; u < right; u++) sum += data[(v * image.width + u) * channels + c]!;
        }
        out[(y * width + x) * channels + c] = Math.round(sum / area);
      }
    }
  }
  return { width, height, channels, data: out };
}
