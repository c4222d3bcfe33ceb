import { ArgumentError, ShapeError } from '@munit/core/errors';
import { checkSize, toChannels } from './channels.js';
import type { Channels, FloatImage, ImageBatch, PixelImage, RawPixels, Size } from './types.js';

/** float32((v / 255 - 0.5) / 0.5), rounded after each step as torchvision's ToTensor and Normalize round. */
const networkValue: Float32Array = Float32Array.from({ length: 256 }, (_, v) =>
  Math.fround(Math.fround(Math.fround(v / 255) - 0.5) / 0.5),
);

/** Writes a crop of `image` at `offset` of `out` as values in [-1, 1], mirrored left to right if `flip`. Reads the crop in place. */
export function writeCropInNetworkRange(image: PixelImage, top: number, left: number, size: Size, out: Float32Array, offset: number, flip: boolean): void {
  const { data, width, channels } = image;
  const row = size.width * channels;
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * width + left) * channels;
    const to = offset + y * row;
    if (!flip) {
      for (let i = 0; i < row; i++) out[to + i] = networkValue[data[from + i]!]!;
      continue;
    }
    for (let x = 0; x < row; x += channels) {
      const mirrored = from + row - channels - x;
      for (let c = 0; c < channels; c++) out[to + x + c] = networkValue[data[mirrored + c]!]!;
    }
  }
}

/** Writes `image` at `offset` of `out` as values in [-1, 1]; mirrored left to right if `flip`. */
export function writeInNetworkRange(image: PixelImage, out: Float32Array, offset = 0, flip = false): void {
  writeCropInNetworkRange(image, 0, 0, image, out, offset, flip);
}

/** 0..255 → [-1, 1] as `Normalize(0.5, 0.5)` does. // [H, W, C] */
export function toNetworkRange(image: PixelImage): Float32Array<ArrayBuffer> {
  const out = new Float32Array(image.data.length);
  writeInNetworkRange(image, out);
  return out;
}

/**
 * Pixels as the network of a domain with `channels` channels takes them: `toChannels` on white, then `toNetworkRange`, as training
 * images are.
 * @throws ShapeError when the data do not fit the size, or the domain has neither 1 nor 3 channels
 */
export function toFloatImage(raw: RawPixels, channels: number): FloatImage {
  if (channels !== 1 && channels !== 3) {
    throw new ShapeError(`The model's domain has ${channels} channels, which no image file has.`, { remedy: 'Give a tensor [H, W, C] in [−1, 1].' });
  }
  const image = toChannels(raw, channels);
  return { width: image.width, height: image.height, channels, values: toNetworkRange(image) };
}

/**
 * A float image with the channels that a domain has: grey is repeated for colour, colour becomes grey by ITU-R 601.
 * @throws ShapeError when the channels cannot be converted
 */
export function withChannels(image: FloatImage, channels: number): FloatImage {
  checkSize(image.width, image.height);
  if (image.channels === channels) return image;
  const { width, height, values } = image;
  const count = width * height;
  const out = new Float32Array(count * channels);
  if (image.channels === 1 && channels === 3) for (let i = 0; i < out.length; i++) out[i] = values[Math.floor(i / 3)]!;
  else if (image.channels === 3 && channels === 1) {
    for (let i = 0; i < count; i++) out[i] = 0.299 * values[3 * i]! + 0.587 * values[3 * i + 1]! + 0.114 * values[3 * i + 2]!;
  } else throw new ShapeError(`The image has ${image.channels} channels, but the model's domain has ${channels}.`, { remedy: 'Convert it first.' });
  return { width, height, channels, values: out };
}

/**
 * Images of one size and channel count as one batch.
 * @throws ArgumentError when there are none or they differ.
 */
export function toBatch(images: readonly PixelImage[], names: readonly string[] = images.map((_, i) => String(i))): ImageBatch {
  const first = images[0];
  if (first === undefined) throw new ArgumentError('A batch needs at least one image; got none.');
  const { width, height, channels } = first;
  const each = first.data.length;
  const data = new Float32Array(each * images.length);
  images.forEach((image, i) => {
    if (image.width !== width || image.height !== height || image.channels !== channels) {
      throw new ArgumentError(
        `Images of one batch must have one size and channel count; image 0 is ${width}×${height}×${channels}, image ${i} is ${image.width}×${image.height}×${image.channels}.`,
      );
    }
    writeInNetworkRange(image, data, i * each);
  });
  return { shape: [images.length, height, width, channels], data, names };
}

/** round((clamp(x, -1, 1) + 1) · 127.5): the value that a saved image has. NaN becomes 0. */
export function toByte(x: number): number {
  if (!(x > -1)) return 0;
  return x >= 1 ? 255 : Math.round((x + 1) * 127.5);
}

/** `toByte` of each value. A tenth of the time of `Uint8Array.from(values, toByte)`, which is slow in V8: 3 ms and 30 ms at 256 × 256 × 3. */
export function toBytes(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = toByte(values[i]!);
  return bytes;
}

/** The model's output, clamped to [-1, 1], as 8-bit images. Never stretched per image. */
export function fromBatch(batch: Pick<ImageBatch, 'shape' | 'data'>): PixelImage[] {
  const [count, height, width, channels] = batch.shape;
  if (channels !== 1 && channels !== 3) {
    throw new ArgumentError(`An image has 1 or 3 channels; the batch has ${channels}.`);
  }
  const each = height * width * channels;
  if (batch.data.length !== each * count) {
    throw new ArgumentError(`A batch of shape [${batch.shape.join(', ')}] has ${each * count} values; got ${batch.data.length}.`);
  }
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    channels: channels satisfies Channels,
    data: toBytes(batch.data.subarray(i * each, (i + 1) * each)),
  }));
}
