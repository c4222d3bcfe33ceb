/** Images as the network takes them: fetched, upright, scaled. */
import { DataError } from '@munit/core';
import { shorterSideSize } from '@munit/images';

/** An image to translate or to take the style of: a file, an address, or whatever a canvas can draw. */
export type ElementImage = Blob | string | URL | ImageBitmapSource;

/** An image much longer than wide would take all memory: its long side is at most this many short ones. */
const LONGEST = 3;

/** @throws DataError when the address gives no file */
async function fetched(address: string | URL, signal: AbortSignal): Promise<Blob> {
  const remedy = 'Check the address; another site has to allow this page to read it (CORS).';
  let response: Response;
  try {
    response = await fetch(address, { signal });
  } catch (cause) {
    throw new DataError(`The image ${String(address)} cannot be fetched.`, { cause, remedy });
  }
  if (!response.ok) throw new DataError(`The image ${String(address)} cannot be fetched: the server answered ${response.status}.`, { remedy });
  return response.blob();
}

/** Browsers draw an SVG, but make no bitmap of its file. */
async function drawn(blob: Blob, side: number): Promise<ImageBitmap> {
  const address = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const scale = side / Math.max(1, Math.min(width, height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round((width || 1) * scale)), Math.max(1, Math.round((height || 1) * scale)));
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.transferToImageBitmap();
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * The image with a shorter side of `side` pixels. The caller closes it.
 * @throws DataError when it cannot be fetched, or the browser cannot read it
 */
export async function bitmapOf(image: ElementImage, side: number, signal: AbortSignal): Promise<ImageBitmap> {
  const source = typeof image === 'string' || image instanceof URL ? await fetched(image, signal) : image;
  let whole: ImageBitmap;
  try {
    whole = source instanceof Blob && source.type === 'image/svg+xml' ? await drawn(source, 4 * side) : await createImageBitmap(source, source instanceof Blob ? { imageOrientation: 'from-image', colorSpaceConversion: 'none' } : {});
  } catch (cause) {
    const name = source instanceof File ? source.name : typeof image === 'string' || image instanceof URL ? String(image) : 'This';
    throw new DataError(`${name} is not an image that this browser can read.`, { cause, remedy: 'Use a JPEG, PNG, WebP, AVIF or SVG file.' });
  }
  const { width, height } = sizeFor(whole, side);
  if (width === whole.width && height === whole.height) return whole;
  return createImageBitmap(whole, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' }).finally(() => whole.close());
}

function sizeFor({ width, height }: ImageBitmap, side: number): { readonly width: number; readonly height: number } {
  const ratio = Math.max(width, height) / Math.min(width, height);
  const shorter = Math.max(1, Math.round((side * LONGEST) / Math.max(LONGEST, ratio)));
  return shorterSideSize(width, height, shorter);
}
