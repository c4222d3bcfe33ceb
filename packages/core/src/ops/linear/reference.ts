import { activation64, activationSlope64 } from '../activation/reference.js';
import type { FusedActivation } from '../activation/activation.js';
import { accumulate, type Array64, get, map64, sizes2, zeros } from '../shared/reference.js';

/** x W + b, before the activation. */
function linearPart(x: Array64, weights: Array64, bias: Array64 | undefined): Array64 {
  const [samples, inputs] = sizes2(x);
  const [, outputs] = sizes2(weights);
  const z = zeros([samples, outputs]);
  for (let n = 0; n < samples; n++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias === undefined ? 0 : get(bias, o);
      for (let i = 0; i < inputs; i++) sum += get(x, n * inputs + i) * get(weights, i * outputs + o);
      z.data[n * outputs + o] = sum;
    }
  }
  return z;
}

export const linearReference = {
  forward(x: Array64, weights: Array64, bias: Array64 | undefined, activation: FusedActivation): Array64 {
    return map64(linearPart(x, weights, bias), (z) => activation64(z, activation));
  },

  backward(
    x: Array64,
    weights: Array64,
    bias: Array64 | undefined,
    activation: FusedActivation,
    dy: Array64,
  ): { readonly x: Array64; readonly weights: Array64; readonly bias: Array64 | undefined } {
    const [samples, inputs] = sizes2(x);
    const [, outputs] = sizes2(weights);
    const dz = map64(linearPart(x, weights, bias), (z, i) => activationSlope64(z, activation) * get(dy, i));
    const [dx, dWeights] = [zeros(x.shape), zeros(weights.shape)];
    const dBias = bias === undefined ? undefined : zeros(bias.shape);
    for (let n = 0; n < samples; n++) {
      for (let o = 0; o < outputs; o++) {
        const d = get(dz, n * outputs + o);
        if (dBias !== undefined) accumulate(dBias, o, d);
        for (let i = 0; i < inputs; i++) {
          accumulate(dx, n * inputs + i, d * get(weights, i * outputs + o));
          accumulate(dWeights, i * outputs + o, d * get(x, n * inputs + i));
        }
      }
    }
    return { x: dx, weights: dWeights, bias: dBias };
  },
};
