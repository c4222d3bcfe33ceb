/** Images as they are saved: the translation alone or beside what it was made of, in its own size or enlarged. */
import type { Size } from '@munit/images';
import { draw } from '../../ui/draw.js';
import type { Stage } from './stage.js';
import { words } from '../../words/words.js';

export type Content = 'after' | 'both';
export const types = { png: 'image/png', webp: 'image/webp', jpeg: 'image/jpeg' } as const;
export type Format = keyof typeof types;

/** Shorter sides to enlarge to, besides the size that the model makes. */
const SIDES = [256, 512, 1024, 2048];
const GAP = 8;

/** The sizes that one image can be saved in: as it is, and larger. */
export function sizesOf({ width, height }: Size): Size[] {
  const side = Math.min(width, height);
  return [{ width, height }, ...SIDES.filter((one) => one > side).map((one) => ({ width: Math.round((width * one) / side), height: Math.round((height * one) / side) }))];
}

/** @param size of each image */
export function compose({ before, after }: Stage, content: Content, { width, height }: Size): OffscreenCanvas {
  const shown = content === 'both' ? [before, after] : [after];
  const canvas = new OffscreenCanvas(shown.length * (width + GAP) - GAP, height);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  // What is transparent in the image, and between two, is white: so the network sees it.
  context.fillStyle = '#fff';
  if (content === 'both') context.fillRect(0, 0, canvas.width, height);
  for (const [i, picture] of shown.entries()) {
    const scratch = new OffscreenCanvas(1, 1);
    draw(scratch, picture);
    context.drawImage(scratch, i * (width + GAP), 0, width, height);
  }
  return canvas;
}

/** @throws DOMException where the browser cannot write that format */
export async function encoded(stage: Stage, content: Content, size: Size, format: Format): Promise<Blob> {
  // In its own size the bytes are those of the network, whatever canvases do to colours.
  if (content === 'after' && format !== 'jpeg' && size.width === stage.after.width) return stage.after.toBlob({ type: types[format] });
  const blob = await compose(stage, content, size).convertToBlob({ type: types[format], quality: 0.92 });
  if (blob.type !== types[format]) throw new DOMException(words.peek().save.cannotWrite(format.toUpperCase()), 'NotSupportedError');
  return blob;
}
