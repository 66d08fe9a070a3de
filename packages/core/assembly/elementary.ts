// The kernels' own exp and log: the last bits of the engines' functions differ from engine to engine.

// Constants in memory: a compiler loads one into all lanes with a single instruction, but needs several to build it.
const FLOATS: usize = memory.data<f32>([
  -104, // below this, the result is 0
  89, // above this, the result is infinite
  1.44269504, // 1 / ln 2
  12582912, // 1.5·2²³
  0.693359375, // ln 2 in two parts, so that a whole number times the first is exact
  -2.12194440e-4,
  1.9875691500e-4, // the polynomial of Moshier's Cephes, expf
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
  1,
]);
const INTEGERS: usize = memory.data<i32>([0x4b400000, 127]); // the bits of 1.5·2²³; the exponent's bias

/** e^x in four lanes, for every x, with an error of at most 2 ulp, also for denormal results. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  // A lane whose result is 0 computes e^0 and is cleared at the end, because denormal numbers are slow.
  const zero = f32x4.lt(x, v128.load_splat<f32>(FLOATS));
  x = f32x4.pmin(v128.andnot(x, zero), v128.load_splat<f32>(FLOATS, 4));
  // x = n·ln 2 + r. Adding 1.5·2²³ rounds a number to a whole number, which then is in the low bits of the sum.
  const rounded = f32x4.add(f32x4.mul(x, v128.load_splat<f32>(FLOATS, 8)), v128.load_splat<f32>(FLOATS, 12));
  const n = f32x4.sub(rounded, v128.load_splat<f32>(FLOATS, 12));
  let r = f32x4.sub(x, f32x4.mul(n, v128.load_splat<f32>(FLOATS, 16)));
  r = f32x4.sub(r, f32x4.mul(n, v128.load_splat<f32>(FLOATS, 20)));
  // e^r for |r| ≤ ln 2 / 2.
  let p = v128.load_splat<f32>(FLOATS, 24);
  p = f32x4.add(f32x4.mul(p, r), v128.load_splat<f32>(FLOATS, 28));
  p = f32x4.add(f32x4.mul(p, r), v128.load_splat<f32>(FLOATS, 32));
  p = f32x4.add(f32x4.mul(p, r), v128.load_splat<f32>(FLOATS, 36));
  p = f32x4.add(f32x4.mul(p, r), v128.load_splat<f32>(FLOATS, 40));
  p = f32x4.add(f32x4.mul(p, r), v128.load_splat<f32>(FLOATS, 44));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), p), r), v128.load_splat<f32>(FLOATS, 48));
  // Multiplies by 2ⁿ in two factors, because 2ⁿ itself may be outside of the normal numbers.
  const k = i32x4.sub(rounded, v128.load_splat<i32>(INTEGERS));
  const half = i32x4.shr_s(k, 1);
  const bias = v128.load_splat<i32>(INTEGERS, 4);
  p = f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23));
  p = f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.sub(k, half), bias), 23));
  return v128.andnot(p, zero);
}

/** log x of two f64 that are finite, positive and normal. */
// @ts-ignore: decorator
@inline
function log2(x: v128): v128 {
  // x = m·2^e with m in [√½, √2): subtracting the bits of √½ leaves e in the exponent's bits.
  const offset = i64x2.splat(0x3fe6a09e667f3bcd);
  const e = i64x2.shr_s(i64x2.sub(x, offset), 52);
  const m = i64x2.sub(x, i64x2.shl(e, 52));
  // log m = 2·artanh s with s = (m − 1)/(m + 1), |s| ≤ 0.1716: the series up to s¹³ has an error below 2⁻³⁸.
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

/** e^x of the f32 values from `at` to `end`, in place; the last vector is always computed whole. */
export function expInPlace(at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, exp4(v128.load(at)));
}

/**
 * log x of the f32 values from `at` to `end`, in place, always in pairs. The result is computed in float64, whose
 * basic operations give the same bits everywhere, and rounded once.
 */
export function logInPlace(at: usize, end: usize): void {
  const zero = f32x4.splat(0);
  for (; at < end; at += 8) {
    const x = v128.load64_zero(at);
    const result = f32x4.demote_f64x2_zero(log2(f64x2.promote_low_f32x4(x)));
    // log 0 is −∞, log ∞ is ∞; negative numbers and NaN give NaN.
    const proper = v128.and(f32x4.gt(x, zero), f32x4.lt(x, f32x4.splat(Infinity)));
    const special = v128.bitselect(f32x4.splat(-Infinity), v128.bitselect(x, f32x4.splat(NaN), f32x4.gt(x, zero)), f32x4.eq(x, zero));
    v128.store64_lane(at, v128.bitselect(result, special, proper), 0);
  }
}
