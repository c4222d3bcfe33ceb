import { outlineOf } from '../outlines.js';
import type { Content } from '../types.js';
import { distanceField } from './distanceField.js';

/** Depths vary slowly: larger pictures interpolate those of this size, since exact ones cost as many visits as there are segments and pixels. */
const finest = 64;

/** How deep below the outline each pixel's centre lies: 0 outside and at it, 1 where it is farthest away. // [size, size] */
export function depthsOf(content: Content, size: number): Float32Array {
  const side = Math.min(size, finest);
  const distances = distanceField(outlineOf(content, side), side, side / 2);
  const deepest = distances.reduce((least, d) => Math.min(least, d), -1e-6);
  const at = (row: number, column: number): number => distances[row * side + column]! / deepest;
  if (side === size) return distances.map((d) => Math.max(0, d / deepest));
  const places = Array.from({ length: size }, (_, i) => {
    const place = Math.min(side - 1, Math.max(0, ((i + 0.5) * side) / size - 0.5));
    const low = Math.min(Math.floor(place), side - 2);
    return { low, share: place - low };
  });
  const result = new Float32Array(size * size);
  places.forEach((row, i) => {
    places.forEach((column, j) => {
      const top = at(row.low, column.low) * (1 - column.share) + at(row.low, column.low + 1) * column.share;
      const bottom = at(row.low + 1, column.low) * (1 - column.share) + at(row.low + 1, column.low + 1) * column.share;
      result[i * size + j] = Math.max(0, top * (1 - row.share) + bottom * row.share);
    });
  });
  return result;
}
