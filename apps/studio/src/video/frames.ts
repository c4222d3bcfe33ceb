/** Which image is shown when, in a video that goes there and back, so that it can loop. */
import type { Size } from '@munit/images';

export const FRAME_RATE = 30;

/** Encoders take even sides; small images are enlarged, or players show them as stamps. */
const LEAST_SIDE = 256;

export function videoSize({ width, height }: Size): Size {
  const scale = Math.max(1, Math.ceil(LEAST_SIDE / Math.min(width, height)));
  const even = (side: number): number => Math.ceil((side * scale) / 2) * 2;
  return { width: even(width), height: even(height) };
}

/** Indices of images, one for each frame: there in `seconds`, and back without showing either end twice. */
export function frameOrder(pictures: number, seconds: number): number[] {
  const there = Math.max(2, Math.round(seconds * FRAME_RATE));
  const at = (frame: number): number => Math.round((frame / (there - 1)) * (pictures - 1));
  const forward = Array.from({ length: there }, (_, frame) => at(frame));
  return [...forward, ...forward.slice(1, -1).reverse()];
}

export interface Video {
  readonly blob: Blob;
  readonly extension: 'mp4' | 'webm';
}
