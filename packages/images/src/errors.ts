import { DataError, type MunitErrorOptions } from '@munit/core/errors';

/** The most pixels that an image may have: where Pillow suspects a decompression bomb. */
export const MAX_PIXELS = 178_956_970;

/** What to do about an image file that is empty. */
export const DOWNLOAD_AGAIN = 'Download the file again.';

/** What to do about an image file that cannot be decoded: it is damaged, or of a format that is not read here. */
export const DOWNLOAD_OR_CONVERT = 'Download the file again or convert it to PNG.';

/** What to do about a file that the system does not give out. */
export const CHECK_THE_FILE = 'Check the path and its permissions.';

/** One image cannot be used; `remedy` says what to do about it where anything helps. */
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
  const scale = Math.sqrt(maxPixels / (width * height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.floor(side * scale)));
  throw new BrokenImageError(image, `has ${width}×${height} = ${megapixels(width * height)}, more than the limit of ${megapixels(maxPixels)}`, {
    remedy: `Scale it to ${across}×${down} or less.`,
  });
}
