/** Grey (1) or colour (3, in the order red, green, blue). */
export type Channels = 1 | 3;

/** Pixels from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Extent in pixels. */
export interface Size {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** 8-bit pixels as a decoder or a canvas has them. Rows from top to bottom, pixels from left to right, channels interleaved. // [H, W, C] */
export interface RawPixels extends Size {
  /** 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha); alpha is straight, not premultiplied. Default: what the length of `data` says. */
  readonly channels?: number | undefined;
  /** `height * width * channels` values from 0 to 255. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** An 8-bit image, grey or RGB, without alpha. // [H, W, C] */
export interface PixelImage extends Size {
  /** Grey (1) or RGB (3). */
  readonly channels: Channels;
  /** `height * width * channels` values from 0 to 255. */
  readonly data: Uint8Array;
}

/** One image as the networks take and return it: float32 values in [-1, 1], channels interleaved. // [H, W, C] */
export interface FloatImage extends Size {
  /** 1 (grey), 3 (RGB), or what a model's domain has. */
  readonly channels: number;
  /** `height * width * channels` values. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** A batch of images as the networks take it: float32, NHWC, values in [-1, 1]. */
export interface ImageBatch {
  /** `[N, H, W, C]` */
  readonly shape: readonly [number, number, number, number];
  /** `N * H * W * C` values. */
  readonly data: Float32Array;
  /** What each image is called (a path relative to its root, or an index of the synthetic set). */
  readonly names: readonly string[];
}
