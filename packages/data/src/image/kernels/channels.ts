// Loops without checks and without other packages: they also run in the decode processes, which load nothing else.
import type { Channels, PixelImage, Rgb } from '../types.js';

/** What a decoder gives: 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) interleaved 8-bit channels. */
export interface RawPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** ITU-R 601 luma in 16-bit fixed point: equal to Pillow's `convert('L')`. */
export function lumaOf(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

/** `value` over `under` with straight (not premultiplied) 8-bit alpha, rounded to nearest. */
function over(value: number, alpha: number, under: number): number {
  return Math.floor((value * alpha + under * (255 - alpha) + 127) / 255);
}

export function convertChannels(raw: RawPixels, channels: Channels, background: Rgb): PixelImage {
  const { width, height, data } = raw;
  if (raw.channels === channels) {
    return { width, height, channels, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  }
  const count = width * height;
  const stride = raw.channels;
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
