/** y = exp(x - max x) / Σ exp(x - max x) for each row of n numbers. */
import { parallel } from '../runtime/pool';
import { record, SOFTMAX } from '../runtime/records';
import { exp4 } from '../runtime/transcendental';
import { loadTail, storeTail } from '../runtime/vector';
import { BLOCK, blockSum, TERM_X } from './sums';

@unmanaged
class Softmax {
  x: usize;
  y: usize;
  rows: i32;
  n: i32;
  /** Rows that a task owns. */
  share: i32;
}

export function softmax(x: usize, y: usize, rows: i32, n: i32): void {
  const job = record<Softmax>(SOFTMAX);
  job.x = x;
  job.y = y;
  job.rows = rows;
  job.n = n;
  job.share = max(1, 4096 / max(1, n));
  parallel(softmaxTask.index, (rows + job.share - 1) / job.share);
}

function softmaxTask(task: i32): void {
  const job = record<Softmax>(SOFTMAX), n = job.n, bytes = <usize>n << 2, last = min(job.rows, (task + 1) * job.share);
  for (let row = task * job.share; row < last; row++) softmaxRow(job.x + <usize>row * bytes, job.y + <usize>row * bytes, n);
}

function softmaxRow(x: usize, y: usize, n: i32): void {
  const body = <usize>(n & ~3) << 2, tail = n & 3;
  let most4 = f32x4.splat(-Infinity);
  for (let i: usize = 0; i < body; i += 16) most4 = f32x4.max(most4, v128.load(x + i));
  let most = max(max(f32x4.extract_lane(most4, 0), f32x4.extract_lane(most4, 1)), max(f32x4.extract_lane(most4, 2), f32x4.extract_lane(most4, 3)));
  for (let i = 0; i < tail; i++) most = max(most, load<f32>(x + body + (<usize>i << 2)));
  const shift = f32x4.splat(most);
  for (let i: usize = 0; i < body; i += 16) v128.store(y + i, exp4(f32x4.sub(v128.load(x + i), shift)));
  if (tail) storeTail(y + body, exp4(f32x4.sub(loadTail(x + body, tail), shift)), tail);
  let sum: f64 = 0;
  for (let i = 0; i < n; i += BLOCK) sum += blockSum(TERM_X, y + (<usize>i << 2), 0, 0, min(BLOCK, n - i));
  const total = f32x4.splat(<f32>sum);
  for (let i: usize = 0; i < body; i += 16) v128.store(y + i, f32x4.div(v128.load(y + i), total));
  if (tail) storeTail(y + body, f32x4.div(loadTail(y + body, tail), total), tail);
}
