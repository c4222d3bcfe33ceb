/** Activations that kernels apply to their output, and their derivatives. */
import { fma } from '../runtime/vector';
import { tanh4 } from '../runtime/transcendental';

export const NONE: i32 = 0;
export const RELU: i32 = 1;
export const LRELU: i32 = 2;
export const TANH: i32 = 3;
export const RELU6: i32 = 4;

/** All keep NaN: for relu and lrelu the comparison with NaN is false, and the value itself is taken. */
// @ts-ignore: decorator
@inline
export function activate(v: v128, activation: i32, slope: v128): v128 {
  if (activation == NONE) return v;
  const zero = f32x4.splat(0);
  if (activation == RELU) return v128.andnot(v, f32x4.lt(v, zero));
  if (activation == LRELU) return v128.bitselect(f32x4.mul(v, slope), v, f32x4.lt(v, zero));
  if (activation == RELU6) return f32x4.min(f32x4.max(v, zero), f32x4.splat(6));
  return tanh4(v);
}

/** dy * act'(.) of all but relu6, from the output y (also from the input, but for tanh): relu'(0) = 0, lrelu'(0) = slope, as PyTorch. */
// @ts-ignore: decorator
@inline
export function activationGrad(dy: v128, y: v128, activation: i32, slope: v128): v128 {
  if (activation == NONE) return dy;
  const zero = f32x4.splat(0);
  if (activation == RELU) return v128.andnot(dy, f32x4.le(y, zero));
  if (activation == LRELU) return v128.bitselect(f32x4.mul(dy, slope), dy, f32x4.le(y, zero));
  return fma(f32x4.neg(f32x4.mul(dy, y)), y, dy);
}
