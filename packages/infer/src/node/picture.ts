import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DataError } from '@munit/core';
import { writeFileAtomically } from '@munit/formats/node';
import { type BlobOptions, checkQuality, Picture } from '../images/picture.js';
import type { PixelImage, Planes } from '../images/planes.js';
import { fetchImage, type ImagePlatform } from '../images/read.js';
import { decodeImage, encodeImage, typeOfName } from './sharp.js';

/** A picture that can also be saved. */
export class FilePicture extends Picture {
  /** @throws DataError when sharp is not installed */
  override async toBlob(options: BlobOptions = {}): Promise<Blob> {
    const type = options.type ?? 'image/png';
    return new Blob([await encodeImage(this, type, checkQuality(options.quality))], { type });
  }

  /** Writes a PNG, JPEG or WebP, as the name ends; whole or not at all. @throws ArgumentError for another ending; DataError */
  async save(path: string, options: Pick<BlobOptions, 'quality'> = {}): Promise<void> {
    const bytes = await encodeImage(this, typeOfName(path), checkQuality(options.quality));
    try {
      await writeFileAtomically(path, bytes);
    } catch (cause) {
      throw new DataError(`${path} cannot be written.`, { cause, remedy: 'Check that the folder exists, the space and the permissions.' });
    }
  }
}

async function readPath(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await readFile(path, signal === undefined ? {} : { signal });
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new DataError(`${path} ${missing ? 'does not exist' : 'cannot be read'}.`, { cause, remedy: 'Check the path and the permissions.' });
  }
}

/** Paths, addresses and Blobs. */
async function decode(source: Blob | string | URL, signal: AbortSignal | undefined): Promise<PixelImage> {
  if (source instanceof Blob) return decodeImage(new Uint8Array(await source.arrayBuffer()), 'The Blob');
  const text = String(source);
  if (/^(https?|data|blob):/.test(text)) {
    const name = text.startsWith('data:') ? 'The data: address' : text;
    return decodeImage(new Uint8Array(await (await fetchImage(text, signal)).arrayBuffer()), name);
  }
  const path = text.startsWith('file:') ? fileURLToPath(text) : text;
  return decodeImage(await readPath(path, signal), path);
}

/** Node with sharp. */
export const nodePlatform: ImagePlatform<FilePicture> = {
  decode,
  picture: (planes: Planes, style) => new FilePicture(planes, style),
  // Within the limits of a container; some of it is left to others.
  hostMemory: () => 0.8 * process.availableMemory(),
};
