// Loops without checks and without other packages: they also run in the decode processes, which load nothing else.
import type { Size } from '../../image/kernels/crop.js';
import type { PixelImage } from '../../image/types.js';
import { bilinearWeights, precisionBits } from './weights.js';
import type { AxisWeights } from './weights.js';

const half = 1 << (precisionBits - 1);

/** One output row (or the picture's every row) along x: rounds to 8 bits, as Pillow does between its two passes. */
function resizeRows(data: Uint8Array, width: number, height: number, channels: number, outWidth: number, axis: AxisWeights): Uint8Array {
  const out = new Uint8Array(outWidth * height * channels);
  const { size, first, count, weights } = axis;
  for (let y = 0; y < height; y++) {
    const row = y * width * channels;
    let to = y * outWidth * channels;
    for (let x = 0; x < outWidth; x++) {
      const from = row + first[x]! * channels;
      const k = x * size;
      const n = count[x]!;
      for (let c = 0; c < channels; c++) {
        let sum = half;
        for (let j = 0, at = from + c; j < n; j++, at += channels) sum += data[at]! * weights[k + j]!;
        // Weights are not negative and sum to 1 within rounding: only the upper clip can act.
        const value = sum >> precisionBits;
        out[to++] = value > 255 ? 255 : value;
      }
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
    for (let i = 0; i < stride; i++) {
      const value = sums[i]! >> precisionBits;
      out[to + i] = value > 255 ? 255 : value;
    }
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
