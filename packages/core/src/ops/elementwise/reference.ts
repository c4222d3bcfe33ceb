import { type Array64, get, map64, scalar64, sizes2, zeros } from '../shared/reference.js';

interface PairGradients {
  readonly a: Array64;
  readonly b: Array64;
}

export const addReference = {
  forward: (a: Array64, b: Array64): Array64 => map64(a, (value, i) => value + get(b, i)),
  backward: (dy: Array64): PairGradients => ({ a: dy, b: dy }),
};

export const subReference = {
  forward: (a: Array64, b: Array64): Array64 => map64(a, (value, i) => value - get(b, i)),
  backward: (dy: Array64): PairGradients => ({ a: dy, b: map64(dy, (value) => -value) }),
};

export const mulReference = {
  forward: (a: Array64, b: Array64): Array64 => map64(a, (value, i) => value * get(b, i)),
  backward: (a: Array64, b: Array64, dy: Array64): PairGradients => ({
    a: map64(dy, (value, i) => value * get(b, i)),
    b: map64(dy, (value, i) => value * get(a, i)),
  }),
};

export const scaleReference = {
  forward: (x: Array64, factor: number): Array64 => map64(x, (value) => factor * value),
  backward: (factor: number, dy: Array64): Array64 => map64(dy, (value) => factor * value),
};

export const reciprocalReference = {
  forward: (x: Array64): Array64 => map64(x, (value) => 1 / value),
  backward: (x: Array64, dy: Array64): Array64 => map64(dy, (value, i) => -value / get(x, i) ** 2),
};

/** min(max(x, low), high); its gradient is 0 outside. */
export const clampReference = {
  forward: (x: Array64, low: number, high: number): Array64 => map64(x, (value) => Math.min(Math.max(value, low), high)),
  backward: (x: Array64, low: number, high: number, dy: Array64): Array64 => map64(dy, (value, i) => (get(x, i) > low && get(x, i) < high ? value : 0)),
};

export const reshapeReference = {
  forward: (x: Array64, shape: readonly number[]): Array64 => ({ shape, data: x.data.slice() }),
  backward: (x: Array64, dy: Array64): Array64 => ({ shape: x.shape, data: dy.data.slice() }),
};

/** The batch `count` times behind one another. */
export const tileBatchReference = {
  forward(x: Array64, count: number): Array64 {
    const [samples, ...rest] = x.shape as [number, ...number[]];
    const y = zeros([count * samples, ...rest]);
    y.data.forEach((_, i) => (y.data[i] = get(x, i % x.data.length)));
    return y;
  },
  backward(x: Array64, dy: Array64): Array64 {
    const dx = zeros(x.shape);
    dy.data.forEach((value, i) => (dx.data[i % dx.data.length] = get(dx, i % dx.data.length) + value));
    return dx;
  },
};

/** Batches behind one another. */
export const concatBatchReference = {
  forward(parts: readonly Array64[]): Array64 {
    const [, ...rest] = (parts[0] as Array64).shape;
    const y = zeros([parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0), ...rest]);
    let at = 0;
    for (const part of parts) for (let i = 0; i < part.data.length; i++) y.data[at++] = get(part, i);
    return y;
  },
  backward(parts: readonly Array64[], dy: Array64): readonly Array64[] {
    let at = 0;
    return parts.map((part) => map64(part, () => get(dy, at++)));
  },
};

/** Samples [from, from + count) of a batch. */
export const sliceBatchReference = {
  forward(x: Array64, from: number, count: number): Array64 {
    const [n, ...rest] = x.shape as [number, ...number[]];
    const size = x.data.length / n;
    const y = zeros([count, ...rest]);
    y.data.forEach((_, i) => (y.data[i] = get(x, from * size + i)));
    return y;
  },
  backward(x: Array64, from: number, dy: Array64): Array64 {
    const size = x.data.length / (x.shape[0] ?? 1);
    const dx = zeros(x.shape);
    dy.data.forEach((value, i) => (dx.data[from * size + i] = value));
    return dx;
  },
};

/** Columns [from, from + count) of a matrix. */
export const sliceFeaturesReference = {
  forward(x: Array64, from: number, count: number): Array64 {
    const [rows, width] = sizes2(x);
    const y = zeros([rows, count]);
    y.data.forEach((_, i) => (y.data[i] = get(x, Math.floor(i / count) * width + from + (i % count))));
    return y;
  },
  backward(x: Array64, from: number, count: number, dy: Array64): Array64 {
    const [, width] = sizes2(x);
    const dx = zeros(x.shape);
    dy.data.forEach((value, i) => (dx.data[Math.floor(i / count) * width + from + (i % count)] = value));
    return dx;
  },
};

/** Σ wᵢ tᵢ. */
export const weightedSumReference = {
  forward: (terms: readonly Array64[], weights: readonly number[]): Array64 =>
    scalar64(terms.reduce((sum, term, i) => sum + (weights[i] as number) * get(term, 0), 0)),
  backward: (weights: readonly number[], dy: Array64): readonly Array64[] => weights.map((weight) => scalar64(weight * get(dy, 0))),
};
