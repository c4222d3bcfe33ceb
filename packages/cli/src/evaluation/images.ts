/** Images of an evaluation: read by their place, cropped, and small for the page. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Tensor4D, tensor } from '@munit/core';
import type { ImageSource } from '@munit/data';
import { BrokenImageError, centerCrop, type PixelImage, resizeBilinear, type Size, toBatch, toChannels } from '@munit/images';
import { decodeImage } from '@munit/images/node';
import { encodePng } from '@munit/images/png';
import { UsageError } from '../errors.js';
import type { Cell } from './types.js';

/** Images by their place. */
export interface ImageList {
  /** For messages and the page. */
  readonly label: string;
  readonly names: readonly string[];
  /** Their files; undefined for images that are drawn. */
  readonly paths: readonly string[] | undefined;
  /** @throws BrokenImageError for a file that cannot be used: a figure without it would be of another set than it says */
  load(index: number): Promise<PixelImage>;
}

const skipping = 'Repair or remove it, or begin again with --skip-broken --no-resume, which leaves such images out and names them.';

/**
 * The first `most` images of a source, cropped; whole without a crop.
 * @param remedy for an image that cannot be read
 */
export function imageList(source: ImageSource, most: number, crop: Size | undefined, remedy = skipping): ImageList {
  return {
    label: source.label,
    names: source.names.slice(0, most),
    paths: source.paths?.slice(0, most),
    load: async (index) => {
      try {
        const { image } = await source.load(index);
        return crop === undefined ? image : centerCrop(image, crop);
      } catch (error) {
        if (!(error instanceof BrokenImageError)) throw error;
        throw new BrokenImageError(source.paths?.[index] ?? source.names[index], error.reason, { cause: error, remedy });
      }
    },
  };
}

/**
 * The list without the images that cannot be read: each is read once, and `onBroken` gets the error of one that is left out.
 * @throws what reading throws for other reasons
 */
export async function withoutBroken(list: ImageList, onBroken: (error: BrokenImageError) => void): Promise<ImageList> {
  const kept: number[] = [];
  for (const index of list.names.keys()) {
    try {
      await list.load(index);
      kept.push(index);
    } catch (error) {
      if (!(error instanceof BrokenImageError)) throw error;
      onBroken(error);
    }
  }
  if (kept.length === list.names.length) return list;
  const of = <T>(values: readonly T[]): T[] => kept.map((index) => values[index] as T);
  return { label: list.label, names: of(list.names), paths: list.paths && of(list.paths), load: (place) => list.load(kept[place] as number) };
}

/** Changes with the name or the bytes of any file, so that nothing that was found of others counts as found of these. */
export async function digestOfFiles(lists: readonly Omit<ImageList, 'load'>[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { label, names, paths } of lists) {
    hash.update(JSON.stringify([label, names]));
    for (const path of paths ?? []) {
      const own = createHash('sha256');
      try {
        for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) own.update(piece);
      } catch {
        // It is named as broken when it is to be measured.
        own.update('unreadable');
      }
      hash.update(own.digest());
    }
  }
  return hash.digest('hex');
}

/** A picture that an evaluation has written. */
export async function readPicture(path: string): Promise<PixelImage> {
  const { pixels } = await decodeImage(await readFile(path), { name: path });
  return toChannels(pixels, 3);
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
