/** Images as the metrics take them. */
import type { Picture } from '@munit/infer';
import { type PixelImage, toChannels } from '@munit/images';
import { bitmapOf } from '../image/bitmap.js';
import type { LibraryImage } from '../image/libraryImage.js';

/** As wide and high as a picture beside a figure is shown at most. */
const SHOWN = 96;

/** The bytes of a translation, a copy. */
export const pixelsOf = ({ width, height, data }: Picture): PixelImage => toChannels({ width, height, data: data.slice() }, 3);

/** The middle of a library's image, as a square of `side`; what is transparent is white, as for the network. */
export async function squareOf(image: LibraryImage, side: number): Promise<PixelImage> {
  const bitmap = await bitmapOf(image, side);
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, (side - bitmap.width) / 2, (side - bitmap.height) / 2);
  return toChannels(context.getImageData(0, 0, side, side), 3);
}

/** A translation as it is shown beside figures: small, so that hundreds can be kept. */
export async function shownOf(picture: Picture): Promise<ImageBitmap> {
  const scale = Math.min(1, SHOWN / Math.max(picture.width, picture.height));
  const resized = scale === 1 ? {} : { resizeWidth: Math.max(1, Math.round(picture.width * scale)), resizeHeight: Math.max(1, Math.round(picture.height * scale)), resizeQuality: 'high' as const };
  return createImageBitmap(picture.toImageData(), resized);
}
