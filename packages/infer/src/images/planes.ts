/** Images as the networks see them: float32 values in [−1, 1], rows of interleaved channels. */
import { ShapeError } from '@munit/core';

/** An 8-bit picture: rows from top to bottom, pixels from left to right, channels interleaved. // [H, W, C] */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** Grey, RGB, or RGB with straight (not premultiplied) alpha. Default: what the size of `data` says. */
  readonly channels?: 1 | 3 | 4;
  /** `height * width * channels` values in 0..255. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** One image in [−1, 1]. // [H, W, C] */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** float32((v / 255 − 0.5) / 0.5), rounded after each step as the training data is. */
const normalized: Float32Array = Float32Array.from({ length: 256 }, (_, v) => Math.fround(Math.fround(Math.fround(v / 255) - 0.5) / 0.5));

/** ITU-R 601 luma in 16-bit fixed point, as Pillow's `L` and as training reads grey domains. */
const luma = (red: number, green: number, blue: number): number => (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;

/** `value` on white with straight 8-bit alpha, rounded to nearest. */
const onWhite = (value: number, alpha: number): number => Math.floor((value * alpha + 255 * (255 - alpha) + 127) / 255);

/**
 * Pixels to the channels that a network takes: alpha is composited on white, colour becomes grey by ITU-R 601, grey is repeated.
 * @throws ShapeError when `data` does not fit the size, or the network takes neither 1 nor 3 channels
 */
export function planesOfPixels(image: PixelImage, channels: number): Planes {
  const { width, height, data } = image;
  checkSize(width, height);
  const count = width * height;
  const stride = image.channels ?? data.length / count;
  if (![1, 3, 4].includes(stride) || data.length !== count * stride) {
    throw new ShapeError(`An image of ${width}×${height} with ${stride} channels has ${count * stride} values, but its data has ${data.length}.`, {
      remedy: 'Give 1 (grey), 3 (RGB) or 4 (RGBA) values per pixel.',
    });
  }
  if (channels !== 1 && channels !== 3) {
    throw new ShapeError(`The model's domain has ${channels} channels, which no picture has.`, { remedy: 'Give a tensor [H, W, C] in [−1, 1].' });
  }
  const values = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    const at = i * stride;
    let red = data[at]!;
    let green = stride === 1 ? red : data[at + 1]!;
    let blue = stride === 1 ? red : data[at + 2]!;
    if (stride === 4) {
      const alpha = data[at + 3]!;
      red = onWhite(red, alpha);
      green = onWhite(green, alpha);
      blue = onWhite(blue, alpha);
    }
    if (channels === 1) values[i] = normalized[stride === 1 ? red : luma(red, green, blue)]!;
    else {
      values[i * 3] = normalized[red]!;
      values[i * 3 + 1] = normalized[green]!;
      values[i * 3 + 2] = normalized[blue]!;
    }
  }
  return { width, height, channels, values };
}

/**
 * Values in [−1, 1] with the channels that a network takes; grey is repeated for colour, colour becomes grey by ITU-R 601.
 * @throws ShapeError when the channels cannot be converted
 */
export function withChannels(planes: Planes, channels: number): Planes {
  checkSize(planes.width, planes.height);
  if (planes.channels === channels) return planes;
  const { width, height, values } = planes;
  const count = width * height;
  const out = new Float32Array(count * channels);
  if (planes.channels === 1 && channels === 3) for (let i = 0; i < out.length; i++) out[i] = values[Math.floor(i / 3)]!;
  else if (planes.channels === 3 && channels === 1) {
    for (let i = 0; i < count; i++) out[i] = 0.299 * values[3 * i]! + 0.587 * values[3 * i + 1]! + 0.114 * values[3 * i + 2]!;
  } else throw new ShapeError(`The image has ${planes.channels} channels, but the model's domain has ${channels}.`, { remedy: 'Convert it first.' });
  return { width, height, channels, values: out };
}

/** round((clamp(x, −1, 1) + 1) · 127.5); NaN becomes 0. */
export function toByte(x: number): number {
  if (!(x > -1)) return 0;
  return x >= 1 ? 255 : Math.round((x + 1) * 127.5);
}

/** @throws ShapeError for an empty image */
export function checkSize(width: number, height: number): void {
  if (Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0) return;
  throw new ShapeError(`An image must have at least one pixel, but it is ${width}×${height}.`, { remedy: 'Wait until it is loaded, or give another.' });
}
