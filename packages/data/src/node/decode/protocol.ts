import type { Channels, PairSide, PixelImage, Rgb, Size } from '@munit/images';

/** How images are prepared. */
export interface PrepareOptions {
  /** 1: grey (ITU-R 601 luma); 3: RGB. */
  readonly channels: Channels;
  /** Antialiased bilinear resize of the shorter side, as torchvision's `Resize`; null keeps the size. */
  readonly resize: number | null;
  /** What alpha is composited on. */
  readonly background: Rgb;
  /** Images with more pixels than this are refused, before and after resizing. */
  readonly maxPixels: number;
}

/** A file and, of a side-by-side image, the half. */
export interface FileToDecode {
  /** Path of the file. */
  readonly path: string;
  /** Which half of it; absent for the whole image. */
  readonly side?: PairSide | undefined;
  /** Why it cannot be read, where that is known already: it is refused with this reason. */
  readonly unusable?: string | undefined;
}

/** A decoded file. */
export interface DecodedFile {
  /** Converted, resized and cut as it was asked for. */
  readonly image: PixelImage;
  /** By content: `jpeg`, `png` … */
  readonly format: string;
  /** Its own size, where it is so small that it had to be enlarged several times. */
  readonly enlargedFrom?: Size | undefined;
}

/** What a file turned out to be. */
export interface Inspection {
  /** After EXIF orientation; of the half, for a pair. */
  readonly width: number;
  /** After EXIF orientation. */
  readonly height: number;
  /** `jpeg`, `png`, `webp` … by content, not by name. */
  readonly format: string;
  /** Whether it has grey levels only. */
  readonly grey: boolean;
  /** Whether it has an alpha channel. */
  readonly alpha: boolean;
  /** Whether it was converted from CMYK. */
  readonly cmyk: boolean;
  /** Of the file; what is above 8 bits is cut off. */
  readonly bitsPerChannel: number;
  /** Turned or mirrored by its EXIF orientation. */
  readonly oriented: boolean;
  /** Every pixel the same. */
  readonly blank: boolean;
  /** Size of the file. */
  readonly bytes: number;
  /** SHA-1 of the file: equal files are duplicates. */
  readonly hash: string;
}

/** What a decode process does. */
export interface DecodeCalls {
  /** Decodes an image that is known to be good: shows that the process has started and works. */
  selfTest: { args: undefined; result: undefined };
  decode: { args: { readonly file: FileToDecode; readonly prepare: PrepareOptions }; result: DecodedFile };
  /** Reads an image whole and says what it is. */
  inspect: { args: { readonly file: FileToDecode; readonly maxPixels: number }; result: Inspection };
}
