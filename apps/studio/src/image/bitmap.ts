/** Images as the network takes them: decoded, upright, scaled; the last few are kept. */
import { DataError } from '@munit/core';
import type { LibraryImage } from './library.js';
import { scaledTo } from './size.js';
import { decodeSvg, isSvg } from './svg.js';

const KEPT = 24;
const bitmaps = new Map<string, Promise<ImageBitmap>>();

/** @throws DataError when the file is not an image that this browser reads */
export async function decodePicture(blob: Blob, name: string): Promise<ImageBitmap> {
  try {
    return await (isSvg(blob, name) ? decodeSvg(blob) : createImageBitmap(blob, { imageOrientation: 'from-image', colorSpaceConversion: 'none' }));
  } catch (cause) {
    throw new DataError(`${name} is not an image that this browser can read.`, { cause, remedy: 'Use a JPEG, PNG, WebP, AVIF or SVG file.' });
  }
}

/** The image with its shorter side of `side` pixels. The bitmap stays ours: do not close it. */
export function bitmapOf(image: LibraryImage, side: number): Promise<ImageBitmap> {
  const key = `${side} ${image.key}`;
  const kept = bitmaps.get(key);
  if (kept !== undefined) {
    bitmaps.delete(key);
    bitmaps.set(key, kept);
    return kept;
  }
  const made = load(image, side);
  bitmaps.set(key, made);
  made.catch(() => bitmaps.delete(key));
  for (const [old] of bitmaps) if (bitmaps.size > KEPT) bitmaps.delete(old);
  return made;
}

async function load(image: LibraryImage, side: number): Promise<ImageBitmap> {
  const whole = await decodePicture(await image.read(), image.name);
  const { width, height } = scaledTo(whole, side);
  if (width === whole.width && height === whole.height) return whole;
  try {
    return await createImageBitmap(whole, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  } finally {
    whole.close();
  }
}
