// Loops without checks and without other packages: they also run in the decode processes, which load nothing else.
import type { Size } from '../../image/kernels/crop.js';
import type { Channels, PixelImage } from '../../image/types.js';
import { bilinearWeights, precisionBits } from './weights.js';
import type { AxisWeights } from './weights.js';

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

/** Both passes; an axis that keeps its size is not touched. */
export function resizeTo(image: PixelImage, { width, height }: Size): PixelImage {
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

/** torchvision's `Resize(size)`: the shorter side becomes `size`, the longer trunc(size · longer / shorter). */
export function shorterSide(width: number, height: number, size: number): Size {
  const longer = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: size, height: longer } : { width: longer, height: size };
}
