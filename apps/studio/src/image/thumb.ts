/** Small images for lists: made once from the original, and kept for later visits beside it. */
import { type KeptFile, pack, read, unpack, write } from '../store.js';
import { bitmapOf, shrunk, withDecoded } from './bitmap.js';
import type { LibraryImage } from './libraryImage.js';
import { isOwn, type OwnImage } from './own.js';

const THUMB_SIDE = 96;

/** Of as many as a list shows; each takes some 40 kB. */
const KEPT = 400;
const thumbs = new Map<string, Promise<ImageBitmap>>();

export const thumbEntry = (id: string): string => `thumb ${id}`;

function remember(key: string, thumb: Promise<ImageBitmap>): void {
  thumbs.set(key, thumb);
  thumb.catch(() => thumbs.delete(key));
  for (const [old] of thumbs) if (thumbs.size > KEPT) thumbs.delete(old);
}

/** A thumbnail for an image that is going to be added. */
export const thumbFrom = (whole: ImageBitmap): Promise<ImageBitmap> => shrunk(whole, THUMB_SIDE);

export const setThumb = ({ key }: LibraryImage, thumb: ImageBitmap): void => remember(key, Promise.resolve(thumb));

export function thumbOf(image: LibraryImage): Promise<ImageBitmap> {
  const known = thumbs.get(image.key);
  if (known !== undefined) return known;
  // What is drawn changes all the time, and is small, as samples are.
  const made = isOwn(image) && !(image as OwnImage).drawn ? keptThumb(image) : bitmapOf(image, THUMB_SIDE);
  remember(image.key, made);
  return made;
}

async function keptThumb(image: LibraryImage): Promise<ImageBitmap> {
  const kept = await read<KeptFile>(thumbEntry(image.id));
  if (kept !== undefined) return createImageBitmap(unpack(kept));
  const thumb = await withDecoded(await image.read(), image.name, thumbFrom);
  await keepThumb(image, thumb);
  return thumb;
}

/** Writes an image's thumbnail. */
export async function keepThumb({ id, key }: LibraryImage, made?: ImageBitmap): Promise<void> {
  const thumb = made ?? (await thumbs.get(key));
  if (thumb === undefined) return;
  const canvas = new OffscreenCanvas(thumb.width, thumb.height);
  canvas.getContext('2d')!.drawImage(thumb, 0, 0);
  await write(thumbEntry(id), pack(await canvas.convertToBlob({ type: 'image/png' })));
}
