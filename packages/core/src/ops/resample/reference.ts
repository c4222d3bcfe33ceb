import type { PadMode } from '../conv2d/types.js';
import { accumulate, type Array64, get, index4, sizes4, zeros } from '../shared/reference.js';
import type { Pad2dOptions } from './pad2d.js';

/** A resized image's options, resolved. */
export interface ResizeSettings {
  readonly height: number;
  readonly width: number;
  readonly alignCorners: boolean;
}

/** The lower of the two cells beside an output, and how far towards the next one it lies. */
function placeOf(output: number, length: number, size: number, alignCorners: boolean): { readonly cell: number; readonly share: number } {
  let at = ((output + 0.5) * length) / size - 0.5;
  if (alignCorners) at = size > 1 ? (output * (length - 1)) / (size - 1) : 0;
  if (at < 0) at = 0;
  const cell = Math.min(Math.floor(at), length - 1);
  return { cell, share: cell === length - 1 ? 0 : at - cell };
}

/** Calls `visit(y, x, weight)` for each output value and each of the up to four input values that it is interpolated between. */
function everyCorner(x: Array64, y: Array64, alignCorners: boolean, visit: (yIndex: number, xIndex: number, weight: number) => void): void {
  const [samples, height, width, channels] = sizes4(x);
  const [, outHeight, outWidth] = sizes4(y);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        const row = placeOf(i, height, outHeight, alignCorners);
        const column = placeOf(j, width, outWidth, alignCorners);
        for (const down of [0, 1]) {
          for (const right of [0, 1]) {
            const weight = (down === 1 ? row.share : 1 - row.share) * (right === 1 ? column.share : 1 - column.share);
            if (weight === 0) continue;
            for (let c = 0; c < channels; c++) visit(index4(y, n, i, j, c), index4(x, n, row.cell + down, column.cell + right, c), weight);
          }
        }
      }
    }
  }
}

export const resizeBilinear2dReference = {
  forward(x: Array64, { height, width, alignCorners }: ResizeSettings): Array64 {
    const [samples, , , channels] = sizes4(x);
    const y = zeros([samples, height, width, channels]);
    everyCorner(x, y, alignCorners, (yIndex, xIndex, weight) => accumulate(y, yIndex, weight * get(x, xIndex)));
    return y;
  },
  backward(x: Array64, { alignCorners }: ResizeSettings, dy: Array64): Array64 {
    const dx = zeros(x.shape);
    everyCorner(x, dy, alignCorners, (yIndex, xIndex, weight) => accumulate(dx, xIndex, weight * get(dy, yIndex)));
    return dx;
  },
};

/** Which of `length` cells a position of a border shows; undefined for a zero. */
function cellAt(position: number, length: number, mode: PadMode): number | undefined {
  if (position >= 0 && position < length) return position;
  if (mode === 'zero') return undefined;
  if (mode === 'replicate') return position < 0 ? 0 : length - 1;
  return position < 0 ? -position : 2 * length - 2 - position;
}

export const pad2dReference = {
  forward(x: Array64, { mode, rows, columns }: Pad2dOptions): Array64 {
    const [samples, height, width, channels] = sizes4(x);
    const y = zeros([samples, height + 2 * rows, width + 2 * columns, channels]);
    everyPadded(x, y, mode, rows, columns, (yIndex, xIndex) => (y.data[yIndex] = get(x, xIndex)));
    return y;
  },
  backward(x: Array64, { mode, rows, columns }: Pad2dOptions, dy: Array64): Array64 {
    const dx = zeros(x.shape);
    everyPadded(x, dy, mode, rows, columns, (yIndex, xIndex) => accumulate(dx, xIndex, get(dy, yIndex)));
    return dx;
  },
};

function everyPadded(x: Array64, y: Array64, mode: PadMode, rows: number, columns: number, visit: (yIndex: number, xIndex: number) => void): void {
  const [, height, width, channels] = sizes4(x);
  const [samples, outHeight, outWidth] = sizes4(y);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        const row = cellAt(i - rows, height, mode);
        const column = cellAt(j - columns, width, mode);
        if (row === undefined || column === undefined) continue;
        for (let c = 0; c < channels; c++) visit(index4(y, n, i, j, c), index4(x, n, row, column, c));
      }
    }
  }
}

/** The rows of Pascal's triangle. */
const blurWeights: Readonly<Record<number, readonly number[]>> = { 2: [1, 1], 3: [1, 2, 1], 4: [1, 3, 3, 1], 5: [1, 4, 6, 4, 1] };

function everyBlurred(x: Array64, y: Array64, size: number, visit: (yIndex: number, xIndex: number, weight: number) => void): void {
  const [, height, width, channels] = sizes4(x);
  const [samples, outHeight, outWidth] = sizes4(y);
  const weights = blurWeights[size] as readonly number[];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const before = Math.floor((size - 1) / 2);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        for (let u = 0; u < size; u++) {
          for (let v = 0; v < size; v++) {
            const row = cellAt(2 * i + u - before, height, 'reflect') as number;
            const column = cellAt(2 * j + v - before, width, 'reflect') as number;
            const weight = ((weights[u] as number) * (weights[v] as number)) / total ** 2;
            for (let c = 0; c < channels; c++) visit(index4(y, n, i, j, c), index4(x, n, row, column, c), weight);
          }
        }
      }
    }
  }
}

export const blurPool2dReference = {
  forward(x: Array64, size: number): Array64 {
    const [samples, height, width, channels] = sizes4(x);
    const y = zeros([samples, Math.ceil(height / 2), Math.ceil(width / 2), channels]);
    everyBlurred(x, y, size, (yIndex, xIndex, weight) => accumulate(y, yIndex, weight * get(x, xIndex)));
    return y;
  },
  backward(x: Array64, size: number, dy: Array64): Array64 {
    const dx = zeros(x.shape);
    everyBlurred(x, dy, size, (yIndex, xIndex, weight) => accumulate(dx, xIndex, weight * get(dy, yIndex)));
    return dx;
  },
};
