/**
 * Where the records of running jobs lie: fixed addresses below the heap, above the words of the thread pool.
 *
 * Each kind of record has an address of its own, so no two kinds can overlap. There is one record of a kind: a kernel that fills it
 * again (phase after phase of a gradient, side after side of a border) has finished the job that read it before. Only the thread that
 * starts jobs writes records; tasks read them.
 */
const FIRST: usize = 8192;
/** Most bytes of a record. */
const SLOT: usize = 256;

/** The convolution that runs, written by the host (conv/geometry.ts). */
export const GEOMETRY: usize = FIRST;
/** A convolution that a kernel uses for a part of its work: a matrix product, a line of a border. */
export const INNER_GEOMETRY: usize = FIRST + SLOT;
export const PATCHES: usize = FIRST + SLOT * 2;
export const FILTER_LAYOUT: usize = FIRST + SLOT * 3;
export const IMPLICIT_GEMM: usize = FIRST + SLOT * 4;
export const DATA_GRID: usize = FIRST + SLOT * 5;
export const FOLD: usize = FIRST + SLOT * 6;
export const FILTER_GRAD: usize = FIRST + SLOT * 7;
export const MAT_VEC: usize = FIRST + SLOT * 8;
export const FROM_NARROW: usize = FIRST + SLOT * 9;
export const TO_NARROW: usize = FIRST + SLOT * 10;
export const TAP_ROWS: usize = FIRST + SLOT * 11;
export const NARROW_FILTER_GRAD: usize = FIRST + SLOT * 12;
export const PADDED: usize = FIRST + SLOT * 13;
export const TILING: usize = FIRST + SLOT * 14;
export const TAPS: usize = FIRST + SLOT * 15;
export const TILE_PASS: usize = FIRST + SLOT * 16;
export const POINT_PRODUCTS: usize = FIRST + SLOT * 17;
export const FILTER_POINTS: usize = FIRST + SLOT * 18;
export const BORDER: usize = FIRST + SLOT * 19;
export const NORMALIZE: usize = FIRST + SLOT * 20;
export const STATISTICS: usize = FIRST + SLOT * 21;
export const SUMS: usize = FIRST + SLOT * 22;
export const COLUMN_SUMS: usize = FIRST + SLOT * 23;
export const AVERAGE_POOL: usize = FIRST + SLOT * 24;
export const MAX_POOL: usize = FIRST + SLOT * 25;
export const OPTIMIZER: usize = FIRST + SLOT * 26;
export const UNARY: usize = FIRST + SLOT * 27;
export const BINARY: usize = FIRST + SLOT * 28;
export const ACTIVATION_GRAD: usize = FIRST + SLOT * 29;
export const COPY: usize = FIRST + SLOT * 30;
export const LOSS_GRAD: usize = FIRST + SLOT * 31;
/** A depthwise convolution, written by the host but for its tensors (conv/depthwise.ts). */
export const DEPTHWISE: usize = FIRST + SLOT * 32;
export const SOFTMAX: usize = FIRST + SLOT * 33;
export const GATHER: usize = FIRST + SLOT * 34;
export const POINTWISE: usize = FIRST + SLOT * 35;
/** The factors of Winograd's transforms (winograd/transforms.ts). */
export const FACTORS: usize = FIRST + SLOT * 36;
export const UNIT_DISTANCE: usize = FIRST + SLOT * 37;

/** The record of kind T at its address. */
// @ts-ignore: decorator
@inline
export function record<T>(address: usize): T {
  if (offsetof<T>() > SLOT) ERROR('A record is longer than its slot: see runtime/records.ts.');
  return changetype<T>(address);
}
