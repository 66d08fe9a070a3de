/**
 * exp and log on float64, from IEEE 754 basic arithmetic alone. ECMAScript leaves the last bits of Math.exp and
 * Math.log to each engine; these two functions have the same bits in every engine.
 */

/** ln 2 as a sum. The first part has 33 bits, so its product with an exponent of float64 is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * e^x on float64, with the same bits in every engine and an error below 1 ulp.
 *
 * x = k·ln 2 + r with |r| ≤ ½·ln 2, so e^x = 2ᵏ·e^r; e^r is its Taylor series up to r¹⁴/14!. NaN for NaN, ∞ where
 * the result overflows, 0 where it underflows.
 */
export function exp(x: number): number {
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const k = Math.round(x / Math.LN2);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  let series = 0;
  for (let n = 14; n > 1; n--) series = (r / n) * (1 + series);
  // high − (sum − 1) is the exact rounding error of the sum.
  const sum = 1 + high;
  const rest = high - (sum - 1) + (r * series - low);
  // Two factors, because 2ᵏ itself may overflow or be subnormal.
  const half = k >> 1;
  return (sum + rest) * powerOfTwo(half) * powerOfTwo(k - half);
}

/**
 * The natural logarithm on float64, with the same bits in every engine and an error below 1 ulp.
 *
 * x = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, so log x = k·ln 2 + log(1 + f); log(1 + f) = 2·artanh(s) with
 * s = f / (2 + f), and artanh is its Taylor series up to s²¹/21. −∞ for 0, NaN below 0 and for NaN, ∞ for ∞.
 */
export function log(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0)) return Number.NaN;
  if (x === Infinity) return x;
  // A subnormal number is scaled by 2⁵⁴ to a normal one, which has its exponent in the top bits.
  const isSubnormal = x < 2.2250738585072014e-308;
  bits.setFloat64(0, isSubnormal ? x * 0x40_0000_0000_0000 : x);
  const top = bits.getUint32(0);
  bits.setUint32(0, (top & 0xf_ffff) | 0x3ff0_0000);
  const mantissa = bits.getFloat64(0);
  const isLarge = mantissa >= Math.SQRT2;
  const k = (top >>> 20) - 1023 + (isLarge ? 1 : 0) - (isSubnormal ? 54 : 0);
  const f = (isLarge ? mantissa / 2 : mantissa) - 1;
  const s = f / (2 + f);
  let series = 0;
  for (let n = 21; n > 1; n -= 2) series = (series + 2 / n) * s * s;
  // 2s = f − f²/2 + s·f²/2, where f is exact, unlike s. f − (sum − high) is the exact rounding error of the sum.
  const halfSquare = (f * f) / 2;
  const high = k * LN2_HIGH;
  const sum = high + f;
  const rest = f - (sum - high) + (s * (halfSquare + series) + k * LN2_LOW - halfSquare);
  return sum + rest;
}

/** The bytes of one float64, big-endian. Each function writes them before it reads them. */
const bits: DataView = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** 2ᵏ for k from −1022 to 1023: an exponent without a fraction. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
