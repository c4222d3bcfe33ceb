/**
 * What reflect padding changes for the up-sampled kind. The small convolution pads its input by repeating the border; on
 * the large image that is right for all cells but the second one outside, which the outermost output row (or column) reads
 * with its outermost tap. There the reflected cell is the second of the small image and not the first, so that row 0 lacks
 *   Σ_v w[0, v] (x[1, ·] - x[0, ·])   with the columns of the reflected image,
 * the last row likewise, and then columns 0 and last lack the same by columns, with the rows of the repeated image.
 * Each is a one-dimensional convolution of a difference of two lines, of five taps, on the doubled line.
 */
import { BORDER, INNER_GEOMETRY, record } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { NONE } from '../conv/activation';
import { convDataGrad } from '../conv/dataGrad';
import { convFilterGrad } from '../conv/filterGrad';
import { forwardPatches, runForward } from '../conv/forward';
import { Geometry } from '../conv/geometry';
import { newFilterLayout, packFilter } from '../conv/implicit';
import { PAD_REFLECT, PAD_REPLICATE } from '../conv/patches';
import { Tiling } from './tiling';

const TOP: i32 = 0;
const BOTTOM: i32 = 1;
const LEFT: i32 = 2;
const RIGHT: i32 = 3;

@unmanaged
export class Border {
  top: usize;
  bottom: usize;
  left: usize;
  right: usize;
  height: i32;
  width: i32;
  channels: i32;

  /** v plus what is lacking at an output cell. */
  // @ts-ignore: decorator
  @inline
  correct(v: v128, image: i32, row: i32, col: i32, channel: i32): v128 {
    const across = <usize>((image * this.width + col) * this.channels + channel) << 2;
    const down = <usize>((image * this.height + row) * this.channels + channel) << 2;
    if (row == 0) v = f32x4.add(v, v128.load(this.top + across));
    if (row == this.height - 1) v = f32x4.add(v, v128.load(this.bottom + across));
    if (col == 0) v = f32x4.add(v, v128.load(this.left + down));
    if (col == this.width - 1) v = f32x4.add(v, v128.load(this.right + down));
    return v;
  }
}

// @ts-ignore: decorator
@inline
function lineLength(t: Tiling, side: i32): i32 {
  return side < LEFT ? t.w : t.h;
}

/** First cell, in floats, of the line `depth` cells in from a side of an image [h, w, c], and the step along the line. */
// @ts-ignore: decorator
@inline
function lineStart(side: i32, depth: i32, h: i32, w: i32, c: i32): i32 {
  if (side == TOP) return depth * w * c;
  if (side == BOTTOM) return (h - 1 - depth) * w * c;
  return side == LEFT ? depth * c : (w - 1 - depth) * c;
}

/** Second line minus first, [N, length, C]. */
function differences(t: Tiling, side: i32, x: usize): usize {
  const length = lineLength(t, side), line = scratch(<usize>(t.n * length * t.c) << 2);
  const step = (side < LEFT ? t.c : t.w * t.c) << 2, bytes = t.c << 2;
  let to = line;
  for (let n = 0; n < t.n; n++) {
    let first = x + <usize>n * t.imageBytes + (<usize>lineStart(side, 0, t.h, t.w, t.c) << 2);
    let second = x + <usize>n * t.imageBytes + (<usize>lineStart(side, 1, t.h, t.w, t.c) << 2);
    for (let i = 0; i < length; i++) {
      for (let k = 0; k < bytes; k += 16) v128.store(to + k, f32x4.sub(v128.load(second + k), v128.load(first + k)));
      to += bytes;
      first += step;
      second += step;
    }
  }
  return line;
}

// @ts-ignore: decorator
@inline
function tapOffset(side: i32, i: i32, matrix: i32): i32 {
  if (side == TOP) return i * matrix;
  if (side == BOTTOM) return (20 + i) * matrix;
  return (side == LEFT ? i * 5 : i * 5 + 4) * matrix;
}

/** The five taps of a side, one after another: [5, C, O]. */
function sideTaps(t: Tiling, side: i32, filter: usize): usize {
  const matrix = t.c * t.o, taps = scratch(<usize>(5 * matrix) << 2);
  for (let i = 0; i < 5; i++) memory.copy(taps + (<usize>(i * matrix) << 2), filter + (<usize>tapOffset(side, i, matrix) << 2), <usize>matrix << 2);
  return taps;
}

