/** The browser's own decoders and encoders, in pages and in workers. */
import { DataError } from '@munit/core';
import { checkSize, type PixelImage } from './planes.js';

export type Drawable = ImageBitmap | HTMLCanvasElement | OffscreenCanvas | HTMLImageElement | HTMLVideoElement;

interface Drawing {
  readonly canvas: HTMLCanvasElement | OffscreenCanvas;
  readonly context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
}

/** @throws DataError where there is no canvas, or none so large */
export function newCanvas(width: number, height: number): Drawing {
  checkSize(width, height);
  if (typeof OffscreenCanvas === 'function') return sizedCanvas(new OffscreenCanvas(width, height), width, height);
  if (typeof document === 'undefined') throw new DataError('There is no canvas here.', { remedy: "In Node import from '@munit/infer/node'." });
  return sizedCanvas(document.createElement('canvas'), width, height);
}

/** A canvas made as large as asked. @throws DataError when it cannot be, or already has another kind of context */
export function sizedCanvas(canvas: Drawing['canvas'], width: number, height: number): Drawing {
  canvas.width = width;
  canvas.height = height;
  return drawing(canvas, canvas.getContext('2d', { willReadFrequently: true }) as Drawing['context'] | null);
}

function drawing(canvas: Drawing['canvas'], context: Drawing['context'] | null): Drawing {
  if (context !== null) return { canvas, context };
  throw new DataError(`The browser gives no canvas of ${canvas.width}×${canvas.height}.`, { remedy: 'Use a smaller picture.' });
}

/** Its own size, not that of its box in the page. */
export function sizeOf(source: Drawable): { width: number; height: number } {
  if ('videoWidth' in source) return { width: source.videoWidth, height: source.videoHeight };
  if ('naturalWidth' in source) return { width: source.naturalWidth, height: source.naturalHeight };
  return { width: source.width, height: source.height };
}

/**
 * The pixels of anything that a canvas can draw; of a video its current frame.
 * @throws DataError when it is not loaded, or comes from another site that does not allow reading it
 */
export function pixelsOf(source: Drawable): PixelImage {
  const { width, height } = sizeOf(source);
  const { context } = newCanvas(width, height);
  try {
    context.drawImage(source, 0, 0);
    return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
  } catch (cause) {
    throw new DataError('The pixels of the image cannot be read.', {
      cause,
      remedy: 'An image or video of another site needs its permission (CORS) and the attribute crossorigin="anonymous".',
    });
  }
}

/** Decodes an image file: upright by EXIF, colour profiles left alone as in training. @throws DataError when it is none */
export async function decodeBlob(blob: Blob, name = 'The file'): Promise<PixelImage> {
  if (typeof createImageBitmap !== 'function') {
    throw new DataError(`${name} cannot be decoded: there is no decoder here.`, { remedy: "In Node import from '@munit/infer/node'." });
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image', premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch (cause) {
    throw new DataError(`${name} is not an image that this browser can decode.`, { cause, remedy: 'Give a JPEG, PNG, WebP or AVIF file.' });
  }
  try {
    return pixelsOf(bitmap);
  } finally {
    bitmap.close();
  }
}

/** @throws DataError when the browser cannot write that type */
export async function encodeCanvas(canvas: HTMLCanvasElement | OffscreenCanvas, type: string, quality: number): Promise<Blob> {
  const blob =
    'convertToBlob' in canvas
      ? await canvas.convertToBlob({ type, quality })
      : await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  if (blob?.type === type) return blob;
  throw new DataError(`This browser cannot write ${type}.`, { remedy: 'Use image/png.' });
}
