/**
 * The inner product of every convolution: C[rows, cols] (+)= A[rows, k] · B[k, cols] on blocks that fit caches.
 *
 * The micro-kernel keeps a 6 × 8 tile of C in twelve 4-lane registers; one step of k costs two loads of B,
 * six broadcasts of A and twelve multiply-adds: 15 of AVX's 16 registers are in use and loads stay below
 * arithmetic. (Goto and van de Geijn, 'Anatomy of high-performance matrix multiplication', TOMS 2008.)
 *
 * Both operands are packed, so that each is read once, in order:
 *   A in strips of 6 rows      [rows / 6][k][6]
 *   B in panels of 8 columns   [cols / 8][k][8]
 * C is row-major and padded to whole tiles: it lives in scratch memory and an epilogue stores it.
 *
 * The loop is not unrolled on purpose: V8's register allocator spills an unrolled one (57 → 40 GFLOP/s, Zen 4).
 */
import { hasWideVectors } from '../runtime/pool';
import { fma } from '../runtime/vector';

/** Rows of a strip of A. */
export const MR: i32 = 6;
/** Columns of a panel of B. */
export const NR: i32 = 8;

// @ts-ignore: decorator
@inline
export function roundUp(n: i32, to: i32): i32 {
  return ((n + to - 1) / to) * to;
}

/** One tile. `ldc` is in bytes. The sum runs over k in order: no blocking of rows or columns can change it. */
export function tile6x8(a: usize, b: usize, c: usize, ldc: usize, k: i32, accumulate: bool): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero;
  let row = c;
  if (accumulate) {
    c00 = v128.load(row); c01 = v128.load(row, 16); row += ldc;
    c10 = v128.load(row); c11 = v128.load(row, 16); row += ldc;
    c20 = v128.load(row); c21 = v128.load(row, 16); row += ldc;
    c30 = v128.load(row); c31 = v128.load(row, 16); row += ldc;
    c40 = v128.load(row); c41 = v128.load(row, 16); row += ldc;
    c50 = v128.load(row); c51 = v128.load(row, 16);
  }
  const end = b + (<usize>k << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00); c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10); c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20); c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30); c31 = fma(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = fma(x, b0, c40); c41 = fma(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = fma(x, b0, c50); c51 = fma(x, b1, c51);
    a += 24;
    b += 32;
  }
  row = c;
  v128.store(row, c00); v128.store(row, c01, 16); row += ldc;
  v128.store(row, c10); v128.store(row, c11, 16); row += ldc;
  v128.store(row, c20); v128.store(row, c21, 16); row += ldc;
  v128.store(row, c30); v128.store(row, c31, 16); row += ldc;
  v128.store(row, c40); v128.store(row, c41, 16); row += ldc;
  v128.store(row, c50); v128.store(row, c51, 16);
}

/**
 * Two neighbouring tiles, 6 × 16, for a runtime that makes 256-bit code of neighbouring 128-bit operations: twelve accumulators, two vectors
 * of B and one of A fill the registers as those of `tile6x8` do. Elsewhere it would spill. Whether C is added to or
 * begins at zero makes two functions: with a branch for it V8 spills here too (111 → 54 GFLOP/s, Zen 4).
 */
