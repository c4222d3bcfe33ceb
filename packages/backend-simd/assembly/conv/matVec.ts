/** y [M, N] = a [M, K] · b for a few rows: b is read once, as it lies, and not packed. */
import { arg, parallel, setArg } from "../runtime/pool";
import { fma, fmaScalar, loadTail, storeTail, sumLanes } from "../runtime/vector";

/** Columns in a task. */
const COLUMNS: i32 = 256;

/** b[k, n] lies at b + k * bRow + n * bCol (in floats); one of the two is 1. */
export function matVec(a: usize, b: usize, y: usize, m: i32, k: i32, n: i32, bRow: i32, bCol: i32): void {
  setArg<usize>(0, a);
  setArg<usize>(1, b);
  setArg<usize>(2, y);
  setArg<i32>(3, m);
  setArg<i32>(4, k);
  setArg<i32>(5, n);
  setArg<i32>(6, bRow);
  setArg<i32>(7, bCol);
  parallel(bCol == 1 ? alongColumns.index : alongRows.index, (n + COLUMNS - 1) / COLUMNS);
}

/** Rows of b are contiguous: four columns at a time, over k in order. */
function alongColumns(task: i32): void {
  const k = arg<i32>(4), n = arg<i32>(5), n0 = task * COLUMNS, n1 = min(n, n0 + COLUMNS), step = <usize>arg<i32>(6) << 2;
  for (let row = 0; row < arg<i32>(3); row++) {
    const a = arg<usize>(0) + (<usize>(row * k) << 2), y = arg<usize>(2) + (<usize>(row * n) << 2);
    for (let col = n0; col < n1; col += 4) {
      const lanes = min(4, n1 - col);
      let b = arg<usize>(1) + (<usize>col << 2), sum = f32x4.splat(0);
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
  const k = arg<i32>(4), n = arg<i32>(5), n0 = task * COLUMNS, n1 = min(n, n0 + COLUMNS), body = k & ~3;
  for (let row = 0; row < arg<i32>(3); row++) {
    const a = arg<usize>(0) + (<usize>(row * k) << 2), y = arg<usize>(2) + (<usize>(row * n) << 2);
    for (let col = n0; col < n1; col++) {
      const b = arg<usize>(1) + (<usize>(col * arg<i32>(7)) << 2);
      let sum = f32x4.splat(0), rest: f32 = 0;
      for (let i = 0; i < body; i += 4) sum = fma(v128.load(a + (<usize>i << 2)), v128.load(b + (<usize>i << 2)), sum);
      for (let i = body; i < k; i++) rest = fmaScalar(load<f32>(a + (<usize>i << 2)), load<f32>(b + (<usize>i << 2)), rest);
      store<f32>(y + (<usize>col << 2), sumLanes(sum) + rest);
    }
  }
}
