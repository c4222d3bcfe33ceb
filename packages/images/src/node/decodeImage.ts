import type { Metadata } from 'sharp';
import { BrokenImageError, checkPixels, DOWNLOAD_AGAIN, DOWNLOAD_OR_CONVERT, MAX_PIXELS } from '../errors.js';
import type { RawPixels } from '../types.js';
import { loadSharp } from './sharp.js';

/** How an image file is decoded. */
export interface DecodeImageOptions {
  /** Path or address, for errors. */
  readonly name?: string | undefined;
  /** Images with more pixels are refused before they are decoded. Default `MAX_PIXELS`. */
  readonly maxPixels?: number | undefined;
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

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();

/** Image formats that data sets hold and sharp's ready-made builds do not read. */
function unreadFormat(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 2));
  if (start === 'BM') return 'BMP';
  return /^P[1-7]$/.test(start) ? 'PNM' : undefined;
}

const bits: Readonly<Record<string, number>> = { uchar: 8, char: 8, ushort: 16, short: 16, uint: 32, int: 32, float: 32, double: 64 };

/**
 * Decodes an image file by sharp: 8-bit pixels, upright by EXIF. 16-bit channels keep their upper 8 bits; of an animation the first
 * frame; CMYK becomes sRGB through its profile (or a standard one). Other embedded profiles are not applied, as in the published loader.
 * @throws BrokenImageError when the bytes are not an image that sharp can decode, or it has too many pixels; DataError without sharp
 */
export async function decodeImage(bytes: Uint8Array, { name, maxPixels = MAX_PIXELS }: DecodeImageOptions = {}): Promise<DecodedImage> {
  const sharp = await loadSharp();
  if (bytes.length === 0) throw new BrokenImageError(name, 'is empty (0 bytes)', { remedy: DOWNLOAD_AGAIN });
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (cause) {
    const format = unreadFormat(bytes);
    if (format === undefined) throw new BrokenImageError(name, `is not an image that can be decoded (${reasonOf(cause)})`, { cause, remedy: DOWNLOAD_OR_CONVERT });
    // Lists of broken images quote the reason alone, so this one says itself what to do.
    throw new BrokenImageError(name, `is a ${format} file, which sharp does not read; convert it to PNG`, { cause });
  }
  checkPixels(name, metadata.width, metadata.height, maxPixels);
  const cmyk = metadata.space === 'cmyk';
  try {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: false, ignoreIcc: !cmyk }).autoOrient().toColourspace('srgb');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return {
      pixels: { width: info.width, height: info.height, channels: info.channels, data },
      format: metadata.format,
      grey: metadata.space === 'b-w' || metadata.space === 'grey16',
      alpha: metadata.hasAlpha,
      cmyk,
      bitsPerChannel: bits[metadata.depth] ?? 8,
      oriented: (metadata.orientation ?? 1) !== 1,
    };
  } catch (cause) {
    throw new BrokenImageError(name, `is truncated or damaged (${reasonOf(cause)})`, { cause, remedy: DOWNLOAD_OR_CONVERT });
  }
}
