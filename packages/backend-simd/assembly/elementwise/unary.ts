/** y[i] = f(x[i]), with up to two constants. */
import { arg, parallel, setArg } from "../runtime/pool";
import { exp4, log4, sigmoid4, softplus4, tanh4 } from "../runtime/transcendental";
import { loadTail, storeTail } from "../runtime/vector";
import { activate, LRELU, RELU } from "../conv/activation";

/** Numbers per task. */
export const CHUNK: i32 = 16384;

/** Codes: keep in step with `src/kernels/unary.ts`. */
export function unary(op: i32, x: usize, y: usize, n: i32, a: f32, b: f32): void {
  setArg<i32>(0, op);
  setArg<usize>(1, x);
  setArg<usize>(2, y);
  setArg<i32>(3, n);
  setArg<f32>(4, a);
  setArg<f32>(5, b);
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
    case 7: // sign, NaN kept
      return v128.bitselect(
        f32x4.sub(v128.and(one, f32x4.gt(v, zero)), v128.and(one, f32x4.lt(v, zero))), v, f32x4.eq(v, v),
      );
    case 8: return tanh4(v);
    case 9: return activate(v, RELU, a);
    case 10: return activate(v, LRELU, a);
    case 11: return sigmoid4(v);
    case 12: return softplus4(v);
    case 13: // step: 1 above zero, a elsewhere, NaN kept
      return v128.bitselect(v128.bitselect(one, a, f32x4.gt(v, zero)), v, f32x4.eq(v, v));
    case 14: return f32x4.min(f32x4.max(v, a), b);
    case 15: return f32x4.add(f32x4.mul(v, a), b);
    default: return a;
  }
}

function unaryTask(task: i32): void {
  const op = arg<i32>(0), first = task * CHUNK, n = min(CHUNK, arg<i32>(3) - first);
  let x = arg<usize>(1) + (<usize>first << 2), y = arg<usize>(2) + (<usize>first << 2);
  const a = f32x4.splat(arg<f32>(4)), b = f32x4.splat(arg<f32>(5)), end = x + (<usize>(n & ~3) << 2), tail = n & 3;
  while (x < end) {
    v128.store(y, apply(op, v128.load(x), a, b));
    x += 16;
    y += 16;
  }
  if (tail) storeTail(y, apply(op, loadTail(x, tail), a, b), tail);
}
