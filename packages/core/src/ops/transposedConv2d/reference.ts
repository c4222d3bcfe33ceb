import type { FusedActivation } from '../activation/activation.js';
import { activation64, activationSlope64 } from '../activation/reference.js';
import { accumulate, type Array64, get, index4, map64, sizes4, zeros } from '../shared/reference.js';

/** The options, resolved. */
export interface TransposedConv2dSettings {
  readonly stride: number;
  readonly padding: number;
  readonly outputPadding: number;
  readonly activation: FusedActivation;
}

/** Calls `visit(x, y, w)` for every input pixel and every tap that lands inside: the flat indices of the first channels, and of the tap's first weight. */
function everyTap(x: Array64, weights: Array64, y: Array64, { stride, padding }: TransposedConv2dSettings, visit: (xPixel: number, yPixel: number, tap: number) => void): void {
  const [samples, height, width] = sizes4(x);
  const [kh, kw] = sizes4(weights);
  const [, outHeight, outWidth] = sizes4(y);
  for (let n = 0; n < samples; n++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        for (let u = 0; u < kh; u++) {
          for (let v = 0; v < kw; v++) {
            const row = i * stride - padding + u;
            const column = j * stride - padding + v;
            if (row < 0 || row >= outHeight || column < 0 || column >= outWidth) continue;
            visit(index4(x, n, i, j, 0), index4(y, n, row, column, 0), index4(weights, u, v, 0, 0));
          }
        }
      }
    }
  }
}

/** convᵀ(x) + bias, before the activation. */
function linearPart(x: Array64, weights: Array64, bias: Array64 | undefined, settings: TransposedConv2dSettings): Array64 {
  const [samples, height, width, channels] = sizes4(x);
  const [kh, kw, outputs] = sizes4(weights);
  const size = (length: number, kernel: number): number => (length - 1) * settings.stride - 2 * settings.padding + kernel + settings.outputPadding;
  const z = zeros([samples, size(height, kh), size(width, kw), outputs]);
  everyTap(x, weights, z, settings, (xPixel, yPixel, tap) => {
    for (let o = 0; o < outputs; o++) {
      for (let c = 0; c < channels; c++) accumulate(z, yPixel + o, get(x, xPixel + c) * get(weights, tap + o * channels + c));
    }
  });
  return bias === undefined ? z : map64(z, (value, i) => value + get(bias, i % outputs));
}

export const transposedConv2dReference = {
  forward(x: Array64, weights: Array64, bias: Array64 | undefined, settings: TransposedConv2dSettings): Array64 {
    return map64(linearPart(x, weights, bias, settings), (z) => activation64(z, settings.activation));
  },

  backward(
    x: Array64,
    weights: Array64,
    bias: Array64 | undefined,
    settings: TransposedConv2dSettings,
    dy: Array64,
  ): { readonly x: Array64; readonly weights: Array64; readonly bias: Array64 | undefined } {
    const z = linearPart(x, weights, bias, settings);
    const dz = map64(z, (value, i) => activationSlope64(value, settings.activation) * get(dy, i));
    const [dx, dWeights] = [zeros(x.shape), zeros(weights.shape)];
    const [, , outputs, channels] = sizes4(weights);
    everyTap(x, weights, z, settings, (xPixel, yPixel, tap) => {
      for (let o = 0; o < outputs; o++) {
        for (let c = 0; c < channels; c++) {
          const weight = tap + o * channels + c;
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
