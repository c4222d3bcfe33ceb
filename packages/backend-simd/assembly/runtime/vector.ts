/** Four-lane helpers. `fma` is one rounding in the relaxed variant and two in the baseline one. */

// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/** The same rounding as `fma` for one number, so that tails of rows equal their bodies. */
// @ts-ignore: decorator
@inline
export function fmaScalar(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(fma(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}

// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** First `count` (1..3) floats at `address`; the other lanes are 0. */
// @ts-ignore: decorator
@inline
export function loadTail(address: usize, count: i32): v128 {
  let v = v128.load32_zero(address);
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(address, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(address, 8));
  return v;
}

// @ts-ignore: decorator
@inline
export function storeTail(address: usize, v: v128, count: i32): void {
  store<f32>(address, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(address, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(address, f32x4.extract_lane(v, 2), 8);
}

/** Four rows of four numbers, transposed. Steps are in bytes. */
// @ts-ignore: decorator
@inline
export function transpose4x4(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const a = v128.load(from), b = v128.load(from + fromStep), c = v128.load(from + fromStep * 2), d = v128.load(from + fromStep * 3);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to + toStep, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(to + toStep * 2, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
  v128.store(to + toStep * 3, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
}
