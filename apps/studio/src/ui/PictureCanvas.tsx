import type { Picture } from '@munit/infer';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { draw } from './draw.js';

export interface PictureCanvasProps {
  readonly picture: Picture | ImageBitmap | undefined;
  /** Without one it is decoration. */
  readonly label?: string;
}

/** An image drawn in its own size; the page scales it. */
export function PictureCanvas({ picture, label }: PictureCanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  // Before the browser paints: a canvas that is resized is empty.
  useLayoutEffect(() => {
    if (ref.current !== null && picture !== undefined) draw(ref.current, picture);
  }, [picture]);
  const role = label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': label };
  return <canvas ref={ref} {...role} width={picture?.width ?? 1} height={picture?.height ?? 1} />;
}
