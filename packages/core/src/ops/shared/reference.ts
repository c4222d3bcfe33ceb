/**
 * What the float64 references share. A reference is the specification of its op: plain loops over plain arrays,
 * forward and backward, to be read beside the formula. Nothing that runs in a product imports one.
 */
export interface Array64 {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float64Array;
}

export function zeros(shape: readonly number[]): Array64 {
  return { shape: [...shape], data: new Float64Array(shape.reduce((product, size) => product * size, 1)) };
}

export const scalar64 = (value: number): Array64 => ({ shape: [], data: Float64Array.of(value) });

/** The same shape, each value from `f`. */
export function map64(x: Array64, f: (value: number, index: number) => number): Array64 {
  return { shape: x.shape, data: x.data.map(f) };
}

export const get = (x: Array64, index: number): number => x.data[index] as number;

export function accumulate(x: Array64, index: number, by: number): void {
  x.data[index] = (x.data[index] as number) + by;
}

/** The four sizes of an image batch or a convolution's weights. */
export function sizes4({ shape }: Array64): readonly [number, number, number, number] {
  return shape as unknown as readonly [number, number, number, number];
}

/** The two sizes of a matrix. */
export function sizes2({ shape }: Array64): readonly [number, number] {
  return shape as unknown as readonly [number, number];
}

/** The flat index of [n, i, j, c] in an array of four axes. */
export function index4({ shape }: Array64, n: number, i: number, j: number, c: number): number {
  const [, height, width, channels] = shape as unknown as readonly [number, number, number, number];
  return ((n * height + i) * width + j) * channels + c;
}
