import { encode } from 'fast-png';
import type { PixelImage } from '@munit/data';

/** The picture as a PNG file of 8 bits per channel, lossless. */
export function encodePng({ width, height, channels, data }: PixelImage): Uint8Array {
  return encode({ width, height, channels, depth: 8, data });
}
