// Runs in the decode processes, which load sharp and, of core, only its errors and the channel.
import { createHash } from 'node:crypto';
import { BrokenImageError, checkPixels, type PixelImage, resizeBilinear, shorterSideSize, splitPair, toChannels, whiteBackground } from '@munit/images';
import { type DecodedImage, decodeImage, readImageFile } from '@munit/images/node';
import type { DecodedFile, FileToDecode, Inspection, PrepareOptions } from './protocol.js';

/** A resized image longer than this many times its shorter side is a mistake. */
const maxAspect = 32;

function sideOf(image: PixelImage, { path, side }: FileToDecode): PixelImage {
  if (side === undefined) return image;
  if (image.width < 2) throw new BrokenImageError(path, 'is one pixel wide and cannot be split in two', { remedy: 'Give images of two halves side by side, or the two folders one by one.' });
  return splitPair(image, side);
}

/** An image enlarged more than this many times has little left to learn from. */
const enlargementWorthANote = 4;

/** @throws BrokenImageError when the file cannot be used; DataError without sharp */
export async function decodeFile(file: FileToDecode, { channels, resize, background, maxPixels }: PrepareOptions): Promise<DecodedFile> {
  const { path } = file;
  const { pixels, format } = await decodeImage(await readImageFile(path), { name: path, maxPixels });
  const image = sideOf(toChannels(pixels, channels, background), file);
  if (resize === null) return { image, format };
  const { width, height } = image;
  if (Math.max(width, height) > maxAspect * Math.min(width, height)) {
    throw new BrokenImageError(path, `is ${width}×${height}: longer than ${maxAspect} times its shorter side`, { remedy: 'Cut it into pieces that are nearer to a square.' });
  }
  const target = shorterSideSize(width, height, resize);
  checkPixels(path, target.width, target.height, maxPixels);
  const enlarged = resize > enlargementWorthANote * Math.min(width, height);
  return { image: resizeBilinear(image, target.width, target.height), format, enlargedFrom: enlarged ? { width, height } : undefined };
}

/** @throws as `decodeFile` */
export async function inspectFile(file: FileToDecode, maxPixels: number): Promise<Inspection> {
  const bytes = await readImageFile(file.path);
  const { pixels, ...about }: DecodedImage = await decodeImage(bytes, { name: file.path, maxPixels });
  const image = sideOf(toChannels(pixels, 3, whiteBackground), file);
  return {
    ...about,
    width: image.width,
    height: image.height,
    blank: isBlank(image),
    bytes: bytes.length,
    hash: createHash('sha1').update(bytes).digest('hex'),
  };
}

function isBlank({ data, channels }: PixelImage): boolean {
  for (let i = channels; i < data.length; i++) if (data[i] !== data[i - channels]) return false;
  return true;
}
