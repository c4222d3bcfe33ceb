/** What the page and the worker that encodes say to each other: the images first, one at a time, and then the order of the frames. */
import type { Size } from './frames.js';

export type EncodeRequest =
  | { readonly kind: 'image'; readonly picture: ImageData }
  | { readonly kind: 'encode'; readonly size: Size; readonly order: readonly number[] };

export interface EncodedVideo {
  readonly bytes: ArrayBuffer;
  readonly extension: 'mp4' | 'webm';
}

/** `done` without a video: the browser has no encoder for this size. */
export type EncodeAnswer =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done'; readonly video: EncodedVideo | undefined }
  | { readonly kind: 'failed'; readonly message: string };

/** Paints a frame on the video's canvas: `draw` puts its image on one of the image's own size. */
export function paintOf(canvas: HTMLCanvasElement | OffscreenCanvas, draw: (frame: number, small: OffscreenCanvas) => void): (frame: number) => void {
  const small = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  return (frame) => {
    draw(frame, small);
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
  };
}
