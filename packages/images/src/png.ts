import { encode } from 'fast-png';
import type { PixelImage } from './types.js';

/** An image as the bytes of a PNG file (8 bits, grey or RGB); pure JavaScript. */
export function encodePng({ width, height, channels, data }: PixelImage): Uint8Array {
  return encode({ width, height, channels, data, depth: 8 }, { zlib: { level: 3 } });
}
