import { accumulate, type Array64, get, index4, sizes4, zeros } from '../shared/reference.js';

/** Calls `visit(y, cells)` for every output with the flat indices of the input cells in its window. */
function everyWindow(
  x: Array64,
  y: Array64,
  { size, stride, pad }: { readonly size: number; readonly stride: number; readonly pad: number },
  visit: (yIndex: number, cells: readonly number[]) => void,
): void {
  const [, height, width] = sizes4(x);
  const [samples, outHeight, outWidth, channels] = sizes4(y);
  const inside = (start: number, length: number): number[] =>
    Array.from({ length: size }, (_, k) => start + k).filter((i) => i >= 0 && i < length);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        const rows = inside(i * stride - pad, height);
        const columns = inside(j * stride - pad, width);
        for (let c = 0; c < channels; c++) {
          visit(index4(y, n, i, j, c), rows.flatMap((row) => columns.map((column) => index4(x, n, row, column, c))));
        }
      }
    }
  }
}

/** Of an average. */
export interface AverageSettings {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly countIncludePad: boolean;
}

/** The window that steps the published discriminators down. */
export const discriminatorWindow: AverageSettings = { size: 3, stride: 2, padding: 1, countIncludePad: false };

const averageOutput = (x: Array64, { size, stride, padding }: AverageSettings): Array64 => {
  const [n, h, w, c] = sizes4(x);
  const outSize = (length: number): number => Math.floor((length + 2 * padding - size) / stride) + 1;
  return zeros([n, outSize(h), outSize(w), c]);
};

const windowOf = ({ size, stride, padding }: AverageSettings) => ({ size, stride, pad: padding });

/** The mean of the cells of each window that lie inside, or of the whole window with zeros outside. */
export const averagePool2dReference = {
  forward(x: Array64, settings: AverageSettings = discriminatorWindow): Array64 {
    const y = averageOutput(x, settings);
    everyWindow(x, y, windowOf(settings), (yIndex, cells) => {
      y.data[yIndex] = cells.reduce((sum, cell) => sum + get(x, cell), 0) / (settings.countIncludePad ? settings.size ** 2 : cells.length);
    });
    return y;
  },
  backward(x: Array64, dy: Array64, settings: AverageSettings = discriminatorWindow): Array64 {
    const dx = zeros(x.shape);
    everyWindow(x, averageOutput(x, settings), windowOf(settings), (yIndex, cells) => {
      for (const cell of cells) accumulate(dx, cell, get(dy, yIndex) / (settings.countIncludePad ? settings.size ** 2 : cells.length));
    });
    return dx;
  },
};

/** Of a maximum. */
export interface MaxSettings {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly partial: boolean;
}

const maxOutput = (x: Array64, { size, stride, padding, partial }: MaxSettings): Array64 => {
  const [n, h, w, c] = sizes4(x);
  const outSize = (length: number): number => {
    let count = 0;
    // A window counts while it lies inside the bordered image, or partly, where that is wanted, and begins before the border at the end.
    while (partial ? count * stride + size < length + 2 * padding + stride && count * stride < length + padding : count * stride + size <= length + 2 * padding) count += 1;
    return count;
  };
  return zeros([n, outSize(h), outSize(w), c]);
};

/** The largest of each window, NaN if one of its values is; the gradient goes to the first of equal ones. */
export const maxPool2dReference = {
  forward(x: Array64, settings: MaxSettings): Array64 {
    const y = maxOutput(x, settings);
    everyWindow(x, y, { size: settings.size, stride: settings.stride, pad: settings.padding }, (yIndex, cells) => {
      y.data[yIndex] = Math.max(...cells.map((cell) => get(x, cell)));
    });
    return y;
  },
  backward(x: Array64, dy: Array64, settings: MaxSettings): Array64 {
    const dx = zeros(x.shape);
    everyWindow(x, maxOutput(x, settings), { size: settings.size, stride: settings.stride, pad: settings.padding }, (yIndex, cells) => {
      const winner = cells.reduce((best, cell) => (get(x, cell) > get(x, best) ? cell : best));
      accumulate(dx, winner, get(dy, yIndex));
    });
    return dx;
  },
};

/** y[n, c] = mean of x[n, :, :, c]. */
export const globalAveragePoolReference = {
  forward(x: Array64): Array64 {
    const [n, h, w, c] = sizes4(x);
    const y = zeros([n, c]);
    x.data.forEach((value, i) => accumulate(y, Math.floor(i / (h * w * c)) * c + (i % c), value / (h * w)));
    return y;
  },
  backward(x: Array64, dy: Array64): Array64 {
    const [, h, w, c] = sizes4(x);
    const dx = zeros(x.shape);
    dx.data.forEach((_, i) => (dx.data[i] = get(dy, Math.floor(i / (h * w * c)) * c + (i % c)) / (h * w)));
    return dx;
  },
};
