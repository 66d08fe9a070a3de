// exp and log of our own: those of the engines differ from each other in the last bits.

/** e^x in four lanes, for all x: at most 2 ulp from the exact value, denormal results included. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  // Below −104 the result is 0. It is computed at 0 meanwhile, as a result among the denormals takes long.
  const zero = f32x4.lt(x, f32x4.splat(-104));
  x = f32x4.min(v128.andnot(x, zero), f32x4.splat(89));
  // x = n·ln 2 + r, with ln 2 in two parts so that n·(the first) is exact. Added to 1.5·2²³, a number is rounded to
  // a whole one, which then stands in the last bits.
  const rounded = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(12582912));
  const n = f32x4.sub(rounded, f32x4.splat(12582912));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  // e^r for |r| ≤ ln 2 / 2: the polynomial of Moshier's Cephes, expf.
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), p), r), f32x4.splat(1));
  // ·2ⁿ in two factors, as 2ⁿ itself may lie outside of the normal numbers.
  const k = i32x4.sub(rounded, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(k, 1);
  const bias = i32x4.splat(127);
  p = f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23));
  p = f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.sub(k, half), bias), 23));
  return v128.andnot(p, zero);
}

/** log x in four lanes: computed in float64, whose basic operations are the same bits everywhere, rounded once. */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const low = log2(f64x2.promote_low_f32x4(x));
  const high = log2(f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 0, 1)));
  const result = v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
  // 0, infinity, negative numbers and NaN.
  const zero = f32x4.splat(0);
  const proper = v128.and(f32x4.gt(x, zero), f32x4.lt(x, f32x4.splat(Infinity)));
  const special = v128.bitselect(f32x4.splat(-Infinity), v128.bitselect(x, f32x4.splat(NaN), f32x4.gt(x, zero)), f32x4.eq(x, zero));
  return v128.bitselect(result, special, proper);
}

/** log x of two f64 that are finite, above zero and not denormal. */
// @ts-ignore: decorator
@inline
function log2(x: v128): v128 {
  // x = m·2^e with m in [√½, √2): the exponent's bits, counted from where m's are those of √½.
  const offset = i64x2.splat(0x3fe6a09e667f3bcd);
  const e = i64x2.shr_s(i64x2.sub(x, offset), 52);
  const m = i64x2.sub(x, i64x2.shl(e, 52));
  // log m = 2·artanh s with s = (m − 1)/(m + 1), |s| ≤ 0.1716: the series to s¹³ is good to 2⁻³⁸.
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const t = f64x2.mul(s, s);
  let p = f64x2.splat(1.0 / 13.0);
  p = f64x2.add(f64x2.mul(p, t), f64x2.splat(1.0 / 11.0));
  p = f64x2.add(f64x2.mul(p, t), f64x2.splat(1.0 / 9.0));
  p = f64x2.add(f64x2.mul(p, t), f64x2.splat(1.0 / 7.0));
  p = f64x2.add(f64x2.mul(p, t), f64x2.splat(1.0 / 5.0));
  p = f64x2.add(f64x2.mul(p, t), f64x2.splat(1.0 / 3.0));
  p = f64x2.add(f64x2.mul(p, t), one);
  const exponents = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(e, e, 0, 2, 0, 2));
  return f64x2.add(f64x2.mul(exponents, f64x2.splat(0.6931471805599453)), f64x2.mul(f64x2.add(s, s), p));
}

/** e^x for a vector of values, in place; `end` a multiple of 16 bytes after `at`. */
export function expInPlace(at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, exp4(v128.load(at)));
}

/** log x, likewise. */
export function logInPlace(at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, log4(v128.load(at)));
}
