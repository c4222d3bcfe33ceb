/** Where a film cuts from one shot to another: averages over the cut would mix two scenes. */
import type { FloatImage } from '@munit/images';

/** Cells of the small grey image along each side. */
const CELLS = 16;

/** Of a change as large as the image's own contrast, the share from which a frame is another shot. */
const THRESHOLD = 0.6;

/** The mean brightness of each of 16×16 cells; of an image with fewer rows or columns, of each of those. */
export function smallGrey({ width, height, channels, values }: FloatImage): Float64Array {
  const [across, down] = [Math.min(CELLS, width), Math.min(CELLS, height)];
  const sums = new Float64Array(across * down);
  const counts = new Float64Array(across * down);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * down) / height) * across;
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor((x * across) / width);
      for (let c = 0; c < channels; c++) sums[cell]! += values[(y * width + x) * channels + c]!;
      counts[cell]! += channels;
    }
  }
  return sums.map((sum, cell) => sum / counts[cell]!);
}

/**
 * Whether `next` begins another shot: Σ |next − before| > 0.6 · Σ |before − mean(before)| over the cells of both small grey images, where the
 * larger contrast of the two counts. What moves within a shot changes few cells, and those by less.
 */
export function isCut(before: Float64Array, next: Float64Array): boolean {
  if (before.length !== next.length) return true;
  const contrast = (values: Float64Array): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + Math.abs(value - mean), 0);
  };
  const change = next.reduce((sum, value, i) => sum + Math.abs(value - before[i]!), 0);
  return change > THRESHOLD * Math.max(contrast(before), contrast(next));
}