/** The convolution of a side: a line of the image, doubled along itself, by five taps. */
function lineGeometry(t: Tiling, side: i32): Geometry {
  const g = record<Geometry>(INNER_GEOMETRY), length = lineLength(t, side);
  g.samples = t.n;
  g.height = 1;
  g.width = length;
  g.channels = t.c;
  g.kernelHeight = 1;
  g.kernelWidth = 5;
  g.outputs = t.o;
  g.stride = 1;
  g.padTop = 0;
  g.padLeft = 2;
  g.outHeight = 1;
  g.outWidth = 2 * length;
  g.padMode = side < LEFT ? PAD_REFLECT : PAD_REPLICATE;
  g.upY = 1;
  g.upX = 2;
  return g;
}

/** What one side lacks: [N, 2 * length, O]. */
function correction(t: Tiling, side: i32, x: usize, filter: usize): usize {
  const length = lineLength(t, side), matrix = t.c * t.o, out = scratch(<usize>(t.n * 2 * length * t.o) << 2);
  const layout = newFilterLayout(filter, 5, t.c, t.o, t.o, 1);
  for (let i = 0; i < 5; i++) store<i32>(layout.tapOffsets + (<usize>i << 2), tapOffset(side, i, matrix));
  packFilter(layout);
  runForward(forwardPatches(lineGeometry(t, side), differences(t, side, x)), layout.out, t.o, 0, out, NONE, 0);
  return out;
}

export function borderForward(t: Tiling, x: usize, filter: usize): Border {
  const border = record<Border>(BORDER);
  border.top = correction(t, TOP, x, filter);
  border.bottom = correction(t, BOTTOM, x, filter);
  border.left = correction(t, LEFT, x, filter);
  border.right = correction(t, RIGHT, x, filter);
  border.height = 2 * t.h;
  border.width = 2 * t.w;
  border.channels = t.o;
  return border;
}

/** A side's line of dy [N, 2H, 2W, O], copied together: [N, 2 * length, O]. */
function gradLine(t: Tiling, side: i32, dy: usize): usize {
  const length = 2 * lineLength(t, side), bytes = <usize>t.o << 2, line = scratch(<usize>(t.n * length) * bytes);
  const step = side < LEFT ? bytes : bytes * (2 * t.w);
  let to = line;
  for (let n = 0; n < t.n; n++) {
    let from = dy + <usize>n * t.outImageBytes + (<usize>lineStart(side, 0, 2 * t.h, 2 * t.w, t.o) << 2);
    for (let i = 0; i < length; i++) {
      memory.copy(to, from, bytes);
      to += bytes;
      from += step;
    }
  }
  return line;
}

/** Adds the border's part to dx [N, H, W, C]. */
export function borderDataGrad(t: Tiling, dx: usize, filter: usize, dy: usize): void {
  for (let side = TOP; side <= RIGHT; side++) {
    const line = scratch(<usize>(t.n * lineLength(t, side) * t.c) << 2);
    convDataGrad(lineGeometry(t, side), line, sideTaps(t, side, filter), gradLine(t, side, dy));
    addLine(t, side, line, dx);
  }
}

/** The gradient of a difference goes to the second line, and negated to the first. */
function addLine(t: Tiling, side: i32, line: usize, dx: usize): void {
  const length = lineLength(t, side), step = (side < LEFT ? t.c : t.w * t.c) << 2, bytes = t.c << 2;
  let from = line;
  for (let n = 0; n < t.n; n++) {
    let first = dx + <usize>n * t.imageBytes + (<usize>lineStart(side, 0, t.h, t.w, t.c) << 2);
    let second = dx + <usize>n * t.imageBytes + (<usize>lineStart(side, 1, t.h, t.w, t.c) << 2);
    for (let i = 0; i < length; i++) {
      for (let k = 0; k < bytes; k += 16) {
        const v = v128.load(from + k);
        v128.store(second + k, f32x4.add(v128.load(second + k), v));
        v128.store(first + k, f32x4.sub(v128.load(first + k), v));
      }
      from += bytes;
      first += step;
      second += step;
    }
  }
}

/** Adds the border's part to dw [5, 5, C, O]. */
export function borderFilterGrad(t: Tiling, x: usize, dw: usize, dy: usize): void {
  const matrix = t.c * t.o, bytes = <usize>matrix << 2;
  for (let side = TOP; side <= RIGHT; side++) {
    const taps = scratch(bytes * 5);
    convFilterGrad(lineGeometry(t, side), differences(t, side, x), taps, gradLine(t, side, dy));
    for (let i = 0; i < 5; i++) {
      const to = dw + (<usize>tapOffset(side, i, matrix) << 2), from = taps + <usize>i * bytes;
      for (let k: usize = 0; k < bytes; k += 16) v128.store(to + k, f32x4.add(v128.load(to + k), v128.load(from + k)));
    }
  }
}
