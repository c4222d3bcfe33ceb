/** A picture's change at each pixel, in levels per pixel. */
export interface Gradient {
  /** √(dx² + dy²). */
  readonly size: Float32Array;
  /** To the right. */
  readonly dx: Float32Array;
  /** Downwards. */
  readonly dy: Float32Array;
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));

/** Weights of a Gaussian with this standard deviation, cut at three of them; their sum is 1. */
function gaussian(sigma: number): Float32Array {
  const reach = Math.max(1, Math.ceil(3 * sigma));
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Along one axis; `along` is the step between neighbours there, borders are repeated. */
function blurAlong(plane: Float32Array, weights: Float32Array, count: number, along: number, lines: number, across: number): Float32Array {
  const reach = weights.length >> 1;
  const out = new Float32Array(plane.length);
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) sum += weights[k + reach]! * plane[line * across + clamp(i + k, count - 1) * along]!;
      out[line * across + i * along] = sum;
    }
  }
  return out;
}

/** Blurred by a Gaussian. // [H, W] */
export function blur(plane: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const weights = gaussian(sigma);
  return blurAlong(blurAlong(plane, weights, width, 1, height, width), weights, height, width, width, 1);
}

/** Sobel's gradient, borders repeated. // [H, W] */
export function gradientOf(plane: Float32Array, width: number, height: number): Gradient {
  const [size, dx, dy] = [new Float32Array(plane.length), new Float32Array(plane.length), new Float32Array(plane.length)];
  const at = (x: number, y: number): number => plane[clamp(y, height - 1) * width + clamp(x, width - 1)]!;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = y * width + x;
      const right = at(x + 1, y - 1) + 2 * at(x + 1, y) + at(x + 1, y + 1);
      const left = at(x - 1, y - 1) + 2 * at(x - 1, y) + at(x - 1, y + 1);
      const below = at(x - 1, y + 1) + 2 * at(x, y + 1) + at(x + 1, y + 1);
      const above = at(x - 1, y - 1) + 2 * at(x, y - 1) + at(x + 1, y - 1);
      dx[p] = (right - left) / 8;
      dy[p] = (below - above) / 8;
      size[p] = Math.hypot(dx[p]!, dy[p]!);
    }
  }
  return { size, dx, dy };
}
