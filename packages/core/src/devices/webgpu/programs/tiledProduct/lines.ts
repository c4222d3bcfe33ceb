/** Pieces of WGSL that both walks are made of. */
import type { RunProduct } from './types.js';

/** Lines that differ in a number. */
export const unrolled = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('\n');

const components = ['x', 'y', 'z', 'w'] as const;

/** Which component of its vec4 value `i` is. */
export const component = (i: number): string => components[i % 4] as string;

/** Adds the products of vectors along k, `a0` … of an invocation's rows, with `b<j>`: row j of four columns, or column j of four. */
export const multiplyAlongK = (rows: number, { columns }: RunProduct, j: number): string =>
  unrolled(rows, (i) => (columns ? `sum${i}.${component(j)} += dot(a${i}, b${j});` : `sum${i} += a${i}.${component(j)} * b${j};`));
