import { fileURLToPath } from 'node:url';
import { checkOptions, DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import type { FloatImage, RawPixels } from '@munit/images';
import { decodeImage, encodeImage, imageTypeOf, readImageFile } from '@munit/images/node';
import { blobNames, type BlobOptions, checkQuality, Picture } from '../images/picture.js';
import { fetchImage, type ImageInput, imageName, type ImagePlatform, readImage as readAny } from '../images/read.js';
import type { RunOptions } from '../translator/types.js';

/** A picture that can also be saved. */
export class FilePicture extends Picture {
  /** @throws DataError when sharp is not installed */
  override async toBlob(options: BlobOptions = {}): Promise<Blob> {
    checkOptions('toBlob', options, blobNames);
    const type = options.type ?? 'image/png';
    return new Blob([await encodeImage(this, type, checkQuality(options.quality))], { type });
  }

  /** Writes a PNG, JPEG or WebP, as the name ends; whole or not at all. @throws ArgumentError for another ending; DataError */
  async save(path: string, options: Pick<BlobOptions, 'quality'> = {}): Promise<void> {
    checkOptions('save', options, { quality: true });
    const bytes = await encodeImage(this, imageTypeOf(path), checkQuality(options.quality));
    try {
      await writeFileAtomically(path, bytes);
    } catch (cause) {
      throw new DataError(`${path} cannot be written.`, { cause, remedy: 'Check that the folder exists, the space and the permissions.' });
    }
  }
}

const decodeBytes = async (bytes: Uint8Array, name: string | undefined): Promise<RawPixels> => (await decodeImage(bytes, { name })).pixels;

/** Paths, addresses and Blobs. */
async function decode(source: Blob | string | URL, signal: AbortSignal | undefined): Promise<RawPixels> {
  if (source instanceof Blob) return decodeBytes(new Uint8Array(await source.arrayBuffer()), imageName(source));
  const text = String(source);
  if (/^(https?|data|blob):/.test(text)) {
    return decodeBytes(new Uint8Array(await (await fetchImage(text, signal)).arrayBuffer()), imageName(text));
  }
  const path = text.startsWith('file:') ? fileURLToPath(text) : text;
  return decodeBytes(await readImageFile(path, signal), path);
}

/**
 * An image (also a path) as the network of a domain with `channels` channels takes it: decoded, composited and scaled as training images are.
 * @throws BrokenImageError for a file that cannot be used; ShapeError, ArgumentError for another input that does not fit
 */
export function readImage(input: ImageInput, channels: number, options: RunOptions = {}): Promise<FloatImage> {
  return readAny(input, channels, nodePlatform, options.signal);
}

/** Node with sharp. */
export const nodePlatform: ImagePlatform<FilePicture> = {
  decode,
  picture: (planes: FloatImage, style) => new FilePicture(planes, style),
  // Within the limits of a container; some of it is left to others.
  hostMemory: () => 0.8 * process.availableMemory(),
};
