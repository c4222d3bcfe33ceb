import { ArgumentError } from '@munit/core';
import type { PixelImage } from '../image/types.js';
import type { Size } from '../image/kernels/crop.js';
import { resizeTo, shorterSide } from './kernels/resize.js';

/** torchvision's `Resize(size)`: the shorter side becomes `size`, the longer trunc(size · longer / shorter). */
export function shorterSideSize(width: number, height: number, size: number): Size {
  if (!Number.isInteger(size) || size < 1) {
    throw new ArgumentError(`The shorter side must be a whole number of pixels, at least 1; got ${size}.`);
  }
  return shorterSide(width, height, size);
}

/** Antialiased bilinear resize so that the shorter side is `size`; the aspect is kept but for truncation. */
export function resizeShorterSide(image: PixelImage, size: number): PixelImage {
  return resizeTo(image, shorterSideSize(image.width, image.height, size));
}
