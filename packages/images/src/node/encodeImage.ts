import { ArgumentError } from '@munit/core/errors';
import { toChannels } from '../channels.js';
import type { RawPixels } from '../types.js';
import { loadSharp } from './sharp.js';

/** Image types that are written. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/webp';

const types: Readonly<Record<string, ImageType>> = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.webp': 'image/webp' };

/** The image type of a file name. @throws ArgumentError for a name that ends in none of .png, .jpg, .jpeg, .webp */
export function imageTypeOf(name: string): ImageType {
  const type = types[/\.\w+$/.exec(name)?.[0].toLowerCase() ?? ''];
  if (type !== undefined) return type;
  throw new ArgumentError(`The name '${name}' does not say which image type to write.`, { remedy: `Let it end in ${Object.keys(types).join(', ')}.` });
}

/**
 * The bytes of an image file, by sharp.
 * @param quality 0 to 1, for JPEG and WebP
 * @throws ShapeError when the data do not fit the size; DataError without sharp
 */
export async function encodeImage(image: RawPixels, type: ImageType, quality = 0.92): Promise<Uint8Array<ArrayBuffer>> {
  const sharp = await loadSharp();
  const { width, height, channels, data } = toChannels(image, image.channels === 1 ? 1 : 3);
  const raw = sharp(data, { raw: { width, height, channels } });
  const coloured = channels === 1 ? raw.toColourspace('b-w') : raw;
  const percent = Math.max(1, Math.round(quality * 100));
  const encoded = type === 'image/jpeg' ? coloured.jpeg({ quality: percent }) : type === 'image/webp' ? coloured.webp({ quality: percent }) : coloured.png();
  return new Uint8Array(await encoded.toBuffer());
}
