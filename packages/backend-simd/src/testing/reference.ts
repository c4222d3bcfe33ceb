/**
 * Plain loops in double precision: what the kernels are tested against, in a package that knows nothing of munit. The ops of @munit/core have
 * references of their own, which its contract holds to this backend as well.
 */

export interface ConvCase {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly o: number;
  readonly k: number;
  readonly stride: number;
  readonly pad: number;
  readonly padMode: 'zero' | 'reflect' | 'replicate';
  readonly upsample: 1 | 2;
}

export const outputSize = (size: number, g: ConvCase): number => Math.floor((size * g.upsample + 2 * g.pad - g.k) / g.stride) + 1;

/** Source cell of padded cell `i`, or undefined for a zero. */
function sourceCell(i: number, size: number, mode: ConvCase['padMode']): number | undefined {
  if (i >= 0 && i < size) return i;
  if (mode === 'zero') return undefined;
  if (mode === 'replicate') return Math.min(size - 1, Math.max(0, i));
  return i < 0 ? -i : 2 * (size - 1) - i;
}

/** Calls `visit(y index, x index, filter index)` for every product of the convolution. */
function eachProduct(g: ConvCase, visit: (y: number, x: number, f: number) => void): void {
  const [outH, outW] = [outputSize(g.h, g), outputSize(g.w, g)];
  for (let n = 0; n < g.n; n++) for (let i = 0; i < outH; i++) for (let j = 0; j < outW; j++) {
    for (let u = 0; u < g.k; u++) for (let v = 0; v < g.k; v++) {
      const row = sourceCell(i * g.stride + u - g.pad, g.h * g.upsample, g.padMode);
      const col = sourceCell(j * g.stride + v - g.pad, g.w * g.upsample, g.padMode);
      if (row === undefined || col === undefined) continue;
      const [r, q] = [Math.floor(row / g.upsample), Math.floor(col / g.upsample)];
      for (let c = 0; c < g.c; c++) for (let o = 0; o < g.o; o++) {
        visit(((n * outH + i) * outW + j) * g.o + o, ((n * g.h + r) * g.w + q) * g.c + c, ((u * g.k + v) * g.c + c) * g.o + o);
      }
    }
  }
}

export function convForward(g: ConvCase, x: ArrayLike<number>, filter: ArrayLike<number>, bias?: ArrayLike<number>): Float64Array {
  const y = new Float64Array(g.n * outputSize(g.h, g) * outputSize(g.w, g) * g.o);
  eachProduct(g, (yi, xi, fi) => {
    y[yi]! += x[xi]! * filter[fi]!;
  });
  return bias ? y.map((value, i) => value + bias[i % g.o]!) : y;
}

export function convBackward(
  g: ConvCase, x: ArrayLike<number>, filter: ArrayLike<number>, dy: ArrayLike<number>,
): { x: Float64Array; filter: Float64Array; bias: Float64Array } {
  const dx = new Float64Array(g.n * g.h * g.w * g.c);
  const dw = new Float64Array(g.k * g.k * g.c * g.o);
  const db = new Float64Array(g.o);
  eachProduct(g, (yi, xi, fi) => {
    dx[xi]! += dy[yi]! * filter[fi]!;
    dw[fi]! += dy[yi]! * x[xi]!;
  });
  for (let i = 0; i < dy.length; i++) db[i % g.o]! += dy[i]!;
  return { x: dx, filter: dw, bias: db };
}

export interface NormalizeCase {
  readonly n: number;
  readonly pixels: number;
  readonly c: number;
  readonly over: 'instance' | 'layer';
  readonly epsilon: number;
}

export interface Statistics {
  readonly mean: Float64Array;
  readonly inv: Float64Array;
}

/** Index into `mean` and `inv` of cell i of x. */
export const statIndex = (g: NormalizeCase, i: number): number => {
  const image = Math.floor(i / (g.pixels * g.c));
  return g.over === 'layer' ? image : image * g.c + (i % g.c);
};

export function statistics(g: NormalizeCase, x: ArrayLike<number>): Statistics {
  const groups = g.over === 'layer' ? g.n : g.n * g.c;
  const size = (g.n * g.pixels * g.c) / groups;
  const mean = new Float64Array(groups);
  const square = new Float64Array(groups);
  for (let i = 0; i < x.length; i++) mean[statIndex(g, i)]! += x[i]! / size;
  for (let i = 0; i < x.length; i++) square[statIndex(g, i)]! += (x[i]! - mean[statIndex(g, i)]!) ** 2;
  const inv = square.map((s) => (g.over === 'layer' ? 1 / (Math.sqrt(s / (size - 1)) + g.epsilon) : 1 / Math.sqrt(s / size + g.epsilon)));
  return { mean, inv };
}
