import { ArgumentError } from '@munit/core';
import type { PixelImage } from '@munit/images';
import { silhouetteOf } from '../render/silhouette.js';
import type { Mask } from '../render/silhouette.js';
import type { Content } from '../types.js';
import { foregroundOf } from './foreground.js';

/** |p ∩ q| / |p ∪ q| of two masks of one size; 0 when both are empty. @throws ArgumentError when sizes differ. */
export function intersectionOverUnion(p: Mask, q: Mask): number {
  if (p.width !== q.width || p.height !== q.height) {
    throw new ArgumentError(`Masks must be of one size; got ${p.width}×${p.height} and ${q.width}×${q.height}.`);
  }
  let both = 0;
  let either = 0;
  for (let i = 0; i < p.data.length; i++) {
    both += p.data[i]! & q.data[i]!;
    either += p.data[i]! | q.data[i]!;
  }
  return either === 0 ? 0 : both / either;
}

/**
 * Content kept: IoU of the output's own silhouette (`foregroundOf`) with the true one (`silhouetteOf`).
 * Ground-truth renders score ≥ 0.97; a blank picture 0; a copy of the input outline well below 0.6; a filled shape of
 * another content typically 0.3 to 0.7.
 * @throws ArgumentError unless the output is square.
 */
export function contentIoU(output: PixelImage, content: Content): number {
  if (output.width !== output.height) {
    throw new ArgumentError(`A synthetic picture is square; got ${output.width}×${output.height}.`);
  }
  return intersectionOverUnion(foregroundOf(output), silhouetteOf(content, output.width));
}
