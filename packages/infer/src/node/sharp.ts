/** Image files by sharp, which is loaded when the first is read or written. */
import { ArgumentError, DataError } from '@munit/core';
import type { BlobOptions, Picture } from '../images/picture.js';
import type { PixelImage } from '../images/planes.js';

type SharpModule = typeof import('sharp').default;

/** @throws DataError when sharp is not installed */
export async function loadSharp(): Promise<SharpModule> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new DataError("Image files need the package 'sharp'.", { cause, remedy: 'Install it: npm install sharp. Raw pixels and tensors work without.' });
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim();

/** As many pixels as Pillow takes for a picture and not for an attack. */
const MAX_PIXELS = 178_956_970;

/**
 * 8-bit pixels, upright by EXIF; of 16-bit channels the upper 8 bits, of an animation the first frame, CMYK through its profile, other
 * profiles left alone, as in training.
 * @throws DataError that names the file and what is wrong with it
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<PixelImage> {
  const sharp = await loadSharp();
  if (bytes.length === 0) throw new DataError(`${name} is empty (0 bytes).`, { remedy: 'Get it again.' });
  try {
    const { space } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata();
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS, ignoreIcc: space !== 'cmyk' }).autoOrient().toColourspace('srgb');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels === 2) return { width, height, channels: 4, data: greyAlphaToRgba(data) };
    return { width, height, channels, data };
  } catch (cause) {
    throw new DataError(`${name} is not an image that can be decoded (${reason(cause)}).`, { cause, remedy: 'Convert it to PNG, or get it again.' });
  }
}

function greyAlphaToRgba(data: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(data.length * 2);
  for (let i = 0; i < data.length; i += 2) rgba.set([data[i]!, data[i]!, data[i]!, data[i + 1]!], 2 * i);
  return rgba;
}

/** Image types by what files are called. */
const types: Readonly<Record<string, NonNullable<BlobOptions['type']>>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** @throws ArgumentError for a name that ends in none of them */
export function typeOfName(name: string): NonNullable<BlobOptions['type']> {
  const type = types[/\.\w+$/.exec(name)?.[0].toLowerCase() ?? ''];
  if (type !== undefined) return type;
  throw new ArgumentError(`The name '${name}' does not say what kind of picture to write.`, { remedy: `Let it end in ${Object.keys(types).join(', ')}.` });
}

/** The bytes of an image file. @throws ShapeError for a picture of other than 1 or 3 channels */
export async function encodeImage(picture: Pick<Picture, 'width' | 'height' | 'channels' | 'data' | 'toRgba'>, type: NonNullable<BlobOptions['type']>, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const sharp = await loadSharp();
  const { width, height } = picture;
  const grey = picture.channels === 1;
  const channels = grey ? 1 : picture.channels === 3 ? 3 : 4;
  const raw = sharp(channels === 4 ? picture.toRgba() : picture.data, { raw: { width, height, channels } });
  const image = grey ? raw.toColourspace('b-w') : raw;
  const percent = Math.max(1, Math.round(quality * 100));
  const encoded = type === 'image/jpeg' ? image.jpeg({ quality: percent }) : type === 'image/webp' ? image.webp({ quality: percent }) : image.png();
  return new Uint8Array(await encoded.toBuffer());
}
