/**
 * Sums that do not drift: at most BLOCK numbers are added in single precision (in four or more lanes), blocks in double.
 * The blocks are fixed by the data's shape, so results do not depend on the number of threads.
 */
import { parallel } from '../runtime/pool';
import { COLUMN_SUMS, record, SUMS } from '../runtime/records';
import { scratch } from '../runtime/scratch';
import { loadTail, sumLanes } from '../runtime/vector';

export const BLOCK: i32 = 1024;

/** Terms that `sumTerms` can add up. */
export const TERM_X: i32 = 0;
export const TERM_ABS_DIFFERENCE: i32 = 1;
export const TERM_SQUARED_DIFFERENCE: i32 = 2;
export const TERM_SQUARED_TO: i32 = 3;

// @ts-ignore: decorator
@inline
function term(op: i32, a: v128, b: v128): v128 {
  if (op == TERM_X) return a;
  const d = f32x4.sub(a, b);
  return op == TERM_ABS_DIFFERENCE ? f32x4.abs(d) : f32x4.mul(d, d);
}

/** Lanes past the end must not count: their term is masked. */
// @ts-ignore: decorator
@inline
function firstLanes(v: v128, count: i32): v128 {
  const index = i32x4(0, 1, 2, 3);
  return v128.and(v, i32x4.lt_s(index, i32x4.splat(count)));
}

/** Σ of terms over `n` numbers at `a` (and `b`), at most BLOCK of them. */
export function blockSum(op: i32, a: usize, b: usize, target: f32, n: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const to = f32x4.splat(target), two = op == TERM_ABS_DIFFERENCE || op == TERM_SQUARED_DIFFERENCE;
  const end = a + (<usize>(n & ~15) << 2), last = a + (<usize>(n & ~3) << 2), tail = n & 3;
  while (a < end) {
    s0 = f32x4.add(s0, term(op, v128.load(a), two ? v128.load(b) : to));
    s1 = f32x4.add(s1, term(op, v128.load(a, 16), two ? v128.load(b, 16) : to));
    s2 = f32x4.add(s2, term(op, v128.load(a, 32), two ? v128.load(b, 32) : to));
    s3 = f32x4.add(s3, term(op, v128.load(a, 48), two ? v128.load(b, 48) : to));
    a += 64;
    b += 64;
  }
  while (a < last) {
    s0 = f32x4.add(s0, term(op, v128.load(a), two ? v128.load(b) : to));
    a += 16;
    b += 16;
  }
  if (tail) s1 = f32x4.add(s1, firstLanes(term(op, loadTail(a, tail), two ? loadTail(b, tail) : to), tail));
  return sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

@unmanaged
class Sums {
  op: i32;
  a: usize;
  b: usize;
  target: f32;
  /** Sums of the blocks. */
  partial: usize;
  /** Blocks in a row of `n` numbers. */
  blocks: i32;
  n: i32;
  /** Blocks that a task owns, and blocks in all. */
  perTask: i32;
  units: i32;
}

/** y[row] = scale * Σ terms of row, for rows of `n` numbers that lie one after another. */
export function sumTerms(op: i32, a: usize, b: usize, target: f32, y: usize, rows: i32, n: i32, scale: f64): void {
  const blocks = (n + BLOCK - 1) / BLOCK, partial = scratch(<usize>(rows * blocks) << 2);
  // Some blocks, or some short rows, make a task.
  const perTask = blocks > 1 ? 16 : max(1, 16 * BLOCK / max(1, n)), units = rows * blocks;
  const job = record<Sums>(SUMS);
  job.op = op;
  job.a = a;
  job.b = b;
  job.target = target;
  job.partial = partial;
  job.blocks = blocks;
  job.n = n;
  job.perTask = perTask;
  job.units = units;
  parallel(sumTask.index, (units + perTask - 1) / perTask);
  for (let row = 0; row < rows; row++) {
    let sum: f64 = 0;
    for (let i = 0; i < blocks; i++) sum += load<f32>(partial + (<usize>(row * blocks + i) << 2));
    store<f32>(y + (<usize>row << 2), <f32>(sum * scale));
  }
}

function sumTask(task: i32): void {
  const job = record<Sums>(SUMS), blocks = job.blocks, n = job.n, perTask = job.perTask, end = min(job.units, (task + 1) * perTask);
  for (let unit = task * perTask; unit < end; unit++) {
    const first = (unit % blocks) * BLOCK, offset = <usize>((unit / blocks) * n + first) << 2;
    const sum = blockSum(job.op, job.a + offset, job.b + offset, job.target, min(BLOCK, n - first));
    store<f32>(job.partial + (<usize>unit << 2), sum);
  }
}

/** Rows in one block of a column sum. */
const COLUMN_ROWS: i32 = 256;

@unmanaged
class ColumnSums {
  x: usize;
  /** Sums of blocks of rows: [blocks][cols]. */
  partial: usize;
  rows: i32;
  cols: i32;
}

/** y[c] = scale * Σ_rows x[row, c]; also a bias gradient. */
export function sumColumns(x: usize, y: usize, rows: i32, cols: i32, scale: f64): void {
  const blocks = (rows + COLUMN_ROWS - 1) / COLUMN_ROWS, partial = scratch(<usize>(blocks * cols) << 2);
  const job = record<ColumnSums>(COLUMN_SUMS);
  job.x = x;
  job.partial = partial;
  job.rows = rows;
  job.cols = cols;
  parallel(columnsTask.index, blocks);
  for (let c = 0; c < cols; c++) {
    let sum: f64 = 0;
    for (let i = 0; i < blocks; i++) sum += load<f32>(partial + (<usize>(i * cols + c) << 2));
    store<f32>(y + (<usize>c << 2), <f32>(sum * scale));
  }
}

function columnsTask(block: i32): void {
  const job = record<ColumnSums>(COLUMN_SUMS), cols = job.cols, bytes = <usize>cols << 2, body = <usize>(cols & ~3) << 2;
  const first = block * COLUMN_ROWS, count = min(COLUMN_ROWS, job.rows - first);
  let x = job.x + <usize>first * bytes;
  const sums = job.partial + <usize>block * bytes;
  memory.fill(sums, 0, bytes);
  for (let r = 0; r < count; r++) {
    let i: usize = 0;
    for (; i < body; i += 16) v128.store(sums + i, f32x4.add(v128.load(sums + i), v128.load(x + i)));
    for (; i < bytes; i += 4) store<f32>(sums + i, load<f32>(sums + i) + load<f32>(x + i));
    x += bytes;
  }
}
