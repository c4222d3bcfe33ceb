import { ArgumentError } from '@munit/core/errors';
import { type AxisWeights, bilinearWeights, precisionBits } from './triangleFilter.js';
import type { Channels, PixelImage, Size } from './types.js';

const half = 1 << (precisionBits - 1);

// Weights are not negative and sum to 1 within rounding: only the upper clip can act.
function toByte(sum: number): number {
  const value = sum >> precisionBits;
  return value > 255 ? 255 : value;
}

/** Along x. Rounds to 8 bits, as Pillow does between its two passes. */
function resizeRows(data: Uint8Array, width: number, height: number, channels: Channels, outWidth: number, axis: AxisWeights): Uint8Array {
  const out = new Uint8Array(outWidth * height * channels);
  const { size, first, count, weights } = axis;
  for (let y = 0; y < height; y++) {
    const row = y * width * channels;
    let to = y * outWidth * channels;
    for (let x = 0; x < outWidth; x++) {
      const k = x * size;
      const end = k + count[x]!;
      let at = row + first[x]! * channels;
      if (channels === 1) {
        let sum = half;
        for (let j = k; j < end; j++) sum += data[at++]! * weights[j]!;
        out[to++] = toByte(sum);
        continue;
      }
      let red = half;
      let green = half;
      let blue = half;
      for (let j = k; j < end; j++, at += 3) {
        const weight = weights[j]!;
        red += data[at]! * weight;
        green += data[at + 1]! * weight;
        blue += data[at + 2]! * weight;
      }
      out[to] = toByte(red);
      out[to + 1] = toByte(green);
      out[to + 2] = toByte(blue);
      to += 3;
    }
  }
  return out;
}

/** The same along y. */
function resizeColumns(data: Uint8Array, stride: number, outHeight: number, axis: AxisWeights): Uint8Array {
  const out = new Uint8Array(stride * outHeight);
  const { size, first, count, weights } = axis;
  const sums = new Int32Array(stride);
  for (let y = 0; y < outHeight; y++) {
    sums.fill(half);
    const n = count[y]!;
    for (let j = 0; j < n; j++) {
      const weight = weights[y * size + j]!;
      const row = (first[y]! + j) * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i]! + data[row + i]! * weight;
    }
    const to = y * stride;
    for (let i = 0; i < stride; i++) out[to + i] = toByte(sums[i]!);
  }
  return out;
}

/**
 * Antialiased bilinear resize, equal to Pillow's `Image.resize((width, height), BILINEAR)` in every byte:
 * two passes (x, then y), 22-bit fixed point, rounded to 8 bits after each; an axis that keeps its size is not touched.
 * That is Pillow as the published results used it (checked with 9.5); Pillow 13 differs by one level in some images whose height shrinks most.
 * @throws ArgumentError for a size that is not a positive integer.
 */
export function resizeBilinear(image: PixelImage, width: number, height: number): PixelImage {
  for (const extent of [width, height]) {
    if (!Number.isInteger(extent) || extent < 1) throw new ArgumentError(`An image's size must be an integer of at least 1; got ${width}×${height}.`);
  }
  const { channels } = image;
  let data = image.data;
  if (width !== image.width) {
    data = resizeRows(data, image.width, image.height, channels, width, bilinearWeights(image.width, width));
  }
  if (height !== image.height) {
    data = resizeColumns(data, width * channels, height, bilinearWeights(image.height, height));
  }
  return data === image.data ? image : { width, height, channels, data };
}

/**
 * torchvision's `Resize(size)`: the shorter side becomes `size`, the longer trunc(size · longer / shorter).
 * @throws ArgumentError for a size that is not a positive integer.
 */
export function shorterSideSize(width: number, height: number, size: number): Size {
  if (!Number.isInteger(size) || size < 1) {
    throw new ArgumentError(`The shorter side must be an integer of at least 1; got ${size}.`);
  }
  const longer = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: size, height: longer } : { width: longer, height: size };
}

/**
 * Antialiased bilinear resize so that the shorter side is `size`; the aspect is kept but for truncation.
 * @throws ArgumentError for a size that is not a positive integer.
 */
export function resizeShorterSide(image: PixelImage, size: number): PixelImage {
  const target = shorterSideSize(image.width, image.height, size);
  return resizeBilinear(image, target.width, target.height);
}
