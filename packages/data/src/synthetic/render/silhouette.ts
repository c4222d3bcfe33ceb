import { ArgumentError } from '@munit/core';
import { outlineOf } from '../outlines.js';
import type { Content } from '../types.js';
import { fillPolygon } from './distanceField.js';

/** One bit per pixel, row by row: 1 inside the shape. */
export interface Mask {
  /** Pixels in a row. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** `width * height` values, each 0 or 1. */
  readonly data: Uint8Array;
}

/** @throws ArgumentError unless the side is a whole number from 16 to 4096. */
export function checkSize(size: number): void {
  if (!Number.isInteger(size) || size < 16 || size > 4096) {
    throw new ArgumentError(`The size of a synthetic picture must be a whole number from 16 to 4096; got ${size}.`);
  }
}

/** The true silhouette: pixels whose centre lies inside the outline. The same for A and B. // [size, size] */
export function silhouetteOf(content: Content, size: number): Mask {
  checkSize(size);
  return { width: size, height: size, data: fillPolygon(outlineOf(content, size), size) };
}
