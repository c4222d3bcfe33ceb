/** Images on their way to a worker. */
import type { RawPixels } from '@munit/images';
import { Picture } from '../images/picture.js';
import { type ImageInput, fileOfBytes } from '../images/read.js';
import type { SentImage } from './protocol.js';

/** An image that can be sent, and what of it moves instead of being copied: only what was made for the way. */
interface Parcel {
  readonly image: SentImage;
  readonly transfer: Transferable[];
}

/** Relative to this page: to a worker, an address would be relative to its script. */
export function absolute(address: string | URL): string {
  const text = String(address);
  const base = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  return base !== undefined && !text.startsWith('hf:') && URL.canParse(text, base) ? new URL(text, base).href : text;
}

/** Elements and canvases become bitmaps, tensors are read; what the caller has stays as it is. @throws ShapeError */
export async function sendImage(image: ImageInput): Promise<Parcel> {
  const input = fileOfBytes(image);
  if (typeof input === 'string' || input instanceof URL) return { image: absolute(input), transfer: [] };
  if (input instanceof Blob) return { image: input, transfer: [] };
  if (input instanceof Picture) {
    const { width, height, channels, values } = input;
    return { image: { planes: { width, height, channels, values } }, transfer: [] };
  }
  if ('dataId' in input) {
    const { imageOfTensor } = await import('../images/tensors.js');
    const planes = await imageOfTensor(input);
    return { image: { planes }, transfer: [planes.values.buffer] };
  }
  if ('data' in input) {
    const { width, height, data, channels } = input as RawPixels;
    return { image: { width, height, data: data as Uint8Array, ...(channels === undefined ? {} : { channels }) }, transfer: [] };
  }
  if (typeof ImageBitmap === 'function' && input instanceof ImageBitmap) return { image: input, transfer: [] };
  const bitmap = await createImageBitmap(input as CanvasImageSource as ImageBitmapSource, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  return { image: bitmap, transfer: [bitmap] };
}
