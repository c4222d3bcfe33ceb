/** The wrong answer of an attention check. */
import type { Rng } from '@munit/core';
import type { PixelImage } from '@munit/images';

/** Tiles per side. */
const TILES = 5;
/** Amplitude of the noise, of 255. */
const NOISE = 80;

/** A random order of the tiles in which hardly any stays in its place. */
function disorder(count: number, rng: Rng): number[] {
  for (;;) {
    const order = rng.permutation(count);
    if (order.filter((from, to) => from === to).length <= 1) return order;
  }
}

/**
 * The image with its tiles in disorder, under noise: nobody who looks takes it for the better translation. Sizes stay; a rim of at most
 * four pixels at the right and bottom stays in its place.
 */
export function spoil({ width, height, channels, data }: PixelImage, rng: Rng): PixelImage {
  const [tileWidth, tileHeight] = [Math.floor(width / TILES), Math.floor(height / TILES)];
  const order = disorder(TILES * TILES, rng);
  const spoilt = Uint8ClampedArray.from(data);
  for (const [to, from] of order.entries()) {
    for (let y = 0; y < tileHeight; y++) {
      const source = ((Math.floor(from / TILES) * tileHeight + y) * width + (from % TILES) * tileWidth) * channels;
      const target = ((Math.floor(to / TILES) * tileHeight + y) * width + (to % TILES) * tileWidth) * channels;
      spoilt.set(data.subarray(source, source + tileWidth * channels), target);
    }
  }
  for (let i = 0; i < spoilt.length; i++) spoilt[i] = spoilt[i]! + Math.round((2 * rng.uniform() - 1) * NOISE);
  return { width, height, channels, data: new Uint8Array(spoilt.buffer) };
}
