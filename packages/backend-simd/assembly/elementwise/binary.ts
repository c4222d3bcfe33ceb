/** y[i] = f(a[i], b[i]); an operand may be one number, or repeat with a period (a bias along the last axes). */
import { parallel } from '../runtime/pool';
import { BINARY, record } from '../runtime/records';
import { loadTail, storeTail } from '../runtime/vector';
import { CHUNK } from './unary';

@unmanaged
class Binary {
  op: i32;
  a: usize;
  b: usize;
  y: usize;
  n: i32;
  aPeriod: i32;
  bPeriod: i32;
}

/**
 * `aPeriod`, `bPeriod`: how many numbers the operand has; `n` is a multiple of each.
 * Codes: keep in step with `src/kernels/binary.ts`.
 */
export function binary(op: i32, a: usize, aPeriod: i32, b: usize, bPeriod: i32, y: usize, n: i32): void {
  const job = record<Binary>(BINARY);
  job.op = op;
  job.a = a;
  job.b = b;
  job.y = y;
  job.n = n;
  job.aPeriod = aPeriod;
  job.bPeriod = bPeriod;
  parallel(binaryTask.index, (n + CHUNK - 1) / CHUNK);
}

// @ts-ignore: decorator
@inline
function apply(op: i32, a: v128, b: v128): v128 {
  switch (op) {
    case 0: return f32x4.add(a, b);
    case 1: return f32x4.sub(a, b);
    case 2: return f32x4.mul(a, b);
    case 3: return f32x4.div(a, b);
    case 4: return f32x4.max(a, b);
    case 5: return f32x4.min(a, b);
    case 7: return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, f32x4.splat(0))); // prelu
    default: {
      const d = f32x4.sub(a, b);
      return f32x4.mul(d, d);
    }
  }
}

/** Numbers at index `i` of an operand that repeats with `period`. */
// @ts-ignore: decorator
@inline
function operand(base: usize, i: i32, period: i32, n: i32, count: i32): v128 {
  if (period == n) return count == 4 ? v128.load(base + (<usize>i << 2)) : loadTail(base + (<usize>i << 2), count);
  if (period == 1) return v128.load32_splat(base);
  const j = i % period;
  if (count == 4 && j + 4 <= period) return v128.load(base + (<usize>j << 2));
  let v = v128.load32_zero(base + (<usize>j << 2));
  v = f32x4.replace_lane(v, 1, load<f32>(base + (<usize>((j + 1) % period) << 2)));
  v = f32x4.replace_lane(v, 2, load<f32>(base + (<usize>((j + 2) % period) << 2)));
  return f32x4.replace_lane(v, 3, load<f32>(base + (<usize>((j + 3) % period) << 2)));
}

function binaryTask(task: i32): void {
  const job = record<Binary>(BINARY), op = job.op, first = task * CHUNK, n = job.n, last = min(first + CHUNK, n);
  const a = job.a, b = job.b, aPeriod = job.aPeriod, bPeriod = job.bPeriod;
  let y = job.y + (<usize>first << 2);
  const body = first + ((last - first) & ~3), tail = last - body;
  for (let i = first; i < body; i += 4) {
    v128.store(y, apply(op, operand(a, i, aPeriod, n, 4), operand(b, i, bPeriod, n, 4)));
    y += 16;
  }
  if (tail) storeTail(y, apply(op, operand(a, body, aPeriod, n, tail), operand(b, body, bPeriod, n, tail)), tail);
}
