import type { Picture } from '@munit/infer';

/** Draws an image in its own size: the canvas takes it. */
export function draw(canvas: HTMLCanvasElement | OffscreenCanvas, picture: Picture | ImageBitmap): void {
  if ('toCanvas' in picture) {
    picture.toCanvas(canvas);
    return;
  }
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
  context?.drawImage(picture, 0, 0);
}
