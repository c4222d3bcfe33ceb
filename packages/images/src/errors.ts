import { DataError, type MunitErrorOptions } from '@munit/core/errors';

/** The most pixels that an image may have: where Pillow suspects a decompression bomb. */
export const MAX_PIXELS = 178_956_970;

/** One image cannot be used. */
export class BrokenImageError extends DataError {
  override readonly name: string = 'BrokenImageError';
  /** What is wrong; continues a sentence after the image's name: "is empty (0 bytes)". */
  readonly reason: string;

  /** @param image path or address; undefined where it has none */
  constructor(image: string | undefined, reason: string, options: MunitErrorOptions = {}) {
    super(`The image ${image === undefined ? '' : `${image} `}${reason}.`, options);
    this.reason = reason;
  }
}

const megapixels = (count: number): string => `${(count / 1e6).toFixed(1)} Mpx`;

/** @throws BrokenImageError when the image has more than `maxPixels` pixels */
export function checkPixels(image: string | undefined, width: number, height: number, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new BrokenImageError(image, `has ${width}×${height} = ${megapixels(width * height)}, more than the limit of ${megapixels(maxPixels)}`);
}
