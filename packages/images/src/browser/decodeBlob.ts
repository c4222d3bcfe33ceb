import { DataError } from '@munit/core/errors';
import { checkOptions } from '@munit/core/options';
import { BrokenImageError, checkPixels, DOWNLOAD_AGAIN, DOWNLOAD_OR_CONVERT, MAX_PIXELS } from '../errors.js';
import type { RawPixels } from '../types.js';
import { pixelsOf } from './canvas.js';

/** How an image file is decoded. */
export interface DecodeBlobOptions {
  /** What the image is called, for errors. */
  readonly name?: string | undefined;
  /** Images with more pixels are refused. Default `MAX_PIXELS`. */
  readonly maxPixels?: number | undefined;
}

/**
 * Decodes an image file in a page or a worker with the browser's own decoders: RGBA, upright by EXIF, colour profiles left alone as in
 * Node. Where alpha is between 0 and 255 the canvas' premultiplication may cost one level.
 * @throws BrokenImageError when the browser cannot decode it, or it has too many pixels; DataError where there is no decoder (Node)
 */
export async function decodeBlob(blob: Blob, options: DecodeBlobOptions = {}): Promise<RawPixels> {
  checkOptions('decodeBlob', options, { name: true, maxPixels: true });
  const { name, maxPixels = MAX_PIXELS } = options;
  if (typeof createImageBitmap !== 'function') {
    throw new DataError('Image files cannot be decoded here.', { remedy: "In Node use '@munit/images/node' or '@munit/infer/node'." });
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image', premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch (cause) {
    if (blob.size === 0) throw new BrokenImageError(name, 'is empty (0 bytes)', { cause, remedy: DOWNLOAD_AGAIN });
    throw new BrokenImageError(name, 'is not an image that this browser can decode', { cause, remedy: DOWNLOAD_OR_CONVERT });
  }
  try {
    checkPixels(name, bitmap.width, bitmap.height, maxPixels);
    return pixelsOf(bitmap);
  } finally {
    bitmap.close();
  }
}
