/// <reference lib="esnext.disposable" preserve="true" />
/** What a translator takes and gives, in this thread or in a worker. */
import type { DeviceReport, Domain, PerDomain } from '@munit/core';
import type { DomainInfo, GeneratorsArchitecture } from '@munit/formats';
import type { Size } from '@munit/images';
import type { Picture } from '../images/picture.js';
import type { ImageInput } from '../images/read.js';
import type { TranslationEstimate } from '../networks/estimate.js';
import type { InterpolationMode, StyleCode } from '../styles.js';

/** How far `translate`, `decode` and `interpolate` are. `band` comes of images that do not fit at once: `done` of `total` bands of all passes over the image. */
export type TranslateProgress =
  | { readonly kind: 'band'; readonly image: number; readonly images: number; readonly done: number; readonly total: number }
  | { readonly kind: 'encoded'; readonly image: number; readonly images: number }
  | { readonly kind: 'decoded'; readonly image: number; readonly images: number; readonly style: number; readonly styles: number };

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ProgressOptions extends RunOptions {
  readonly onProgress?: ((progress: TranslateProgress) => void) | undefined;
}

/** Which one style: at most one of `style` and `example`; otherwise a random one. */
export interface OneStyle extends ProgressOptions {
  /** DomainInfo of the output. Default: `b` for `translate`, the other one for `decode`. */
  readonly to?: Domain | undefined;
  readonly style?: StyleCode | undefined;
  /** An image of the output's domain whose style is taken. */
  readonly example?: ImageInput | undefined;
  readonly styles?: undefined;
  /** Of random styles: the same seed gives the same ones. Default: another one each time. */
  readonly seed?: number | undefined;
  /** Random styles are the same for all images of the call (the frames of a video). Default false: each has its own. */
  readonly synchronized?: boolean | undefined;
}

/** Which several styles. */
export interface ManyStyles extends Omit<OneStyle, 'style' | 'example' | 'styles'> {
  /** How many random ones, or these. */
  readonly styles: number | readonly StyleCode[];
  readonly style?: undefined;
  readonly example?: undefined;
}

export type TranslateOptions = OneStyle | ManyStyles;

export interface InterpolateOptions extends ProgressOptions {
  readonly to?: Domain | undefined;
  /** The first style. Default: random. */
  readonly start?: StyleCode | undefined;
  /** The last style. Default: random. */
  readonly end?: StyleCode | undefined;
  /** How many pictures, both ends included. Default 8. */
  readonly count?: number | undefined;
  /** Default `slerp`, which keeps the length that random codes have. */
  readonly mode?: InterpolationMode | undefined;
  readonly seed?: number | undefined;
}

/** The content of one image, encoded; dispose of it when no more styles follow. */
export interface ContentCode {
  /** Whose encoder made it. */
  readonly domain: Domain;
  /** Of the image, and so of what is decoded from it. */
  readonly width: number;
  readonly height: number;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What a translator is. */
export interface TranslatorInfo {
  readonly architecture: GeneratorsArchitecture;
  readonly domains: PerDomain<DomainInfo>;
  readonly device: DeviceReport;
}

/** One interface for a translator in this thread and for one in a worker. `P` is the picture that it gives. */
export interface TranslatorApi<P extends Picture = Picture> extends TranslatorInfo {
  /** Length of the model's style codes; 0 for UNIT, which has none. */
  readonly styleDim: number;
  translate(image: ImageInput, options?: OneStyle): Promise<P>;
  translate(image: ImageInput, options: ManyStyles): Promise<P[]>;
  translate(images: readonly ImageInput[], options?: OneStyle): Promise<P[]>;
  translate(images: readonly ImageInput[], options: ManyStyles): Promise<P[][]>;
  encode(image: ImageInput, options?: RunOptions & { readonly from?: Domain }): Promise<ContentCode>;
  decode(content: ContentCode, options?: OneStyle): Promise<P>;
  decode(content: ContentCode, options: ManyStyles): Promise<P[]>;
  reconstruct(image: ImageInput, options?: RunOptions & { readonly domain?: Domain }): Promise<P>;
  interpolate(image: ImageInput, options?: InterpolateOptions): Promise<P[]>;
  styleOf(example: ImageInput, options?: RunOptions & { readonly domain?: Domain }): Promise<Float32Array>;
  sampleStyles(count: number, seed?: number): Float32Array[];
  estimateTranslation(size: Size): TranslationEstimate;
  recover(): Promise<void>;
  dispose(): void;
  [Symbol.dispose](): void;
}
