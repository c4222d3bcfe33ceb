import { checkOptions } from '@munit/core/options';
import type { Metadata } from 'sharp';
import { BrokenImageError, checkPixels, DOWNLOAD_AGAIN, DOWNLOAD_OR_CONVERT, MAX_PIXELS } from '../errors.js';
import { fileKindOf } from '../fileKind.js';
import type { RawPixels } from '../types.js';
import { loadSharp } from './sharp.js';

/** How an image file is decoded. */
export interface DecodeImageOptions {
  /** Path or address, for errors. */
  readonly name?: string | undefined;
  /** Images with more pixels are refused before they are decoded. Default `MAX_PIXELS`. */
  readonly maxPixels?: number | undefined;
  /** Seconds that decoding may take, rounded up to whole ones. Default 60. */
  readonly timeoutSeconds?: number | undefined;
}

/** Decoded pixels, and what the file was. */
export interface DecodedImage {
  /** Upright, 8 bits per channel, with alpha where the file has it. */
  readonly pixels: RawPixels;
  /** `jpeg`, `png`, `webp` … by content, not by name. */
  readonly format: string;
  /** Whether the file has grey levels only. */
  readonly grey: boolean;
  /** Whether it has an alpha channel. */
  readonly alpha: boolean;
  /** Whether it was converted from CMYK. */
  readonly cmyk: boolean;
  /** Of the file; what is above 8 bits is cut off. */
  readonly bitsPerChannel: number;
  /** Whether EXIF turned or mirrored it. */
  readonly oriented: boolean;
}

/** The reason of an image whose decoder does not come to an end. */
export const tooLong = (seconds: number): string => `takes longer than ${seconds} s to decode`;

/** What to do about one. */
export const SAVE_AGAIN = 'Open it in an image editor and save it as a plain PNG or JPEG of a smaller size.';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();

/** sharp's name for a format that this package reads: AVIF images are HEIF files. */
const isRead = (format: string): boolean => ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif'].includes(format);

/**
 * By their content, only the formats that are listed reach the decoder: it knows others (SVG, PDF) in which a few bytes can ask for hours of work.
 * @throws BrokenImageError
 */
function requireImage(bytes: Uint8Array, name: string | undefined): void {
  if (bytes.length === 0) throw new BrokenImageError(name, 'is empty (0 bytes)', { remedy: DOWNLOAD_AGAIN });
  const kind = fileKindOf(bytes);
  if (kind?.format !== undefined) return;
  if (kind === undefined) throw new BrokenImageError(name, 'is not an image that can be decoded (its format is unknown)', { remedy: DOWNLOAD_OR_CONVERT });
  // Lists of broken images quote the reason alone, so this one says itself what to do.
  throw new BrokenImageError(name, `is ${kind.what}, which is not read; ${kind.advice}`, { remedy: 'Images are JPEG, PNG, WebP, TIFF, GIF or AVIF files.' });
}

/** Bits per channel of the types whose range is known; a float may be meant from 0 to 1, or to anything else. */
const bits: Readonly<Record<string, number>> = { uchar: 8, char: 8, ushort: 16, short: 16 };

/**
 * Decodes an image file by sharp: 8-bit pixels, upright by EXIF. 16-bit channels keep their upper 8 bits; of an animation the first
 * frame; CMYK becomes sRGB through its profile (or a standard one). Other embedded profiles are not applied, as in the published loader.
 * @throws BrokenImageError when the bytes are not an image of a listed format, are damaged, have too many pixels, or take too long; DataError
 * without sharp
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): Promise<DecodedImage> {
  checkOptions('decodeImage', options, { name: true, maxPixels: true, timeoutSeconds: true });
  const { name, maxPixels = MAX_PIXELS, timeoutSeconds = 60 } = options;
  const sharp = await loadSharp();
  requireImage(bytes, name);
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new BrokenImageError(name, `is not an image that can be decoded (${reasonOf(cause)})`, { cause, remedy: DOWNLOAD_OR_CONVERT });
  }
  if (!isRead(metadata.format)) throw new BrokenImageError(name, `is not an image that can be decoded (its format is ${metadata.format})`, { remedy: DOWNLOAD_OR_CONVERT });
  checkPixels(name, metadata.width, metadata.height, maxPixels);
  const bitsPerChannel = bits[metadata.depth];
  if (bitsPerChannel === undefined) {
    throw new BrokenImageError(name, `has channels of type ${metadata.depth}, whose black and white are not known`, { remedy: 'Scale its values to 8 or 16 bits per channel and save it again.' });
  }
  const cmyk = metadata.space === 'cmyk';
  try {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: false, ignoreIcc: !cmyk }).autoOrient().toColourspace('srgb').timeout({ seconds: Math.ceil(timeoutSeconds) });
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return {
      pixels: { width: info.width, height: info.height, channels: info.channels, data },
      format: metadata.format,
      grey: metadata.space === 'b-w' || metadata.space === 'grey16',
      alpha: metadata.hasAlpha,
      cmyk,
      bitsPerChannel,
      oriented: (metadata.orientation ?? 1) !== 1,
    };
  } catch (cause) {
    if (/^timeout\b/i.test(reasonOf(cause))) throw new BrokenImageError(name, tooLong(timeoutSeconds), { cause, remedy: SAVE_AGAIN });
    throw new BrokenImageError(name, `is truncated or damaged (${reasonOf(cause)})`, { cause, remedy: DOWNLOAD_OR_CONVERT });
  }
}
