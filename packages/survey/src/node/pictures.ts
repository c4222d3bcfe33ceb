/** The images of a page: every one a PNG under a number, so that neither name, format nor metadata tells where it is from. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Rng } from '@munit/core';
import { type PixelImage, toChannels } from '@munit/images';
import { decodeImage, encodeImage, readImageFile } from '@munit/images/node';
import { spoil } from './spoil.js';

/** A written image. */
export interface WrittenPicture {
  /** Relative to the page. */
  readonly address: string;
  /** Of the pixels: equal for equal images. */
  readonly digest: string;
  /** `width×height`. */
  readonly size: string;
}

/** Writes images on demand, each file once. */
export interface PictureWriter {
  /** The file as it is. */
  plain(path: string): Promise<WrittenPicture>;
  /** The file in disorder, for an attention check. */
  spoilt(path: string): Promise<WrittenPicture>;
}

async function read(path: string): Promise<PixelImage> {
  const bytes = await readImageFile(path);
  const { pixels } = await decodeImage(bytes, { name: path });
  return toChannels(pixels, 3);
}

/**
 * Writes images into `folder/images`.
 * @throws DataError (from its methods) naming an image that cannot be read or decoded
 */
export async function pictureWriter(folder: string, seed: number): Promise<PictureWriter> {
  await mkdir(join(folder, 'images'), { recursive: true });
  const rng = new Rng(seed).split();
  const written = new Map<string, Promise<WrittenPicture>>();
  let count = 0;
  const write = async (image: PixelImage): Promise<WrittenPicture> => {
    const address = `images/${String(++count).padStart(5, '0')}.png`;
    await writeFile(join(folder, address), await encodeImage(image, 'image/png'));
    const size = `${image.width}×${image.height}`;
    return { address, size, digest: createHash('sha256').update(size).update(image.data).digest('hex') };
  };
  return {
    plain(path) {
      const known = written.get(path) ?? read(path).then(write);
      written.set(path, known);
      return known;
    },
    async spoilt(path) {
      return write(spoil(await read(path), rng));
    },
  };
}
