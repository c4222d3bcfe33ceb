/** y[i] = f(x[i]), with up to two constants. */
import { parallel } from '../runtime/pool';
import { record, UNARY } from '../runtime/records';
import { exp4, expm1_4, log4, sigmoid4, softplus4, tanh4 } from '../runtime/transcendental';
import { loadTail, storeTail } from '../runtime/vector';
import { activate, LRELU, RELU } from '../conv/activation';

/** Numbers per task. */
export const CHUNK: i32 = 16384;

@unmanaged
class Unary {
  op: i32;
  x: usize;
  y: usize;
  n: i32;
  a: f32;
  b: f32;
}

/** Codes: keep in step with `src/kernels/unary.ts`. */
export function unary(op: i32, x: usize, y: usize, n: i32, a: f32, b: f32): void {
  const job = record<Unary>(UNARY);
  job.op = op;
  job.x = x;
  job.y = y;
  job.n = n;
  job.a = a;
  job.b = b;
  parallel(unaryTask.index, (n + CHUNK - 1) / CHUNK);
}

// @ts-ignore: decorator
@inline
function apply(op: i32, v: v128, a: v128, b: v128): v128 {
  const one = f32x4.splat(1), zero = f32x4.splat(0);
  switch (op) {
    case 0: return f32x4.neg(v);
    case 1: return f32x4.mul(v, v);
    case 2: return f32x4.sqrt(v);
    case 3: return f32x4.div(one, f32x4.sqrt(v));
    case 4: return exp4(v);
    case 5: return log4(v);
    case 6: return f32x4.abs(v);
    case 7: // sign, 0 for NaN
      return f32x4.sub(v128.and(one, f32x4.gt(v, zero)), v128.and(one, f32x4.lt(v, zero)));
    case 8: return tanh4(v);
    case 9: return activate(v, RELU, a);
    case 10: return activate(v, LRELU, a);
    case 11: return sigmoid4(v);
    case 12: return softplus4(v);
    case 13: // step: 1 above zero, a elsewhere, NaN kept
      return v128.bitselect(v128.bitselect(one, a, f32x4.gt(v, zero)), v, f32x4.eq(v, v));
    case 14: return f32x4.min(f32x4.max(v, a), b);
    case 15: return f32x4.add(f32x4.mul(v, a), b);
    case 16: return v128.bitselect(v, expm1_4(v), f32x4.ge(v, zero)); // elu
    default: return a;
  }
}

function unaryTask(task: i32): void {
  const job = record<Unary>(UNARY), op = job.op, first = task * CHUNK, n = min(CHUNK, job.n - first);
  let x = job.x + (<usize>first << 2), y = job.y + (<usize>first << 2);
  const a = f32x4.splat(job.a), b = f32x4.splat(job.b), end = x + (<usize>(n & ~3) << 2), tail = n & 3;
  while (x < end) {
    v128.store(y, apply(op, v128.load(x), a, b));
    x += 16;
    y += 16;
  }
  if (tail) storeTail(y, apply(op, loadTail(x, tail), a, b), tail);
}
