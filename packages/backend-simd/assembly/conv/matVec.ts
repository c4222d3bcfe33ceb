/** y [M, N] = a [M, K] · b for a few rows: b is read once, as it lies, and not packed. */
import { parallel } from '../runtime/pool';
import { MAT_VEC, record } from '../runtime/records';
import { fma, fmaScalar, loadTail, storeTail, sumLanes } from '../runtime/vector';

/** Columns in a task. */
const COLUMNS: i32 = 256;

@unmanaged
class MatVec {
  a: usize;
  b: usize;
  y: usize;
  m: i32;
  k: i32;
  n: i32;
  bRow: i32;
  bCol: i32;
}

/** b[k, n] lies at b + k * bRow + n * bCol (in floats); one of the two is 1. */
export function matVec(a: usize, b: usize, y: usize, m: i32, k: i32, n: i32, bRow: i32, bCol: i32): void {
  const job = record<MatVec>(MAT_VEC);
  job.a = a;
  job.b = b;
  job.y = y;
  job.m = m;
  job.k = k;
  job.n = n;
  job.bRow = bRow;
  job.bCol = bCol;
  parallel(bCol == 1 ? alongColumns.index : alongRows.index, (n + COLUMNS - 1) / COLUMNS);
}

/** Rows of b are contiguous: four columns at a time, over k in order. */
function alongColumns(task: i32): void {
  const job = record<MatVec>(MAT_VEC), k = job.k, n = job.n, n0 = task * COLUMNS, n1 = min(n, n0 + COLUMNS), step = <usize>job.bRow << 2;
  for (let row = 0; row < job.m; row++) {
    const a = job.a + (<usize>(row * k) << 2), y = job.y + (<usize>(row * n) << 2);
    for (let col = n0; col < n1; col += 4) {
      const lanes = min(4, n1 - col);
      let b = job.b + (<usize>col << 2), sum = f32x4.splat(0);
      for (let i = 0; i < k; i++) {
        sum = fma(v128.load32_splat(a + (<usize>i << 2)), lanes == 4 ? v128.load(b) : loadTail(b, lanes), sum);
        b += step;
      }
      if (lanes == 4) v128.store(y + (<usize>col << 2), sum);
      else storeTail(y + (<usize>col << 2), sum, lanes);
    }
  }
}

/** Columns of b are contiguous: a dot product for each. */
function alongRows(task: i32): void {
  const job = record<MatVec>(MAT_VEC), k = job.k, n = job.n, n0 = task * COLUMNS, n1 = min(n, n0 + COLUMNS), body = k & ~3;
  for (let row = 0; row < job.m; row++) {
    const a = job.a + (<usize>(row * k) << 2), y = job.y + (<usize>(row * n) << 2);
    for (let col = n0; col < n1; col++) {
      const b = job.b + (<usize>(col * job.bCol) << 2);
      let sum = f32x4.splat(0), rest: f32 = 0;
      for (let i = 0; i < body; i += 4) sum = fma(v128.load(a + (<usize>i << 2)), v128.load(b + (<usize>i << 2)), sum);
      for (let i = body; i < k; i++) rest = fmaScalar(load<f32>(a + (<usize>i << 2)), load<f32>(b + (<usize>i << 2)), rest);
      store<f32>(y + (<usize>col << 2), sumLanes(sum) + rest);
    }
  }
}
