import { ArgumentError } from '@munit/core';
import type { Size } from './kernels/crop.js';
import type { Channels, ImageBatch, PixelImage } from './types.js';

/** float32((v / 255 - 0.5) / 0.5), rounded after each step as torchvision's ToTensor and Normalize round. */
const normalized: Float32Array = Float32Array.from({ length: 256 }, (_, v) =>
  Math.fround(Math.fround(Math.fround(v / 255) - 0.5) / 0.5),
);

/** Writes a crop of `image` at `offset` of `out` as values in [-1, 1], mirrored left to right if `flip`. Reads the crop in place. */
export function writeNormalizedCrop(image: PixelImage, top: number, left: number, size: Size, out: Float32Array, offset: number, flip: boolean): void {
  const { data, width, channels } = image;
  const row = size.width * channels;
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * width + left) * channels;
    const to = offset + y * row;
    if (!flip) {
      for (let i = 0; i < row; i++) out[to + i] = normalized[data[from + i]!]!;
      continue;
    }
    for (let x = 0; x < row; x += channels) {
      const mirrored = from + row - channels - x;
      for (let c = 0; c < channels; c++) out[to + x + c] = normalized[data[mirrored + c]!]!;
    }
  }
}

/** Writes `image` at `offset` of `out` as values in [-1, 1]; mirrored left to right if `flip`. */
export function writeNormalized(image: PixelImage, out: Float32Array, offset = 0, flip = false): void {
  writeNormalizedCrop(image, 0, 0, image, out, offset, flip);
}

/** 0..255 → [-1, 1] as `Normalize(0.5, 0.5)` does. // [H, W, C] */
export function normalize(image: PixelImage): Float32Array {
  const out = new Float32Array(image.data.length);
  writeNormalized(image, out);
  return out;
}

/**
 * Pictures of one size and channel count as one batch.
 * @throws ArgumentError when there are none or they differ.
 */
export function toBatch(images: readonly PixelImage[], names: readonly string[] = images.map((_, i) => String(i))): ImageBatch {
  const first = images[0];
  if (first === undefined) throw new ArgumentError('A batch needs at least one picture; got none.');
  const { width, height, channels } = first;
  const each = first.data.length;
  const data = new Float32Array(each * images.length);
  images.forEach((image, i) => {
    if (image.width !== width || image.height !== height || image.channels !== channels) {
      throw new ArgumentError(
        `Pictures of one batch must be alike; picture 0 is ${width}×${height}×${channels}, picture ${i} is ${image.width}×${image.height}×${image.channels}.`,
      );
    }
    writeNormalized(image, data, i * each);
  });
  return { shape: [images.length, height, width, channels], data, names };
}

/** round((clamp(x, -1, 1) + 1) · 127.5): the value that a saved picture has. NaN becomes 0. */
export function toByte(x: number): number {
  if (!(x > -1)) return 0;
  return x >= 1 ? 255 : Math.round((x + 1) * 127.5);
}

/** The model's output, clamped to [-1, 1], as 8-bit pictures. Never stretched per image. */
export function fromBatch(batch: Pick<ImageBatch, 'shape' | 'data'>): PixelImage[] {
  const [count, height, width, channels] = batch.shape;
  if (channels !== 1 && channels !== 3) {
    throw new ArgumentError(`A picture has 1 or 3 channels; the batch has ${channels}.`);
  }
  const each = height * width * channels;
  if (batch.data.length !== each * count) {
    throw new ArgumentError(`A batch of shape [${batch.shape.join(', ')}] has ${each * count} values; got ${batch.data.length}.`);
  }
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    channels: channels satisfies Channels,
    data: Uint8Array.from(batch.data.subarray(i * each, (i + 1) * each), toByte),
  }));
}
