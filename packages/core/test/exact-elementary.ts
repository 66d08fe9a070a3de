/**
 * exp and log to 200 bits and more in BigInt arithmetic, and how far a float64 is from them. Numbers are fixed-point:
 * the integer n stands for n·2⁻ᴾ.
 */
const P = 300n;
const ONE = 1n << P;
const LN2 = 2n * artanh(ONE / 3n);

/** |actual − e^x| in units in the last place of e^x. */
export function exponentialError(x: number, actual: number): number {
  const k = BigInt(Math.round(x / Math.LN2));
  const r = fixedPoint(x) - k * LN2;
  let sum = 0n;
  let term = ONE;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = (term * r) / (n * ONE);
  }
  return errorInUlps(actual, sum, Number(k));
}

/** |actual − log x| in units in the last place of log x. */
export function logarithmError(x: number, actual: number): number {
  const { integer, exponent } = decompose(x);
  const bits = bitLength(integer);
  const mantissa = integer << (P - BigInt(bits - 1));
  const k = BigInt(exponent + bits - 1);
  return errorInUlps(actual, 2n * artanh(((mantissa - ONE) * ONE) / (mantissa + ONE)) + k * LN2, 0);
}

/** artanh s = s + s³/3 + s⁵/5 + … */
function artanh(s: bigint): bigint {
  let sum = 0n;
  let power = s;
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n;
    power = (((power * s) / ONE) * s) / ONE;
  }
  return sum;
}

/** A finite number as integer · 2^exponent. */
function decompose(x: number): { integer: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const magnitude = biased === 0 ? fraction : fraction + (1n << 52n);
  return { integer: x < 0 ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

function fixedPoint(x: number): bigint {
  const { integer, exponent } = decompose(x);
  return shift(integer, exponent + Number(P));
}

/** Distance of a float64 from exact · 2^exponent; the last place of a subnormal number is 2⁻¹⁰⁷⁴. */
function errorInUlps(actual: number, exact: bigint, exponent: number): number {
  if (exact === 0n) return actual === 0 ? 0 : Infinity;
  const lastPlace = Math.max(bitLength(exact) - 1 - Number(P) + exponent - 52, -1074);
  const { integer, exponent: actualExponent } = decompose(actual);
  // In units of 2⁻³² of the last place.
  const difference =
    shift(integer, actualExponent - lastPlace + 32) - shift(exact, exponent - Number(P) - lastPlace + 32);
  return Math.abs(Number(difference)) / 0x1_0000_0000;
}

function shift(integer: bigint, bits: number): bigint {
  return bits >= 0 ? integer << BigInt(bits) : integer >> BigInt(-bits);
}

function bitLength(integer: bigint): number {
  return (integer < 0n ? -integer : integer).toString(2).length;
}
