import { ArgumentError, checkOptions, type OptionNames } from '@munit/core';
import { lumaOf, type PixelImage } from '@munit/images';
import { blur, gradientOf } from './filters.js';
import { hysteresis, thin } from './thinEdges.js';

/** How edges are found and drawn. */
export interface LineDrawingOptions {
  /** Standard deviation of the blur before, in pixels. Default: 1.4 at a shorter side of 256, in proportion to it. */
  readonly blur?: number | undefined;
  /** Share of pixels whose gradient is strong enough to begin a line, 0 to 1. Default 0.09. */
  readonly strong?: number | undefined;
  /** A line continues where the gradient is at least this share of what begins one, 0 to 1. Default 0.35. */
  readonly weak?: number | undefined;
  /** Shortest line, in pixels. Default: a sixteenth of the shorter side. */
  readonly shortest?: number | undefined;
}

/** Their names, by which unknown ones are refused. */
export const drawingNames: OptionNames<LineDrawingOptions> = { blur: true, strong: true, weak: true, shortest: true };

/** A line drawing, and how much of it there is. */
export interface LineDrawing {
  /** Black on white; grey. */
  readonly image: PixelImage;
  /** Share of pixels on lines, 0 to 1. */
  readonly ink: number;
}

/** Gradients below this, in levels per pixel, are noise and never begin a line. */
const noise = 6;

/** The level that this share of values lies above, but at least `floor`. */
function levelAbove(values: Float32Array, share: number, floor: number): number {
  const sorted = Float32Array.from(values).sort();
  return Math.max(floor, sorted[Math.min(sorted.length - 1, Math.floor((1 - share) * sorted.length))] ?? floor);
}

/**
 * A photograph as a line drawing: Canny's edges (1986). Blurred luma and colour differences, Sobel's gradient, kept where it is largest
 * across the edge (so that lines are one pixel wide), from strong pixels on along weak ones; short pieces are left out, the rest is drawn
 * with a soft pen of 1.5 pixels at a shorter side of 256.
 *
 * The level of a strong gradient comes from the picture itself, so that dim and bright ones give about as many lines.
 * @throws ArgumentError for options out of range
 */
export function lineDrawingOf(image: PixelImage, options: LineDrawingOptions = {}): LineDrawing {
  checkOptions('lineDrawingOf', options, drawingNames);
  const { width, height } = image;
  const side = Math.min(width, height);
  const { blur: sigma = Math.max(0.8, (1.4 * side) / 256), strong = 0.09, weak = 0.35, shortest = Math.round(side / 16) } = options;
  for (const [name, value] of Object.entries({ strong, weak })) {
    if (!(value > 0 && value <= 1)) throw new ArgumentError(`'${name}' must be above 0 and at most 1; got ${value}.`);
  }
  if (!(sigma > 0 && sigma <= 100) || !(shortest >= 0)) throw new ArgumentError(`'blur' must be above 0 and at most 100, and 'shortest' at least 0; got ${sigma} and ${shortest}.`);
  const { size, dx, dy } = strongest(image, sigma);
  const level = levelAbove(size, strong, noise);
  const lines = hysteresis(thin({ size, dx, dy, width, height }), { width, height, strong: level, weak: weak * level, shortest });
  return { image: draw(lines, width, height), ink: lines.reduce((sum, bit) => sum + bit, 0) / lines.length };
}

/** Of the planes of an image the gradient that is largest at each pixel: edges between colours of one brightness count, too. */
function strongest(image: PixelImage, sigma: number): { readonly size: Float32Array; readonly dx: Float32Array; readonly dy: Float32Array } {
  const { width, height } = image;
  const gradients = planesOf(image).map((plane) => gradientOf(blur(plane, width, height, sigma), width, height));
  const first = gradients[0]!;
  for (const other of gradients.slice(1)) {
    for (let p = 0; p < first.size.length; p++) {
      if (other.size[p]! <= first.size[p]!) continue;
      first.size[p] = other.size[p]!;
      first.dx[p] = other.dx[p]!;
      first.dy[p] = other.dy[p]!;
    }
  }
  return first;
}

/** Luma, and of coloured images the differences of red and blue from it, which count half. */
function planesOf({ channels, data }: PixelImage): Float32Array[] {
  if (channels === 1) return [Float32Array.from(data)];
  const planes = [0, 1, 2].map(() => new Float32Array(data.length / 3));
  for (let p = 0; p < data.length / 3; p++) {
    const [red, green, blue] = [data[3 * p]!, data[3 * p + 1]!, data[3 * p + 2]!];
    const luma = lumaOf(red, green, blue);
    planes[0]![p] = luma;
    planes[1]![p] = (red - luma) / 2;
    planes[2]![p] = (blue - luma) / 2;
  }
  return planes;
}

/** Lines of one pixel, drawn by a soft pen. */
function draw(lines: Uint8Array, width: number, height: number): PixelImage {
  const pen = Math.max(0.5, (0.6 * Math.min(width, height)) / 256);
  const soft = blur(Float32Array.from(lines), width, height, pen);
  // A straight line of one pixel keeps 1 / (√(2π) pen) of its ink at its centre.
  const full = Math.min(1, 1 / (Math.sqrt(2 * Math.PI) * pen));
  const data = new Uint8Array(soft.length);
  for (let i = 0; i < data.length; i++) data[i] = 255 - Math.round(255 * Math.min(1, (1.35 * soft[i]!) / full));
  return { width, height, channels: 1, data };
}
