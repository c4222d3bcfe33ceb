import type { PixelImage } from '@munit/images';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface PixelCanvasProps {
  readonly image: PixelImage;
  readonly label: string;
}

/** A small image in its own pixels; the page scales it without smoothing. */
export function PixelCanvas({ image, label }: PixelCanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  // Before the browser paints: a canvas that is resized is empty.
  useLayoutEffect(() => {
    ref.current?.getContext('2d')?.putImageData(rgbaOf(image), 0, 0);
  }, [image]);
  return <canvas ref={ref} role="img" aria-label={label} width={image.width} height={image.height} />;
}

/** Grey and colour alike, opaque. */
function rgbaOf({ width, height, channels, data }: PixelImage): ImageData {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const from = i * channels;
    rgba[4 * i] = data[from] as number;
    rgba[4 * i + 1] = data[channels === 1 ? from : from + 1] as number;
    rgba[4 * i + 2] = data[channels === 1 ? from : from + 2] as number;
    rgba[4 * i + 3] = 255;
  }
  return new ImageData(rgba, width, height);
}
