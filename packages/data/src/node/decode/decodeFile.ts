import type { Size } from '../../image/kernels/crop.js';
// Runs in the decode processes, which load sharp and nothing of ours but these loops.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { convertChannels } from '../../image/kernels/channels.js';
import type { RawPixels } from '../../image/kernels/channels.js';
import { halfOf } from '../../image/kernels/crop.js';
import type { PixelImage } from '../../image/types.js';
import { resizeTo, shorterSide } from '../../resample/kernels/resize.js';
import type { DecodeRequest, Inspection, InspectRequest } from './protocol.js';

export type SharpFactory = typeof import('sharp').default;

/** Why this picture cannot be used; goes on after its name. */
export class Unusable extends Error {}

/** A resized picture longer than this many times its shorter side is a mistake, not a picture. */
const maxAspect = 32;

async function readBytes(path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Unusable(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`);
  }
  if (bytes.length === 0) throw new Unusable('is empty (0 bytes)');
  return bytes;
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
}

function megapixels(count: number): string {
  return `${(count / 1e6).toFixed(1)} Mpx`;
}

function checkPixels(width: number, height: number, maxPixels: number): void {
  if (width * height > maxPixels) {
    throw new Unusable(`has ${width}×${height} = ${megapixels(width * height)}, more than the limit of ${megapixels(maxPixels)}`);
  }
}

/** Image formats that data sets hold and sharp's ready-made builds do not read. */
function unreadFormat(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 2);
  if (start === 'BM') return 'BMP';
  return /^P[1-7]$/.test(start) ? 'PNM' : undefined;
}

interface Opened {
  readonly metadata: Metadata;
  readonly pixels: RawPixels;
}

/**
 * 8-bit pixels, turned upright by EXIF. 16-bit channels keep their upper 8 bits; of an animation the first frame; CMYK becomes sRGB through
 * its profile (or a standard one). Other embedded profiles are not applied, as in the published loader.
 */
async function open(sharp: SharpFactory, bytes: Buffer, maxPixels: number): Promise<Opened> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    const format = unreadFormat(bytes);
    throw new Unusable(
      format === undefined ? `is not an image that can be decoded (${message(error)})` : `is a ${format} file, which sharp does not read; convert it to PNG`,
    );
  }
  checkPixels(metadata.width, metadata.height, maxPixels);
  const isCmyk = metadata.space === 'cmyk';
  try {
    const image: Sharp = sharp(bytes, { failOn: 'error', limitInputPixels: false, ignoreIcc: !isCmyk }).autoOrient().toColourspace('srgb');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { metadata, pixels: { width: info.width, height: info.height, channels: info.channels, data } };
  } catch (error) {
    throw new Unusable(`is truncated or damaged (${message(error)})`);
  }
}

/** A picture enlarged more than so many times has hardly anything left to learn from. */
const enlargementWorthANote = 4;

export async function decodeFile(sharp: SharpFactory, request: DecodeRequest): Promise<{ image: PixelImage; format: string; enlargedFrom?: Size }> {
  const { channels, resize, background, maxPixels } = request.prepare;
  const { metadata, pixels } = await open(sharp, await readBytes(request.path), maxPixels);
  let image = convertChannels(pixels, channels, background);
  if (request.side !== undefined) {
    if (image.width < 2) throw new Unusable('is one pixel wide and cannot be split in two');
    image = halfOf(image, request.side);
  }
  const { width, height } = image;
  if (resize !== null) {
    if (Math.max(width, height) > maxAspect * Math.min(width, height)) {
      throw new Unusable(`is ${width}×${height}: longer than ${maxAspect} times its shorter side`);
    }
    const target = shorterSide(width, height, resize);
    checkPixels(target.width, target.height, maxPixels);
    image = resizeTo(image, target);
  }
  const enlarged = resize !== null && resize > enlargementWorthANote * Math.min(width, height);
  return { image, format: metadata.format, ...(enlarged ? { enlargedFrom: { width, height } } : {}) };
}

const bitsOf: Readonly<Record<string, number>> = { uchar: 8, char: 8, ushort: 16, short: 16, uint: 32, int: 32, float: 32, double: 64 };

export async function inspectFile(sharp: SharpFactory, request: InspectRequest): Promise<Inspection> {
  const bytes = await readBytes(request.path);
  const { metadata, pixels } = await open(sharp, bytes, request.maxPixels);
  let image = convertChannels(pixels, 3, [255, 255, 255]);
  if (request.side !== undefined) {
    if (image.width < 2) throw new Unusable('is one pixel wide and cannot be split in two');
    image = halfOf(image, request.side);
  }
  return {
    width: image.width,
    height: image.height,
    format: metadata.format,
    grey: metadata.space === 'b-w' || metadata.space === 'grey16',
    alpha: metadata.hasAlpha,
    cmyk: metadata.space === 'cmyk',
    bitsPerChannel: bitsOf[metadata.depth] ?? 8,
    oriented: (metadata.orientation ?? 1) !== 1,
    blank: isBlank(image),
    bytes: bytes.length,
    hash: createHash('sha1').update(bytes).digest('hex'),
  };
}

function isBlank({ data, channels }: PixelImage): boolean {
  for (let i = channels; i < data.length; i++) if (data[i] !== data[i - channels]) return false;
  return true;
}
