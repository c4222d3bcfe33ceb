import type { Size } from '@munit/images';
import type { Gradient } from './filters.js';

/**
 * The gradient where it is largest across the edge, 0 elsewhere: each pixel is compared with the two points one pixel up and down the
 * gradient, interpolated between their neighbours.
 */
export function thin({ size, dx, dy, width, height }: Gradient & Size): Float32Array {
  const out = new Float32Array(size.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const p = y * width + x;
      const here = size[p]!;
      if (here === 0) continue;
      const [ux, uy] = [dx[p]! / here, dy[p]! / here];
      // The nearest neighbour along the gradient's longer axis, and the diagonal one beside it.
      const [major, minor] = Math.abs(ux) >= Math.abs(uy) ? [Math.sign(ux), Math.sign(uy) * width] : [Math.sign(uy) * width, Math.sign(ux)];
      const share = Math.min(Math.abs(ux), Math.abs(uy)) / Math.max(Math.abs(ux), Math.abs(uy));
      const ahead = (1 - share) * size[p + major]! + share * size[p + major + minor]!;
      const behind = (1 - share) * size[p - major]! + share * size[p - major - minor]!;
      // One of two equal neighbours is enough.
      if (here > ahead && here >= behind) out[p] = here;
    }
  }
  return out;
}

/** Pixels that are connected, over edges and corners, by values of at least `weak`, if they have one of at least `strong` and are not too few. */
export function hysteresis(values: Float32Array, options: Size & { readonly strong: number; readonly weak: number; readonly shortest: number }): Uint8Array {
  const { width, height, strong, weak, shortest } = options;
  const out = new Uint8Array(values.length);
  const seen = new Uint8Array(values.length);
  for (let start = 0; start < values.length; start++) {
    if (seen[start] === 1 || values[start]! < strong) continue;
    const line = [start];
    seen[start] = 1;
    for (const p of line) {
      const [x, y] = [p % width, Math.floor(p / width)];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const q = v * width + u;
          if (seen[q] === 1 || values[q]! < weak) continue;
          seen[q] = 1;
          line.push(q);
        }
      }
    }
    if (line.length >= shortest) for (const p of line) out[p] = 1;
  }
  return out;
}
