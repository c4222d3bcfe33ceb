import { DataError } from '@munit/core';
import { toChannels, whiteBackground } from '../image/channels.js';
import type { Channels, PixelImage, Rgb } from '../image/types.js';
import { resizeShorterSide } from '../resample/resizeShorterSide.js';
import { BrokenImageError } from '../sources/types.js';

export interface DecodeBlobOptions {
  /** 1 (grey) or 3 (RGB). Default 3. */
  readonly channels?: Channels;
  /** Shorter side after the antialiased bilinear resize; null keeps the size. Default null. */
  readonly resize?: number | null;
  /** What alpha is composited on. Default white. */
  readonly background?: Rgb;
  /** For messages. */
  readonly name?: string;
}

function contextOf(width: number, height: number): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  const settings: CanvasRenderingContext2DSettings = { willReadFrequently: true };
  let context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
  if (typeof OffscreenCanvas === 'function') context = new OffscreenCanvas(width, height).getContext('2d', settings);
  else {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    context = canvas.getContext('2d', settings);
  }
  if (context === null) throw new DataError(`The browser gives no canvas of ${width}×${height}.`, { remedy: 'Use a smaller picture.' });
  return context;
}

/** The pixels of anything that a canvas can draw, with straight alpha. */
export function pixelsOf(source: ImageBitmap | HTMLImageElement | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas): ImageData {
  const width = 'videoWidth' in source ? source.videoWidth : 'naturalWidth' in source ? source.naturalWidth : source.width;
  const height = 'videoHeight' in source ? source.videoHeight : 'naturalHeight' in source ? source.naturalHeight : source.height;
  const context = contextOf(width, height);
  context.drawImage(source, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/**
 * Decodes an image file in a page or a worker with the browser's own decoders (EXIF orientation applied, colour profiles left alone), then
 * composites, converts and resizes with the same code as in Node. Where alpha is between 0 and 255 the canvas' premultiplication may cost one level.
 * @throws BrokenImageError when the browser cannot decode it.
 */
export async function decodeBlob(blob: Blob, options: DecodeBlobOptions = {}): Promise<PixelImage> {
  const { channels = 3, resize = null, background = whiteBackground, name = 'given' } = options;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image', premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch (cause) {
    throw new BrokenImageError(name, blob.size === 0 ? 'is empty (0 bytes)' : 'is not an image that this browser can decode', { cause });
  }
  try {
    const { width, height, data } = pixelsOf(bitmap);
    const image = toChannels({ width, height, channels: 4, data }, channels, background);
    return resize === null ? image : resizeShorterSide(image, resize);
  } finally {
    bitmap.close();
  }
}
