import type { PixelImage } from '@munit/images';
import { outlineOf } from '../outlines.js';
import type { Content } from '../types.js';
import { distanceField } from './distanceField.js';
import { checkSize } from './silhouette.js';

/** Dark ink on white paper. */
const ink = 22;
const paper = 255;

/** Width of the stroke in pixels; at least 1.5 so that it stays closed in small pictures. */
export function strokeWidth(size: number): number {
  return Math.max(1.5, 0.042 * size);
}

/** How much of a pixel lies inside an edge at signed distance d (negative inside). */
export function coverage(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance));
}

/**
 * A: the outline of `content`, a dark stroke on white. The stroke lies inside the silhouette (its outer edge is the
 * silhouette's edge), so that A and B of one content cover the same pixels.
 * @returns uint8 RGB // [size, size, 3]
 * @throws ArgumentError unless `size` is a whole number from 16 to 4096.
 */
export function renderA(content: Content, size: number): PixelImage {
  checkSize(size);
  const width = strokeWidth(size);
  const distances = distanceField(outlineOf(content, size), size, width + 1);
  const data = new Uint8Array(size * size * 3);
  for (let p = 0; p < distances.length; p++) {
    const d = distances[p]!;
    const share = coverage(d) - coverage(d + width);
    const value = Math.round(paper + share * (ink - paper));
    data[3 * p] = value;
    data[3 * p + 1] = value;
    data[3 * p + 2] = value;
  }
  return { width: size, height: size, channels: 3, data };
}
