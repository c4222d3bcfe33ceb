import { ArgumentError } from '@munit/core/errors';
import type { PixelImage, Size } from './types.js';

/** Which half of an image that shows two side by side. */
export type PairSide = 'left' | 'right';

/** The size of a crop: a number is a square's side. */
export function squareOrSize(size: number | Size): Size {
  return typeof size === 'number' ? { height: size, width: size } : size;
}

/**
 * The rectangle of `size` whose top left corner is at (`top`, `left`).
 * @throws ArgumentError when it does not lie inside the image.
 */
export function crop(image: PixelImage, top: number, left: number, size: Size): PixelImage {
  const { width, height } = image;
  if (top < 0 || left < 0 || top + size.height > height || left + size.width > width) {
    throw new ArgumentError(
      `A crop of ${size.width}×${size.height} at (${left}, ${top}) does not lie inside an image of ${width}×${height}.`,
    );
  }
  if (size.width === width && size.height === height) return image;
  const { channels } = image;
  const data = new Uint8Array(size.width * size.height * channels);
  const row = size.width * channels;
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * width + left) * channels;
    data.set(image.data.subarray(from, from + row), y * row);
  }
  return { width: size.width, height: size.height, channels, data };
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Black borders so that the image is at least `size`, the extra pixel of an odd border at the right and bottom. */
function padTo(image: PixelImage, size: Size): PixelImage {
  const width = Math.max(image.width, size.width);
  const height = Math.max(image.height, size.height);
  if (width === image.width && height === image.height) return image;
  const { channels } = image;
  const left = Math.floor((width - image.width) / 2);
  const top = Math.floor((height - image.height) / 2);
  const data = new Uint8Array(width * height * channels);
  const row = image.width * channels;
  for (let y = 0; y < image.height; y++) {
    data.set(image.data.subarray(y * row, (y + 1) * row), ((top + y) * width + left) * channels);
  }
  return { width, height, channels, data };
}

/**
 * torchvision's `CenterCrop`: offset = round((extent - crop) / 2), halves to the even neighbour;
 * an image smaller than the crop gets black borders first.
 */
export function centerCrop(image: PixelImage, size: number | Size): PixelImage {
  const target = squareOrSize(size);
  const padded = padTo(image, target);
  const top = roundHalfToEven((padded.height - target.height) / 2);
  const left = roundHalfToEven((padded.width - target.width) / 2);
  return crop(padded, top, left, target);
}

/** The mirror image, left and right exchanged. */
export function flipHorizontally(image: PixelImage): PixelImage {
  const { width, height, channels, data } = image;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = (y * width + width - 1 - x) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = data[from + c]!;
    }
  }
  return { width, height, channels, data: out };
}

/**
 * One half of a side-by-side pair, cut at floor(width / 2); an odd column belongs to the right half
 * (as pix2pix's aligned data sets are split).
 * @throws ArgumentError when the image is one pixel wide.
 */
export function splitPair(image: PixelImage, side: PairSide): PixelImage {
  if (image.width < 2) throw new ArgumentError('A side-by-side pair must be at least 2 pixels wide; got 1.');
  const middle = Math.floor(image.width / 2);
  const left = side === 'left' ? 0 : middle;
  return crop(image, 0, left, { width: side === 'left' ? middle : image.width - middle, height: image.height });
}
