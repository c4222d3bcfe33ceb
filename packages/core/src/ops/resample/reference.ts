import { accumulate, type Array64, get, index4, sizes4, zeros } from '../shared/reference.js';

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
