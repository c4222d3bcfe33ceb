import { type Array64, get, map64, scalar64 } from '../shared/reference.js';

export const sampleGaussianReference = {
  forward: (mean: Array64, logVariance: Array64, noise: Array64): Array64 => map64(mean, (value, i) => value + get(noise, i) * Math.exp(get(logVariance, i) / 2)),
  backward: (logVariance: Array64, noise: Array64, dy: Array64): { readonly mean: Array64; readonly logVariance: Array64; readonly noise: Array64 } => ({
    mean: dy,
    logVariance: map64(dy, (value, i) => (value * get(noise, i) * Math.exp(get(logVariance, i) / 2)) / 2),
    noise: map64(dy, (value, i) => value * Math.exp(get(logVariance, i) / 2)),
  }),
};

export const gaussianKlReference = {
  forward(mean: Array64, logVariance: Array64): Array64 {
    let sum = 0;
    for (let i = 0; i < mean.data.length; i++) sum += get(mean, i) ** 2 + Math.expm1(get(logVariance, i)) - get(logVariance, i);
    return scalar64(sum / 2);
  },
  backward: (mean: Array64, logVariance: Array64, dy: Array64): { readonly mean: Array64; readonly logVariance: Array64 } => ({
    mean: map64(mean, (value) => get(dy, 0) * value),
    logVariance: map64(logVariance, (value) => (get(dy, 0) * Math.expm1(value)) / 2),
  }),
};
