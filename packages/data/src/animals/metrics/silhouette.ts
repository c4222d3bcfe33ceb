import type { PixelImage } from '@munit/images';
import { asRgb } from '../../synthetic/metrics/foreground.js';
import type { Mask } from '../../synthetic/render/silhouette.js';

/** A pixel is paper when no channel is darker than white by more than this. The lightest part of a drawing, wool, is darker by 59. */
const paperTolerance = 36;

/**
 * The silhouette of an animal on white paper: all pixels that white pixels do not connect, over edges, to the picture's border.
 * White muzzles and teeth therefore belong to it, and so does the inside of a line drawing, if its outline is closed.
 */
export function animalSilhouette(image: PixelImage): Mask {
  const { width, height, data } = asRgb(image);
  const paper = (p: number): boolean => Math.min(data[3 * p]!, data[3 * p + 1]!, data[3 * p + 2]!) >= 255 - paperTolerance;
  const mask = new Uint8Array(width * height).fill(1);
  const queue: number[] = [];
  const visit = (p: number): void => {
    if (mask[p] === 0 || !paper(p)) return;
    mask[p] = 0;
    queue.push(p);
  };
  for (let x = 0; x < width; x++) {
    visit(x);
    visit((height - 1) * width + x);
  }
  for (let y = 0; y < height; y++) {
    visit(y * width);
    visit(y * width + width - 1);
  }
  for (let p = queue.pop(); p !== undefined; p = queue.pop()) {
    const x = p % width;
    if (x > 0) visit(p - 1);
    if (x < width - 1) visit(p + 1);
    if (p >= width) visit(p - width);
    if (p < width * (height - 1)) visit(p + width);
  }
  return { width, height, data: mask };
}
