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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.length / floatBytes[type]);
  switch (type) {
    case 'F32':
      for (let k = 0; k < values.length; k++) values[k] = view.getFloat32(4 * k, true);
      break;
    case 'F64':
      for (let k = 0; k < values.length; k++) values[k] = view.getFloat64(8 * k, true);
      break;
    case 'F16':
      for (let k = 0; k < values.length; k++) values[k] = half(view.getUint16(2 * k, true));
      break;
    case 'BF16': {
      const bits = new Uint32Array(values.buffer);
      for (let k = 0; k < bits.length; k++) bits[k] = view.getUint16(2 * k, true) << 16;
    }
  }
  return values;
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

/** The value of a binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
