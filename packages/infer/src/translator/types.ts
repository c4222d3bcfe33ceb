/// <reference lib="esnext.disposable" preserve="true" />
/** What a translator takes and gives, in this thread or in a worker. */
import type { DeviceMemory, DeviceReport, Domain, PerDomain } from '@munit/core';
import type { DomainInfo, GeneratorsArchitecture } from '@munit/formats';
import type { Size } from '@munit/images';
import type { ModelAbout } from '../about.js';
import type { Picture } from '../images/picture.js';
import type { ImageInput } from '../images/read.js';
import type { TranslationEstimate } from '../networks/estimate.js';
import type { InterpolationMode, StyleCode } from '../styles.js';

/** How far `translate`, `decode` and `interpolate` are. `band` comes of images that do not fit at once: `done` of `total` bands of all passes over the image. */
export type TranslateProgress =
  | { readonly kind: 'band'; readonly image: number; readonly images: number; readonly done: number; readonly total: number }
  | { readonly kind: 'encoded'; readonly image: number; readonly images: number }
  | { readonly kind: 'decoded'; readonly image: number; readonly images: number; readonly style: number; readonly styles: number };

/** Options of every call. */
export interface RunOptions {
  /** Stops the call with an `AbortedError`, between two bands or two images at the latest. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of calls that report their progress. */
export interface ProgressOptions extends RunOptions {
  /** Called after each band, each encoded image and each decoded picture. */
  readonly onProgress?: ((progress: TranslateProgress) => void) | undefined;
}

/** Which one style: at most one of `style` and `example`; otherwise a random one. */
export interface OneStyle extends ProgressOptions {
  /** Domain of the output. Default: `b` for `translate`, the other one for `decode`. */
  readonly to?: Domain | undefined;
  readonly style?: StyleCode | undefined;
  /** An image of the output's domain whose style is taken. */
  readonly example?: ImageInput | undefined;
  /** Absent: this asks for one picture per image. */
  readonly styles?: undefined;
  /** Of random styles: the same seed gives the same ones. Default: another one each time. */
  readonly seed?: number | undefined;
  /** Random styles are the same for all images of the call (the frames of a video). Default false: each has its own. */
  readonly synchronized?: boolean | undefined;
}

/** Which styles, when several pictures per image are wanted. */
export interface ManyStyles extends Omit<OneStyle, 'style' | 'example' | 'styles'> {
  /** The number of random styles, or the style codes themselves. */
  readonly styles: number | readonly StyleCode[];
  /** Absent: give style codes in `styles`. */
  readonly style?: undefined;
  /** Absent: encode examples with `styleOf` and give their codes in `styles`. */
  readonly example?: undefined;
}

/** One style per image, or several. */
export type TranslateOptions = OneStyle | ManyStyles;

/** The two ends of an interpolation, and the steps between them. */
export interface InterpolateOptions extends ProgressOptions {
  /** Domain of the output. Default `b`. */
  readonly to?: Domain | undefined;
  /** The first style. Default: random. */
  readonly start?: StyleCode | undefined;
  /** The last style. Default: random. */
  readonly end?: StyleCode | undefined;
  /** How many pictures, both ends included. Default 8. */
  readonly count?: number | undefined;
  /** Default `slerp`, which keeps the length that random codes have. */
  readonly mode?: InterpolationMode | undefined;
  /** Of random ends. Default: another one each time. */
  readonly seed?: number | undefined;
}

/** The content of one image, encoded; dispose of it when no more styles follow. */
export interface ContentCode {
  /** The domain whose encoder made it. */
  readonly domain: Domain;
  /** Width of the image in pixels, and so of what is decoded from it. */
  readonly width: number;
  /** Height of the image in pixels, and so of what is decoded from it. */
  readonly height: number;
  /** Frees its memory. Calling it twice does no harm. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What a translator is. */
export interface TranslatorInfo {
  /** The structure of the generators of both domains. */
  readonly architecture: GeneratorsArchitecture;
  /** What each domain is called. */
  readonly domains: PerDomain<DomainInfo>;
  /** Which device was taken and why the better ones were not. */
  readonly device: DeviceReport;
  /** What the model says of itself: its training, its scores, its licence. */
  readonly about: ModelAbout;
  /** Bytes of the weights of both generators. */
  readonly weightBytes: number;
}

/** What a translator's device holds, and which device that is: another one than at first when that was lost. */
export interface TranslatorMemory extends DeviceMemory {
  /** The device in use now. */
  readonly device: DeviceReport;
}

/** One interface for a translator in this thread and for one in a worker. `P` is the picture that it gives. */
export interface TranslatorApi<P extends Picture = Picture> extends TranslatorInfo {
  /** Length of the model's style codes; 0 for UNIT and CycleGAN, which have none. */
  readonly styleDim: number;
  /** What kind of model it is, in prose: MUNIT, UNIT, CycleGAN, BicycleGAN. */
  readonly kind: string;
  /** Whether the model has a translation into images of `to`. */
  makes(to: Domain): boolean;
  /** Whether the style of an image of `domain` can be encoded, and so be an example. */
  takesExamples(domain: Domain): boolean;
  /** The side in pixels of the images that the model was trained on, at which it does best; undefined for a model that does not say. */
  readonly trainedSize: number | undefined;
  /**
   * Images of one domain as images of the other, each at its own size: one picture per image, or with `styles` several.
   * The content of each image is encoded once, however many styles follow.
   * @throws ArgumentError, ShapeError or DataError for an invalid image or option
   * @throws OutOfMemoryError before the work, with the size that would fit; AbortedError; DeviceLostError when the device is lost twice
   */
  translate(image: ImageInput, options?: OneStyle): Promise<P>;
  translate(image: ImageInput, options: ManyStyles): Promise<P[]>;
  translate(images: readonly ImageInput[], options?: OneStyle): Promise<P[]>;
  translate(images: readonly ImageInput[], options: ManyStyles): Promise<P[][]>;
  /** The content of an image of `from` (default `a`), for `decode`. The caller disposes of it. @throws as `translate` */
  encode(image: ImageInput, options?: RunOptions & { readonly from?: Domain }): Promise<ContentCode>;
  /**
   * An encoded content as an image of `to` (default: the other domain), in one style or in several.
   * @throws as `translate`; DeviceLostError when the content was lost with its device: encode the image again
   */
  decode(content: ContentCode, options?: OneStyle): Promise<P>;
  decode(content: ContentCode, options: ManyStyles): Promise<P[]>;
  /** An image through the encoders and decoder of its own domain (default `a`): how much of it the model keeps. @throws as `translate` */
  reconstruct(image: ImageInput, options?: RunOptions & { readonly domain?: Domain }): Promise<P>;
  /**
   * One image in `count` styles from `start` to `end`; the first and last picture have exactly these styles.
   * @throws ArgumentError for a model without styles; as `translate`
   */
  interpolate(image: ImageInput, options?: InterpolateOptions): Promise<P[]>;
  /** The style code of an image of `domain` (default `b`), `styleDim` numbers. @throws ArgumentError for a model without styles; as `translate` */
  styleOf(example: ImageInput, options?: RunOptions & { readonly domain?: Domain }): Promise<Float32Array>;
  /**
   * `count` random style codes, standard normal: the same seed gives the same ones, which are those that `translate` would draw.
   * @throws ArgumentError for a model without styles, or unless `count` is between 1 and 10,000
   */
  sampleStyles(count: number, seed?: number): Float32Array[];
  /** What translating an image of this size takes, and whether the device has it. */
  estimateTranslation(size: Size): TranslationEstimate;
  /** What the device holds now, the weights included. Of a translator in a worker also `device` is up to date afterwards. */
  memory(): Promise<TranslatorMemory>;
  /** After a device was lost: opens it again and uploads the weights. Every method does so itself, once per call. @throws DeviceLostError */
  recover(): Promise<void>;
  /** Frees the weights, every content, and the device if it was opened for this translator. Calling it twice does no harm. */
  dispose(): void;
  [Symbol.dispose](): void;
}
