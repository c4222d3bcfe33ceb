// Loops without checks and without other packages: they also run in the decode processes, which load nothing else.
import type { PixelImage } from '../types.js';

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Which half of a picture that shows two side by side. */
export type PairSide = 'left' | 'right';

export function cropRows(image: PixelImage, top: number, left: number, size: Size): PixelImage {
  const { width, height, channels } = image;
  if (size.width === width && size.height === height) return image;
  const data = new Uint8Array(size.width * size.height * channels);
  const row = size.width * channels;
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * width + left) * channels;
    data.set(image.data.subarray(from, from + row), y * row);
  }
  return { width: size.width, height: size.height, channels, data };
}

/** The half is cut at floor(width / 2); an odd column belongs to the right half. */
export function halfOf(image: PixelImage, side: PairSide): PixelImage {
  const middle = Math.floor(image.width / 2);
  const left = side === 'left' ? 0 : middle;
  const width = side === 'left' ? middle : image.width - middle;
  return cropRows(image, 0, left, { width, height: image.height });
}
