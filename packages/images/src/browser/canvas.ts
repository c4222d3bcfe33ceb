/** The browser's own decoders and encoders, in pages and in workers. */
import { DataError } from '@munit/core/errors';
import { checkSize } from '../channels.js';
import type { RawPixels, Size } from '../types.js';

/** What a canvas can draw. */
export type Drawable = ImageBitmap | HTMLCanvasElement | OffscreenCanvas | HTMLImageElement | HTMLVideoElement;

/** A canvas and its 2D context. */
export interface CanvasContext {
  /** On screen, or of a worker. */
  readonly canvas: HTMLCanvasElement | OffscreenCanvas;
  /** For drawing and reading pixels. */
  readonly context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
}

/** A new canvas. @throws DataError where there is no canvas, or none so large */
export function newCanvas(width: number, height: number): CanvasContext {
  checkSize(width, height);
  if (typeof OffscreenCanvas === 'function') return sizedCanvas(new OffscreenCanvas(width, height), width, height);
  if (typeof document === 'undefined') throw new DataError('There is no canvas here.', { remedy: "In Node use '@munit/images/node' or '@munit/infer/node'." });
  return sizedCanvas(document.createElement('canvas'), width, height);
}

/** A canvas made as large as asked. @throws DataError when it cannot be, or already has another kind of context */
export function sizedCanvas(canvas: CanvasContext['canvas'], width: number, height: number): CanvasContext {
  canvas.width = width;
  canvas.height = height;
  return drawing(canvas, canvas.getContext('2d', { willReadFrequently: true }) as CanvasContext['context'] | null);
}

function drawing(canvas: CanvasContext['canvas'], context: CanvasContext['context'] | null): CanvasContext {
  if (context !== null) return { canvas, context };
  throw new DataError(`The browser gives no canvas of ${canvas.width}×${canvas.height}.`, { remedy: 'Use a smaller image.' });
}

/** Its own size, not that of its box in the page. */
function ownSize(source: Drawable): Size {
  if ('videoWidth' in source) return { width: source.videoWidth, height: source.videoHeight };
  if ('naturalWidth' in source) return { width: source.naturalWidth, height: source.naturalHeight };
  return { width: source.width, height: source.height };
}

/**
 * The pixels of anything that a canvas can draw; of a video its current frame.
 * @throws DataError when it is not loaded, or comes from another site that does not allow reading it
 */
export function pixelsOf(source: Drawable): RawPixels {
  const { width, height } = ownSize(source);
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

/** The canvas as an image file. @throws DataError when the browser cannot write that type */
export async function encodeCanvas(canvas: HTMLCanvasElement | OffscreenCanvas, type: string, quality: number): Promise<Blob> {
  const blob =
    'convertToBlob' in canvas
      ? await canvas.convertToBlob({ type, quality })
      : await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  if (blob?.type === type) return blob;
  throw new DataError(`This browser cannot write ${type}.`, { remedy: 'Use image/png.' });
}
