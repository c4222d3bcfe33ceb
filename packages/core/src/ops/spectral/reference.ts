import { accumulate, type Array64, get, map64, zeros } from '../shared/reference.js';

const epsilon = 1e-12;

/**
 * Calls `visit(index, o, k)` for every weight: its flat index, its output, and its column in PyTorch's matrix [O, K], whose
 * columns run over (C, kh, kw) for a convolution [kh, kw, C, O] and over I for a dense [I, O].
 */
function everyWeight({ shape, data }: Array64, visit: (index: number, o: number, k: number) => void): void {
  const outputs = shape.at(-1) as number;
  const channels = shape.at(-2) as number;
  const taps = data.length / (outputs * channels); // kh · kw, or 1
  for (let index = 0; index < data.length; index++) {
    const o = index % outputs;
    const c = Math.floor(index / outputs) % channels;
    const tap = Math.floor(index / (outputs * channels));
    visit(index, o, c * taps + tap);
  }
}

function unit(x: Array64): Array64 {
  const norm = Math.sqrt(x.data.reduce((sum, value) => sum + value * value, 0));
  return map64(x, (value) => value / (norm + epsilon));
}

/** v' = unit(Wᵀ u), u' = unit(W v'). */
export function powerIterationReference(weights: Array64, u: Array64): { readonly u: Array64; readonly v: Array64 } {
  const outputs = weights.shape.at(-1) as number;
  const wu = zeros([weights.data.length / outputs]);
  everyWeight(weights, (index, o, k) => accumulate(wu, k, get(weights, index) * get(u, o)));
  const v = unit(wu);
  const wv = zeros([outputs]);
  everyWeight(weights, (index, o, k) => accumulate(wv, o, get(weights, index) * get(v, k)));
  return { u: unit(wv), v };
}

/** uᵀ (W v). */
function sigmaOf(weights: Array64, u: Array64, v: Array64): number {
  const wv = zeros(u.shape);
  everyWeight(weights, (index, o, k) => accumulate(wv, o, get(weights, index) * get(v, k)));
  return wv.data.reduce((sum, value, o) => sum + value * get(u, o), 0);
}

/** W / σ, σ = uᵀ W v; u and v are constants. */
export const spectralNormalizeReference = {
  forward(weights: Array64, u: Array64, v: Array64): Array64 {
    const sigma = sigmaOf(weights, u, v);
    return map64(weights, (value) => value / sigma);
  },
  backward(weights: Array64, u: Array64, v: Array64, dy: Array64): Array64 {
    const sigma = sigmaOf(weights, u, v);
    let along = 0;
    weights.data.forEach((value, i) => (along += get(dy, i) * value));
    const dWeights = zeros(weights.shape);
    everyWeight(weights, (index, o, k) => {
      dWeights.data[index] = get(dy, index) / sigma - (along / sigma ** 2) * get(u, o) * get(v, k);
    });
    return dWeights;
  },
};
