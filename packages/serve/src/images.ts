/** Images on their way in and out. */
import { BrokenImageError, checkPixels } from '@munit/images';
import { encodeImage, type ImageType, loadSharp } from '@munit/images/node';
import type { Picture } from '@munit/infer';
import type { OutputFormat } from './fields.js';
import { HttpError } from './statuses.js';

/** By content. What else sharp reads can refer to other files, or is huge for its size. */
const readFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif'];

/**
 * Checks an uploaded image by its head, before it takes a place in the queue; its pixels are decoded by a worker.
 * @throws HttpError (400, 413, 415) for something that is not an image, of another format, or too large
 */
export async function checkUpload(bytes: Uint8Array, field: string, maxPixels: number): Promise<Blob> {
  if (bytes.length === 0) throw new HttpError(400, 'DATA', `The field '${field}' holds no image.`);
  const sharp = await loadSharp();
  const metadata = await sharp(bytes, { limitInputPixels: false }).metadata().catch(() => undefined);
  if (metadata === undefined || !readFormats.includes(metadata.format)) {
    throw new HttpError(415, 'DATA', `The ${field} is not an image that is read here. Send PNG, JPEG, WebP, GIF, TIFF or AVIF.`);
  }
  try {
    checkPixels(field, metadata.width, metadata.height, maxPixels);
  } catch (error) {
    if (error instanceof BrokenImageError) throw new HttpError(413, 'DATA', error.message);
    throw error;
  }
  return new Blob([new Uint8Array(bytes)]);
}

/** The media type of a format. */
export const mediaTypes: Readonly<Record<OutputFormat, ImageType>> = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' };

/** A picture as a file. */
export const encode = (picture: Picture, format: OutputFormat): Promise<Uint8Array<ArrayBuffer>> => encodeImage(picture, mediaTypes[format]);
