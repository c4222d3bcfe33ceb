import { ShapeError } from '@munit/core/errors';
import type { Channels, PixelImage, RawPixels, Rgb } from './types.js';

/** What alpha is composited on by default: white, as paper. */
export const whiteBackground: Rgb = [255, 255, 255];

/** ITU-R 601 luma in 16-bit fixed point: equal to Pillow's `convert('L')`. */
export function lumaOf(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

/** `value` over `under` with straight (not premultiplied) 8-bit alpha, rounded to nearest. */
function over(value: number, alpha: number, under: number): number {
  return Math.floor((value * alpha + under * (255 - alpha) + 127) / 255);
}

/** @throws ShapeError for an empty image */
export function checkSize(width: number, height: number): void {
  if (Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0) return;
  throw new ShapeError(`An image must have at least one pixel; got ${width}×${height}.`, { remedy: 'Wait until it is loaded, or use another image.' });
}

/** Channels of `raw`. @throws ShapeError when its data do not fit its size */
function strideOf({ width, height, channels, data }: RawPixels): number {
  checkSize(width, height);
  const count = width * height;
  const stride = channels ?? data.length / count;
  if ([1, 2, 3, 4].includes(stride) && data.length === count * stride) return stride;
  throw new ShapeError(`An image of ${width}×${height} with ${stride} channels has ${count * stride} values; got ${data.length} values.`, {
    remedy: 'Give 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA) values per pixel.',
  });
}

/**
 * Composites alpha on `background` and converts to 1 or 3 channels: grey by ITU-R 601 luma after compositing, as Pillow's
 * `convert('L')`; colour from grey by repetition. Where nothing changes, the result shares memory with `raw`.
 * @throws ShapeError when the data do not fit the size
 */
export function toChannels(raw: RawPixels, channels: Channels, background: Rgb = whiteBackground): PixelImage {
  const { width, height, data } = raw;
  const stride = strideOf(raw);
  if (stride === channels) return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  const count = width * height;
  const hasColour = stride >= 3;
  const hasAlpha = stride === 2 || stride === 4;
  const [backRed, backGreen, backBlue] = background;
  const out = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) {
    const at = i * stride;
    let red = data[at]!;
    let green = hasColour ? data[at + 1]! : red;
    let blue = hasColour ? data[at + 2]! : red;
    if (hasAlpha) {
      const alpha = data[at + stride - 1]!;
      red = over(red, alpha, backRed);
      green = over(green, alpha, backGreen);
      blue = over(blue, alpha, backBlue);
    }
    if (channels === 1) {
      out[i] = hasColour || hasAlpha ? lumaOf(red, green, blue) : red;
    } else {
      out[i * 3] = red;
      out[i * 3 + 1] = green;
      out[i * 3 + 2] = blue;
    }
  }
  return { width, height, channels, data: out };
}
