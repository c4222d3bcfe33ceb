/** What the worker that encodes does: it takes the images first, one at a time, and then the order of the frames. */
import type { Size } from '@munit/images';

export interface EncodeCalls {
  picture: { args: ImageData; result: undefined };
  /** Undefined where the browser has no encoder for this size. Progress is 0 to 1. */
  encode: { args: { readonly size: Size; readonly order: readonly number[] }; result: EncodedVideo | undefined; progress: number };
}

export interface EncodedVideo {
  readonly bytes: ArrayBuffer;
  readonly extension: 'mp4' | 'webm';
}

/** Paints a frame on the video's canvas: `draw` puts its picture on one of the picture's own size. */
export function paintOf(canvas: HTMLCanvasElement | OffscreenCanvas, draw: (frame: number, small: OffscreenCanvas) => void): (frame: number) => void {
  const small = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  return (frame) => {
    draw(frame, small);
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
  };
}
