import { activation64, activationSlope64 } from '../activation/reference.js';
import { accumulate, type Array64, get, index4, map64, sizes4, zeros } from '../shared/reference.js';
import type { Conv2dSettings, PadMode } from './types.js';

/**
 * Which of `length` cells shows at position `i` before the border: reflected (-1 shows 1), repeated (-1 shows 0),
 * or none (undefined) where a zero stands.
 */
export function shownCell(i: number, length: number, mode: PadMode): number | undefined {
  if (i >= 0 && i < length) return i;
  switch (mode) {
    case 'zero':
      return undefined;
    case 'replicate':
      return i < 0 ? 0 : length - 1;
    case 'reflect':
      return i < 0 ? -i : 2 * (length - 1) - i;
    default:
      return mode satisfies never;
  }
}

/**
 * Calls `visit(y, x, w)` for every tap of the kernel at every output pixel: the flat indices of the pixels' first channels, and of
 * the tap's first weight [·, ·, 0, 0].
 */
function everyTap(
  x: Array64,
  weights: Array64,
  y: Array64,
  { stride, padMode, pad, upsample }: Conv2dSettings,
  visit: (yPixel: number, xPixel: number, tap: number) => void,
): void {
  const [, height, width] = sizes4(x);
  const [kh, kw] = sizes4(weights);
  const [samples, outHeight, outWidth] = sizes4(y);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        for (let u = 0; u < kh; u++) {
          for (let v = 0; v < kw; v++) {
            const row = shownCell(i * stride + u - pad, height * upsample, padMode);
            const column = shownCell(j * stride + v - pad, width * upsample, padMode);
            if (row === undefined || column === undefined) continue;
            const xPixel = index4(x, n, Math.floor(row / upsample), Math.floor(column / upsample), 0);
            visit(index4(y, n, i, j, 0), xPixel, index4(weights, u, v, 0, 0));
          }
        }
      }
    }
  }
}

/** conv(pad(upsample(x)), weights) + bias, before the activation. */
function linearPart(x: Array64, weights: Array64, bias: Array64 | undefined, parameters: Conv2dSettings): Array64 {
  const { stride, pad, upsample } = parameters;
  const [samples, height, width, channels] = sizes4(x);
  const [kh, kw, , outputs] = sizes4(weights);
  const outSize = (length: number, k: number): number => Math.floor((length * upsample + 2 * pad - k) / stride) + 1;
  const z = zeros([samples, outSize(height, kh), outSize(width, kw), outputs]);
  everyTap(x, weights, z, parameters, (yPixel, xPixel, tap) => {
    for (let c = 0; c < channels; c++) {
      for (let o = 0; o < outputs; o++) accumulate(z, yPixel + o, get(x, xPixel + c) * get(weights, tap + c * outputs + o));
    }
  });
  return bias === undefined ? z : map64(z, (value, i) => value + get(bias, i % outputs));
}

export const conv2dReference = {
  forward(x: Array64, weights: Array64, bias: Array64 | undefined, parameters: Conv2dSettings): Array64 {
    return map64(linearPart(x, weights, bias, parameters), (z) => activation64(z, parameters.activation));
  },

  backward(
    x: Array64,
    weights: Array64,
    bias: Array64 | undefined,
    parameters: Conv2dSettings,
    dy: Array64,
  ): { readonly x: Array64; readonly weights: Array64; readonly bias: Array64 | undefined } {
    const z = linearPart(x, weights, bias, parameters);
    const dz = map64(z, (value, i) => activationSlope64(value, parameters.activation) * get(dy, i));
    const [dx, dWeights] = [zeros(x.shape), zeros(weights.shape)];
    const [, , channels, outputs] = sizes4(weights);
    everyTap(x, weights, z, parameters, (yPixel, xPixel, tap) => {
      for (let c = 0; c < channels; c++) {
        for (let o = 0; o < outputs; o++) {
          const weight = tap + c * outputs + o;
          accumulate(dx, xPixel + c, get(dz, yPixel + o) * get(weights, weight));
          accumulate(dWeights, weight, get(dz, yPixel + o) * get(x, xPixel + c));
        }
      }
    });
    const dBias = bias === undefined ? undefined : zeros(bias.shape);
    if (dBias !== undefined) dz.data.forEach((value, i) => accumulate(dBias, i % dBias.data.length, value));
    return { x: dx, weights: dWeights, bias: dBias };
  },
};
