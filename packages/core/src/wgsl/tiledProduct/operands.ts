/** What a tiled product is made of: its operands, and the WGSL that both walks share. */

/**
 * A product whose k runs over `runs` runs of `length` values (a multiple of 4) that lie side by side in memory: the channels of a
 * kernel's taps. Where a run lies is asked once for all its values. WGSL, which must declare:
 *
 * - `fn placeOf(row: Row, run: i32) -> i32`: where A's values of a run begin, in numbers that only `loadA` reads;
 * - `fn matrixOf(run: i32, layer: i32) -> i32`: likewise B's; below 0 if the run adds nothing;
 * - `fn loadA(row: Row, place: i32, run: i32, at: i32) -> vec4f`: a row's values at, …, at + 3 of the run;
 * - `fn loadB(matrix: i32, at: i32, n: i32) -> vec4f`: row `at` of the run's matrix, columns n … n + 3; or, with `columns`, the values
 *   at, …, at + 3 of column n. Zero outside of the matrix.
 */
export interface RunProduct {
  readonly kind: 'runs';
  readonly runs: number;
  readonly length: number;
  /** The length as WGSL: a uniform, so that the program does not depend on it. */
  readonly lengthCode: string;
  /** Whether vec4s of B run along k, as those of A do. */
  readonly columns: boolean;
  /** Whether a value of A takes more than a read: then no two invocations should load the same one. */
  readonly costly?: boolean;
}

/**
 * A product over a part of k for each workgroup, at one k after the other: over pixels. WGSL, which must declare:
 *
 * - `fn firstK(layer: i32) -> i32` and `fn endK(layer: i32) -> i32`: the part of k that this workgroup walks;
 * - `fn loadA(row: Row, k: i32) -> vec4f`: rows m … m + 3; `fn loadB(k: i32, n: i32, layer: i32) -> vec4f`: columns n … n + 3.
 *   Zero outside of the matrices.
 */
export interface PartProduct {
  readonly kind: 'part';
}

/** Lines that differ in a number. */
export const unrolled = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('\n');

const components = ['x', 'y', 'z', 'w'] as const;

/** Which component of its vec4 value `i` is. */
export const component = (i: number): string => components[i % 4] as string;

/** Adds the products of vectors along k, `a0` … of an invocation's rows, with `b<j>`: row j of four columns, or column j of four. */
export const multiplyAlongK = (rows: number, { columns }: RunProduct, j: number): string =>
  unrolled(rows, (i) => (columns ? `sum${i}.${component(j)} += dot(a${i}, b${j});` : `sum${i} += a${i}.${component(j)} * b${j};`));
