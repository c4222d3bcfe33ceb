/** Grey (1) or colour (3, in the order red, green, blue). */
export type Channels = 1 | 3;

/** An 8-bit picture: rows from top to bottom, pixels from left to right, channels interleaved. // [H, W, C] */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  readonly channels: Channels;
  /** `height * width * channels` values in 0..255. */
  readonly data: Uint8Array;
}

/** A batch of pictures as the networks take it: float32, NHWC, values in [-1, 1]. */
export interface ImageBatch {
  /** `[N, H, W, C]` */
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
  /** What each picture is called (a path relative to its root, or an index of the synthetic set). */
  readonly names: readonly string[];
}

export type Rgb = readonly [red: number, green: number, blue: number];
