import { type Array64, get, index4, map64, sizes4, zeros } from '../shared/reference.js';

const sampleOf = (x: Array64, index: number): number => Math.floor(index / (x.data.length / sizes4(x)[0]));

/** y[n] = x[n] + by[n]. */
export const shiftBrightnessReference = {
  forward: (x: Array64, by: readonly number[]): Array64 => map64(x, (value, i) => value + (by[sampleOf(x, i)] as number)),
  backward: (dy: Array64): Array64 => dy,
};

/** y = f x + (1 − f) mean(x) over the channels of a pixel or over a sample; its own adjoint. */
export function blendWithMeanReference(x: Array64, over: 'pixel' | 'sample', factors: readonly number[]): Array64 {
  const [samples, , , channels] = sizes4(x);
  const groupSize = over === 'pixel' ? channels : x.data.length / samples;
  return map64(x, (value, i) => {
    const start = i - (i % groupSize);
    let sum = 0;
    for (let k = start; k < start + groupSize; k++) sum += get(x, k);
    const f = factors[sampleOf(x, i)] as number;
    return f * value + ((1 - f) * sum) / groupSize;
  });
}

/** y[n, i, j] = x[n, i − rows[n], j − columns[n]], 0 where that is outside. */
export function translateImagesReference(x: Array64, rows: readonly number[], columns: readonly number[]): Array64 {
  const [samples, height, width, channels] = sizes4(x);
  const y = zeros(x.shape);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const row = i - (rows[n] as number);
        const column = j - (columns[n] as number);
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        for (let c = 0; c < channels; c++) y.data[index4(y, n, i, j, c)] = get(x, index4(x, n, row, column, c));
      }
    }
  }
  return y;
}

/** y[n, i, j] = x[n, i, W − 1 − j] where mirrored[n]; its own adjoint. */
export function mirrorImagesReference(x: Array64, mirrored: readonly boolean[]): Array64 {
  const [samples, height, width, channels] = sizes4(x);
  const y = zeros(x.shape);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const column = mirrored[n] ? width - 1 - j : j;
        for (let c = 0; c < channels; c++) y.data[index4(y, n, i, j, c)] = get(x, index4(x, n, i, column, c));
      }
    }
  }
  return y;
}

/** y = x · mask, one value of the mask per pixel. */
export function maskImagesReference(x: Array64, mask: Array64): Array64 {
  const channels = sizes4(x)[3];
  return map64(x, (value, i) => value * get(mask, Math.floor(i / channels)));
}
