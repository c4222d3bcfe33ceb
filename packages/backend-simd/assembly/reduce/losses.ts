/** Gradients of mean |a - b| and of mean squares; `scale` holds dy / n. */
import { parallel } from '../runtime/pool';
import { LOSS_GRAD, record } from '../runtime/records';
import { loadTail, storeTail } from '../runtime/vector';
import { CHUNK } from '../elementwise/unary';
import { TERM_ABS_DIFFERENCE, TERM_SQUARED_TO } from './sums';

@unmanaged
class LossGrad {
  op: i32;
  a: usize;
  b: usize;
  target: f32;
  factor: f32;
  y: usize;
  n: i32;
}

/**
 * y = factor * dy[0] * f(a - b), with f = sign (sign(0) = 0, NaN kept) or 2 (a - b).
 * For TERM_SQUARED_TO b is the constant `target`.
 */
export function lossGrad(op: i32, a: usize, b: usize, target: f32, dy: usize, factor: f64, y: usize, n: i32): void {
  const job = record<LossGrad>(LOSS_GRAD);
  job.op = op;
  job.a = a;
  job.b = b;
  job.target = target;
  job.factor = <f32>(<f64>load<f32>(dy) * factor);
  job.y = y;
  job.n = n;
  parallel(lossGradTask.index, (n + CHUNK - 1) / CHUNK);
}

// @ts-ignore: decorator
@inline
function derivative(op: i32, a: v128, b: v128, scale: v128): v128 {
  const d = f32x4.sub(a, b);
  if (op != TERM_ABS_DIFFERENCE) return f32x4.mul(f32x4.add(d, d), scale);
  const zero = f32x4.splat(0), nan = f32x4.ne(d, d);
  const signed = v128.or(v128.and(scale, f32x4.gt(d, zero)), v128.and(f32x4.neg(scale), f32x4.lt(d, zero)));
  return v128.bitselect(d, signed, nan);
}

function lossGradTask(task: i32): void {
  const job = record<LossGrad>(LOSS_GRAD), op = job.op, first = task * CHUNK, n = min(CHUNK, job.n - first), offset = <usize>first << 2;
  let a = job.a + offset, b = job.b + offset, y = job.y + offset;
  const target = f32x4.splat(job.target), scale = f32x4.splat(job.factor), one = op == TERM_SQUARED_TO;
  const end = a + (<usize>(n & ~3) << 2), tail = n & 3;
  while (a < end) {
    v128.store(y, derivative(op, v128.load(a), one ? target : v128.load(b), scale));
    a += 16;
    b += 16;
    y += 16;
  }
  if (tail) storeTail(y, derivative(op, loadTail(a, tail), one ? target : loadTail(b, tail), scale), tail);
}
