import type { PairSide, Size } from '../../image/kernels/crop.js';
import type { Channels, PixelImage, Rgb } from '../../image/types.js';

/** How pictures are made ready. */
export interface PrepareOptions {
  /** 1: grey (ITU-R 601 luma); 3: RGB. */
  readonly channels: Channels;
  /** Antialiased bilinear resize of the shorter side, as torchvision's `Resize`; null keeps the size. */
  readonly resize: number | null;
  /** What alpha is composited on. */
  readonly background: Rgb;
  /** Pictures with more pixels than this are refused, before and after resizing. */
  readonly maxPixels: number;
}

export interface DecodeRequest {
  readonly kind: 'decode';
  readonly id: number;
  readonly path: string;
  readonly side?: PairSide | undefined;
  readonly prepare: PrepareOptions;
}

/** Reads a picture whole and says what it is. */
export interface InspectRequest {
  readonly kind: 'inspect';
  readonly id: number;
  readonly path: string;
  readonly side?: PairSide | undefined;
  readonly maxPixels: number;
}

export type Request = DecodeRequest | InspectRequest;

/** What a file turned out to be. */
export interface Inspection {
  /** After EXIF orientation; of the half, for a pair. */
  readonly width: number;
  readonly height: number;
  /** `jpeg`, `png`, `webp` … by content, not by name. */
  readonly format: string;
  readonly grey: boolean;
  readonly alpha: boolean;
  readonly cmyk: boolean;
  readonly bitsPerChannel: number;
  /** Turned or mirrored by its EXIF orientation. */
  readonly oriented: boolean;
  /** Every pixel the same. */
  readonly blank: boolean;
  readonly bytes: number;
  /** SHA-1 of the file: equal files are duplicates. */
  readonly hash: string;
}

export type Reply =
  | { readonly id: number; readonly kind: 'image'; readonly image: PixelImage; readonly format: string; readonly enlargedFrom?: Size }
  | { readonly id: number; readonly kind: 'inspection'; readonly inspection: Inspection }
  /** This one picture cannot be used. */
  | { readonly id: number; readonly kind: 'broken'; readonly reason: string }
  /** No picture can be decoded at all: sharp is missing. */
  | { readonly id: number; readonly kind: 'unavailable'; readonly reason: string };
