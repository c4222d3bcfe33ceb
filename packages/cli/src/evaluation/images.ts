/** Images of an evaluation: read by their place, cropped, and small for the page. */
import { type Tensor4D, tensor } from '@munit/core';
import type { ImageSource } from '@munit/data';
import { centerCrop, type PixelImage, resizeBilinear, type Size, toBatch, toChannels } from '@munit/images';
import { encodePng } from '@munit/images/png';
import { UsageError } from '../errors.js';
import type { Cell } from './types.js';

/** Images by their place. */
export interface ImageList {
  /** For messages and the page. */
  readonly label: string;
  readonly names: readonly string[];
  /** @throws BrokenImageError for a file that cannot be used: a figure without it would be of another set than it says */
  load(index: number): Promise<PixelImage>;
}

/** The first `most` images of a source, cropped; whole without a crop. */
export function imageList(source: ImageSource, most: number, crop: Size | undefined): ImageList {
  return {
    label: source.label,
    names: source.names.slice(0, most),
    load: async (index) => {
      const { image } = await source.load(index);
      return crop === undefined ? image : centerCrop(image, crop);
    },
  };
}

/** One batch of images of one size, in [−1, 1]. @throws UsageError for other sizes */
export function batchOf(images: readonly PixelImage[], names: readonly string[]): Tensor4D {
  const [first] = images as [PixelImage];
  const other = images.findIndex(({ width, height }) => width !== first.width || height !== first.height);
  if (other >= 0) {
    const { width, height } = images[other] as PixelImage;
    throw new UsageError(`Images that are compared must be of one size, but ${names[0]} is ${first.width}×${first.height} and ${names[other]} ${width}×${height}.`, 'Give --size, to which all images are brought.');
  }
  const colour = images.map((image) => toChannels(image, 3));
  const { data, shape } = toBatch(colour);
  return tensor(data, [...shape]);
}

const thumbnailSide = 128;

/** An image as the page shows it: at most 128 pixels wide and high, as PNG. */
export function cellOf(image: PixelImage, label = ''): Cell {
  const scale = Math.min(1, thumbnailSide / Math.max(image.width, image.height));
  const small = scale === 1 ? image : resizeBilinear(image, Math.max(1, Math.round(scale * image.width)), Math.max(1, Math.round(scale * image.height)));
  return { uri: `data:image/png;base64,${Buffer.from(encodePng(small)).toString('base64')}`, width: small.width, height: small.height, label };
}
