/** Whatever an image comes as, to planes. */
import { AbortedError, ArgumentError, DataError, type Tensor } from '@munit/core';
import { type FloatImage, type RawPixels, toFloatImage, withChannels } from '@munit/images';
import { decodeBlob, type Drawable, pixelsOf } from '@munit/images/browser';
import { Picture } from './picture.js';

/**
 * Raw pixels, ImageData, a tensor ([H, W, C] or [1, H, W, C] in [−1, 1], which stays the caller's), a picture of ours, a Blob or File,
 * the bytes of an image file (`Uint8Array`, `Buffer`, `ArrayBuffer`), an address, and in pages an ImageBitmap, a canvas, an image or a video (its
 * current frame). In `@munit/infer/node` also a path.
 */
export type ImageInput = RawPixels | ImageData | Picture | Tensor | Blob | ArrayBuffer | Uint8Array | Drawable | string | URL;

/** What reading and making pictures needs of the platform. */
export interface ImagePlatform<P extends Picture = Picture> {
  /** The pixels of an image file or address. */
  decode(source: Blob | string | URL, signal: AbortSignal | undefined): Promise<RawPixels>;
  /** A picture with what this platform can do with it. */
  picture(planes: FloatImage, style: Float32Array | undefined): P;
  /** Bytes that the process can still get, where that is known. */
  hostMemory?(): number | undefined;
}

/** What comes in pages, workers, and Node without a decoder. */
export const webPlatform: ImagePlatform = {
  decode: async (source, signal) => decodeBlob(source instanceof Blob ? source : await fetchImage(source, signal), { name: imageName(source) }),
  picture: (planes, style) => new Picture(planes, style),
  hostMemory: pageMemory,
};

/** Half of the machine's memory as the browser reports it (rounded, 8 GiB at most); 2 GiB where it reports nothing. */
export function pageMemory(): number {
  const gibibytes = (globalThis as { readonly navigator?: { readonly deviceMemory?: number } }).navigator?.deviceMemory ?? 4;
  return gibibytes * 2 ** 29;
}

/** What an image is called in errors; undefined for a Blob without a name and for a data: address. */
export function imageName(source: Blob | string | URL): string | undefined {
  if (source instanceof Blob) return 'name' in source && typeof source.name === 'string' ? source.name : undefined;
  const text = String(source);
  return text.startsWith('data:') ? undefined : text;
}

/** @throws DataError when the address gives no file; AbortedError */
export async function fetchImage(address: string | URL, signal?: AbortSignal): Promise<Blob> {
  const name = imageName(address) ?? 'The data: address';
  try {
    const response = await fetch(address, signal === undefined ? {} : { signal });
    if (!response.ok) throw new DataError(`${name} answered with status ${response.status}.`, { remedy: 'Check the address.' });
    return await response.blob();
  } catch (cause) {
    if (signal?.aborted === true) throw new AbortedError('Reading the image was aborted.', { cause });
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${name} cannot be read.`, { cause, remedy: 'Check the address and the network; a page needs the server to allow it (CORS).' });
  }
}

/** Bytes of a file as the file that they are; everything else as it is. Memory that is shared, which a Blob does not take, is copied. */
export function fileOfBytes<T>(input: T): Exclude<T, ArrayBuffer | Uint8Array> | Blob {
  const bytes = input instanceof ArrayBuffer ? new Uint8Array(input) : input;
  if (bytes instanceof Uint8Array) return new Blob([bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes)]);
  return bytes as Exclude<T, ArrayBuffer | Uint8Array>;
}

const isTensor = (x: object): x is Tensor => 'dataId' in x && 'shape' in x;
const isPixels = (x: object): x is RawPixels => 'data' in x && ArrayBuffer.isView(x.data);

/**
 * The image with the channels that a network takes.
 * @throws DataError for a file that is not an image; ShapeError for an invalid size or number of channels; ArgumentError for anything else
 */
export async function readImage(image: ImageInput, channels: number, platform: ImagePlatform, signal?: AbortSignal): Promise<FloatImage> {
  const input = fileOfBytes(image);
  if (typeof input === 'string' || input instanceof URL || input instanceof Blob) return toFloatImage(await platform.decode(input, signal), channels);
  // What a program without types might give.
  if (typeof input !== 'object' || (input as object | null) === null) throw unknownInput(input);
  if (input instanceof Picture) return withChannels(input, channels);
  if (isTensor(input)) return withChannels(await (await import('./tensors.js')).imageOfTensor(input), channels);
  if (isPixels(input)) return toFloatImage(input, channels);
  if ('width' in input) return toFloatImage(pixelsOf(input as Drawable), channels);
  throw unknownInput(input);
}

function unknownInput(input: unknown): ArgumentError {
  return new ArgumentError(`An image was expected, but ${input === null ? 'null' : `a value of type ${typeof input}`} came.`, {
    remedy: 'Give { data, width, height }, ImageData, a tensor, a Blob, an address, or an element of the page.',
  });
}
