import { type PixelImage, resizeBilinear, toChannels } from '@munit/images';

/** Columns and rows of comparisons. */
const side = 8;

/** The difference hash of an image: of each of 8×8 pixels, whether the one to its right is brighter. 64 numbers, each 0 or 1. */
export function differenceHash(image: PixelImage): Uint8Array {
  const { data } = resizeBilinear(toChannels(image, 1), side + 1, side);
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const p = Math.floor(i / side) * (side + 1) + (i % side);
    return data[p + 1]! > data[p]! ? 1 : 0;
  });
}

/** How many comparisons two images differ in, 0 to 64. */
export function hashDistance(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((sum, bit, i) => sum + (bit ^ other[i]!), 0);
}
