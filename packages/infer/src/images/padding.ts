/** Any size through networks that take multiples: reflected at the right and at the bottom before, cut off after. */
import type { FloatImage, Size } from '@munit/images';

/** The smallest size that holds `size`, is at least `minimum` and a multiple of `multiple` on both sides. */
export function paddedSize({ width, height }: Size, multiple: number, minimum: number): Size {
  const up = (n: number): number => Math.ceil(Math.max(n, minimum) / multiple) * multiple;
  return { width: up(width), height: up(height) };
}

/** Where the `i`-th row comes from when n rows are reflected on and on, the outermost not repeated; a single one is repeated. */
function reflected(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const at = i % period;
  return at < n ? at : period - at;
}

/** The image in the top left corner of a larger one, reflected to the right and downwards. The image itself when it is that large. */
export function padTo(image: FloatImage, { width, height }: Size): FloatImage {
  if (image.width === width && image.height === height) return image;
  const { channels } = image;
  const columns = Int32Array.from({ length: width }, (_, x) => reflected(x, image.width) * channels);
  const values = new Float32Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = reflected(y, image.height) * image.width * channels;
    for (let x = 0; x < width; x++) {
      const from = row + columns[x]!;
      for (let c = 0; c < channels; c++) values[to++] = image.values[from + c]!;
    }
  }
  return { width, height, channels, values };
}

/** The top left corner. The image itself when that is all of it. */
export function cropTo(image: FloatImage, { width, height }: Size): FloatImage {
  if (image.width === width && image.height === height) return image;
  const { channels } = image;
  const row = width * channels;
  const values = new Float32Array(row * height);
  for (let y = 0; y < height; y++) {
    const from = y * image.width * channels;
    values.set(image.values.subarray(from, from + row), y * row);
  }
  return { width, height, channels, values };
}
