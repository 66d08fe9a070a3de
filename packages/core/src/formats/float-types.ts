import { float32Values } from '../parameters.ts';

/** Floating-point types of other programs' files, read as float32. */

/** The types that are read, with the bytes of one value. */
export const floatBytes = { F32: 4, F16: 2, BF16: 2, F64: 8 } as const;

export type FloatType = keyof typeof floatBytes;

/**
 * Little-endian values as float32. F32, F16 and BF16 keep every value; F64 is rounded to the nearest float32, so that a
 * number below 2⁻¹⁵⁰ becomes 0 and one beyond float32's range an infinity ({@link float32Overflow} finds it).
 *
 * Source: IEEE 754-2008 (binary16, binary64); BF16 is the upper half of a float32.
 *
 * @param bytes a whole number of values
 */
export function float32Of(bytes: Uint8Array, type: FloatType): Float32Array {
  if (type === 'F32') return float32Values(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = floatBytes[type];
  return Float32Array.from({ length: bytes.length / size }, (_, k) => {
    if (type === 'F64') return view.getFloat64(size * k, true);
    const bits = view.getUint16(size * k, true);
    return type === 'F16' ? half(bits) : upperHalf(bits);
  });
}

/** The first finite F64 value that float32 cannot hold. */
export function float32Overflow(bytes: Uint8Array, type: FloatType): number | undefined {
  if (type !== 'F64') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += 8) {
    const value = view.getFloat64(at, true);
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) return value;
  }
  return undefined;
}

const upper = new DataView(new ArrayBuffer(4));

/** The value of a BF16. */
function upperHalf(bits: number): number {
  upper.setUint16(0, bits);
  return upper.getFloat32(0);
}

/** The value of a binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
