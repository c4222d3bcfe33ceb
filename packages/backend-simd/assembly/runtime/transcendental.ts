/**
 * exp, log and tanh on four lanes, to about 1 unit in the last place.
 * Polynomials: S. Moshier, Cephes Mathematical Library (single precision: expf, logf, tanhf).
 * NaN comes out where NaN goes in.
 */

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  // Not fused in either variant: both give the same digits here.
  return f32x4.add(f32x4.mul(a, b), c);
}

export function exp4(x: v128): v128 {
  // x = k ln 2 + r, |r| <= ln 2 / 2; exp(x) = 2^k exp(r), with 2^k in two factors so that subnormals come out too.
  const clamped = f32x4.min(f32x4.max(x, f32x4.splat(-104)), f32x4.splat(89));
  const k = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(clamped, f32x4.mul(k, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(k, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const whole = i32x4.trunc_sat_f32x4_s(k);
  const half = i32x4.shr_s(whole, 1);
  const bias = i32x4.splat(127);
  const scaleA = i32x4.shl(i32x4.add(half, bias), 23);
  const scaleB = i32x4.shl(i32x4.add(i32x4.sub(whole, half), bias), 23);
  return f32x4.mul(f32x4.mul(p, scaleA), scaleB);
}

/** exp(x) - 1, for small x too. */
export function expm1_4(x: v128): v128 {
  // Near 0 the polynomial of exp without its 1, which would take the digits away.
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, x, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, x, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, x, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, x, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, x, f32x4.splat(5.0000001201e-1));
  const near = multiplyAdd(p, f32x4.mul(x, x), x), far = f32x4.sub(exp4(x), f32x4.splat(1));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.34)));
}

export function log4(x: v128): v128 {
  // x = 2^e m, sqrt(1/2) <= m < sqrt(2); subnormals are scaled up first.
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  let e = i32x4.sub(i32x4.shr_s(scaled, 23), i32x4.splat(126));
  e = i32x4.sub(e, v128.and(tiny, i32x4.splat(23)));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = i32x4.add(e, small);
  m = f32x4.sub(f32x4.add(m, v128.and(m, small)), f32x4.splat(1));
  const exponent = f32x4.convert_i32x4_s(e);
  const z = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = multiplyAdd(p, m, f32x4.splat(-1.1514610310e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.1676998740e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.2420140846e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.4249322787e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.6668057665e-1));
  p = multiplyAdd(p, m, f32x4.splat(2.0000714765e-1));
  p = multiplyAdd(p, m, f32x4.splat(-2.4999993993e-1));
  p = multiplyAdd(p, m, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, m), z);
  p = multiplyAdd(exponent, f32x4.splat(-2.12194440e-4), p);
  p = f32x4.sub(p, f32x4.mul(z, f32x4.splat(0.5)));
  let result = multiplyAdd(exponent, f32x4.splat(0.693359375), f32x4.add(m, p));
  const zero = f32x4.splat(0);
  result = v128.bitselect(f32x4.splat(-Infinity), result, f32x4.eq(x, zero));
  result = v128.bitselect(f32x4.splat(NaN), result, v128.or(f32x4.lt(x, zero), f32x4.ne(x, x)));
  return v128.bitselect(x, result, f32x4.eq(x, f32x4.splat(Infinity)));
}

export function tanh4(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const one = f32x4.splat(1);
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = multiplyAdd(p, z, f32x4.splat(2.06390887954e-2));
  p = multiplyAdd(p, z, f32x4.splat(-5.37397155531e-2));
  p = multiplyAdd(p, z, f32x4.splat(1.33314422036e-1));
  p = multiplyAdd(p, z, f32x4.splat(-3.33332819422e-1));
  const near = multiplyAdd(f32x4.mul(p, z), x, x);
  const e = exp4(f32x4.add(magnitude, magnitude));
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** ln(1 + exp(x)), for any x. */
export function softplus4(x: v128): v128 {
  const t = exp4(f32x4.neg(f32x4.abs(x)));
  const one = f32x4.splat(1);
  const u = f32x4.add(one, t);
  // ln(1 + t) from ln(u): the factor t / (u - 1) undoes the rounding of u (Goldberg 1991, theorem 4).
  const log1p = v128.bitselect(t, f32x4.div(f32x4.mul(log4(u), t), f32x4.sub(u, one)), f32x4.eq(u, one));
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), log1p);
}

export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}
