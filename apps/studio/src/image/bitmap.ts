/** Images as the network takes them: decoded, upright, scaled; the last few are kept. */
import { DataError } from '@munit/core';
import type { LibraryImage } from './libraryImage.js';
import { scaledTo } from './size.js';
import { decodeSvg, isSvg } from './svg.js';
import { words } from '../words/words.js';

const KEPT = 24;
const bitmaps = new Map<string, Promise<ImageBitmap>>();

/** A photograph of 24 megapixels takes 96 MB while it is decoded: one at a time. */
let decoding: Promise<unknown> = Promise.resolve();

/** Decodes an image and gives it to `use`, after which it is gone. @throws DataError when the file is not an image that this browser reads */
export function withDecoded<T>(blob: Blob, name: string, use: (whole: ImageBitmap) => T | Promise<T>): Promise<T> {
  const turn = decoding.then(async () => {
    const whole = await decodePicture(blob, name);
    try {
      return await use(whole);
    } finally {
      whole.close();
    }
  });
  decoding = turn.catch(() => undefined);
  return turn;
}

/** The caller closes it. @throws DataError as `withDecoded` */
export async function decodePicture(blob: Blob, name: string): Promise<ImageBitmap> {
  try {
    return await (isSvg(blob, name) ? decodeSvg(blob) : createImageBitmap(blob, { imageOrientation: 'from-image', colorSpaceConversion: 'none' }));
  } catch (cause) {
    throw new DataError(words.peek().image.unreadable(name), { cause, remedy: words.peek().image.unreadableRemedy });
  }
}

/** A smaller copy of an image: its shorter side has `side` pixels. */
export function shrunk(whole: ImageBitmap, side: number): Promise<ImageBitmap> {
  const { width, height } = scaledTo(whole, side);
  if (width === whole.width && height === whole.height) return createImageBitmap(whole);
  return createImageBitmap(whole, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
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
  const made = image.read().then((blob) => withDecoded(blob, image.name, (whole) => shrunk(whole, side)));
  bitmaps.set(key, made);
  made.catch(() => bitmaps.delete(key));
  for (const [old] of bitmaps) if (bitmaps.size > KEPT) bitmaps.delete(old);
  return made;
}
