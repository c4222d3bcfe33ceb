import { ArgumentError } from '@munit/core';
import type { PixelImage } from '../image/types.js';
import { resizeTo } from './kernels/resize.js';

/**
 * Antialiased bilinear resize, equal to Pillow's `Image.resize((width, height), BILINEAR)` in every byte:
 * two passes (x, then y), 22-bit fixed point, rounded to 8 bits after each; an axis that keeps its size is not touched.
 * That is Pillow as the published results used it (checked with 9.5); Pillow 13 differs by one level in some pictures whose height shrinks most.
 * @throws ArgumentError for a size that is not a positive integer.
 */
export function resizeBilinear(image: PixelImage, width: number, height: number): PixelImage {
  for (const extent of [width, height]) {
    if (!Number.isInteger(extent) || extent < 1) {
      throw new ArgumentError(`A picture's size must be whole and at least 1; got ${width}×${height}.`);
    }
  }
  return resizeTo(image, { width, height });
}