// @ts-ignore: decorator
@inline
function wideTile(a: usize, b: usize, next: usize, c: usize, ldc: usize, k: i32, accumulate: bool): void {
  const zero = f32x4.splat(0);
  let row = c;
  let c00 = accumulate ? v128.load(row) : zero, c01 = accumulate ? v128.load(row, 16) : zero, c02 = accumulate ? v128.load(row, 32) : zero, c03 = accumulate ? v128.load(row, 48) : zero;
  row += ldc;
  let c10 = accumulate ? v128.load(row) : zero, c11 = accumulate ? v128.load(row, 16) : zero, c12 = accumulate ? v128.load(row, 32) : zero, c13 = accumulate ? v128.load(row, 48) : zero;
  row += ldc;
  let c20 = accumulate ? v128.load(row) : zero, c21 = accumulate ? v128.load(row, 16) : zero, c22 = accumulate ? v128.load(row, 32) : zero, c23 = accumulate ? v128.load(row, 48) : zero;
  row += ldc;
  let c30 = accumulate ? v128.load(row) : zero, c31 = accumulate ? v128.load(row, 16) : zero, c32 = accumulate ? v128.load(row, 32) : zero, c33 = accumulate ? v128.load(row, 48) : zero;
  row += ldc;
  let c40 = accumulate ? v128.load(row) : zero, c41 = accumulate ? v128.load(row, 16) : zero, c42 = accumulate ? v128.load(row, 32) : zero, c43 = accumulate ? v128.load(row, 48) : zero;
  row += ldc;
  let c50 = accumulate ? v128.load(row) : zero, c51 = accumulate ? v128.load(row, 16) : zero, c52 = accumulate ? v128.load(row, 32) : zero, c53 = accumulate ? v128.load(row, 48) : zero;
  const end = b + (<usize>k << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), q0 = v128.load(next), q1 = v128.load(next, 16);
    let x = v128.load32_splat(a);
    c00 = fma(x, b0, c00); c01 = fma(x, b1, c01); c02 = fma(x, q0, c02); c03 = fma(x, q1, c03);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10); c11 = fma(x, b1, c11); c12 = fma(x, q0, c12); c13 = fma(x, q1, c13);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20); c21 = fma(x, b1, c21); c22 = fma(x, q0, c22); c23 = fma(x, q1, c23);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30); c31 = fma(x, b1, c31); c32 = fma(x, q0, c32); c33 = fma(x, q1, c33);
    x = v128.load32_splat(a, 16);
    c40 = fma(x, b0, c40); c41 = fma(x, b1, c41); c42 = fma(x, q0, c42); c43 = fma(x, q1, c43);
    x = v128.load32_splat(a, 20);
    c50 = fma(x, b0, c50); c51 = fma(x, b1, c51); c52 = fma(x, q0, c52); c53 = fma(x, q1, c53);
    a += 24;
    b += 32;
    next += 32;
  }
  row = c;
  v128.store(row, c00); v128.store(row, c01, 16); v128.store(row, c02, 32); v128.store(row, c03, 48); row += ldc;
  v128.store(row, c10); v128.store(row, c11, 16); v128.store(row, c12, 32); v128.store(row, c13, 48); row += ldc;
  v128.store(row, c20); v128.store(row, c21, 16); v128.store(row, c22, 32); v128.store(row, c23, 48); row += ldc;
  v128.store(row, c30); v128.store(row, c31, 16); v128.store(row, c32, 32); v128.store(row, c33, 48); row += ldc;
  v128.store(row, c40); v128.store(row, c41, 16); v128.store(row, c42, 32); v128.store(row, c43, 48); row += ldc;
  v128.store(row, c50); v128.store(row, c51, 16); v128.store(row, c52, 32); v128.store(row, c53, 48);
}

/** C += A · B. */
export function tile6x16(a: usize, b: usize, next: usize, c: usize, ldc: usize, k: i32): void {
  wideTile(a, b, next, c, ldc, k, true);
}

/** C = A · B. */
export function firstTile6x16(a: usize, b: usize, next: usize, c: usize, ldc: usize, k: i32): void {
  wideTile(a, b, next, c, ldc, k, false);
}

/**
 * `rows` and `cols` are whole tiles. Consecutive strips of A are `stripBytes` apart and panels of B `panelBytes`:
 * they may hold more k than is used here. A panel of B stays in the first cache while the strips pass by.
 */
export function blockGemm(
  a: usize, stripBytes: usize, rows: i32,
  b: usize, panelBytes: usize, cols: i32,
  c: usize, ldc: usize, k: i32, accumulate: bool,
): void {
  let j = 0;
  if (hasWideVectors()) {
    for (; j + 2 * NR <= cols; j += 2 * NR) {
      let strip = a, tile = c;
      for (let i = 0; i < rows; i += MR) {
        if (accumulate) tile6x16(strip, b, b + panelBytes, tile, ldc, k);
        else firstTile6x16(strip, b, b + panelBytes, tile, ldc, k);
        strip += stripBytes;
        tile += ldc * MR;
      }
      b += panelBytes * 2;
      c += NR << 3;
    }
  }
  for (; j < cols; j += NR) {
    let strip = a, tile = c;
    for (let i = 0; i < rows; i += MR) {
      tile6x8(strip, b, tile, ldc, k, accumulate);
      strip += stripBytes;
      tile += ldc * MR;
    }
    b += panelBytes;
    c += NR << 2;
  }
}
