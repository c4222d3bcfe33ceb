import type { Channels, PixelImage } from '@munit/images';

/** One picture of a source, decoded, resized and converted as the source was opened for. */
export interface LoadedImage {
  /** The pixels. */
  readonly image: PixelImage;
  /** Something that the user should know though the picture is usable (a wrong file extension). */
  readonly note?: string;
}

/**
 * The pictures of one domain in a fixed order. Sources do the decoding and resizing; sampling, cropping,
 * flipping and caching are the reader's.
 */
export interface ImageSource {
  /** For messages: the folder, the list file, "synthetic A". */
  readonly label: string;
  /** One name per picture; the number of pictures is `names.length`. */
  readonly names: readonly string[];
  /** The file of each picture; undefined for pictures that are drawn. */
  readonly paths?: readonly string[] | undefined;
  /** 1 (grey) or 3 (RGB), of every image. */
  readonly channels: Channels;
  /**
   * The same pixels every time for the same index.
   * @throws BrokenImageError when this one picture cannot be used; anything else is fatal.
   */
  load(index: number): Promise<LoadedImage>;
  /** Ends what the source holds (decode processes). More than once is fine. */
  dispose(): Promise<void>;
}
