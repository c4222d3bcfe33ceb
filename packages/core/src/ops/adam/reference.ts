import { type Array64, get, map64, zeros } from '../shared/reference.js';
import type { AdamParameters } from './adam.js';

/** One parameter's update, value by value. */
export function adamReference(
  p: Array64,
  g: Array64,
  m: Array64,
  v: Array64,
  { learningRate, beta1, beta2, epsilon, weightDecay, step }: AdamParameters & { readonly learningRate: number },
): { readonly p: Array64; readonly m: Array64; readonly v: Array64 } {
  const next = { p: zeros(p.shape), m: zeros(p.shape), v: zeros(p.shape) };
  for (let i = 0; i < p.data.length; i++) {
    const gradient = get(g, i) + weightDecay * get(p, i);
    const mean = beta1 * get(m, i) + (1 - beta1) * gradient;
    const square = beta2 * get(v, i) + (1 - beta2) * gradient ** 2;
    const meanHat = mean / (1 - beta1 ** step);
    const squareHat = square / (1 - beta2 ** step);
    next.m.data[i] = mean;
    next.v.data[i] = square;
    next.p.data[i] = get(p, i) - (learningRate * meanHat) / (Math.sqrt(squareHat) + epsilon);
  }
  return next;
}

/** e = decay · e + (1 − decay) · p. */
export function emaReference(e: Array64, p: Array64, decay: number): Array64 {
  return map64(e, (value, i) => decay * value + (1 - decay) * get(p, i));
}
