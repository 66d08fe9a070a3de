/** A file that does not have the form that its first bytes announce. The message is one sentence. */
export class DataFormatError extends Error {
  readonly code = 'DATA_FORMAT';
  override readonly name = 'DataFormatError';
}

/** How an array in a file stores a number. */
export interface NumberType {
  readonly kind: 'bool' | 'unsigned' | 'signed' | 'float';
  readonly bytes: 1 | 2 | 4 | 8;
  readonly littleEndian: boolean;
}

/** Whether the numbers are whole and from 0 to 255, one byte each. */
export function areBytes({ kind, bytes }: NumberType): boolean {
  return kind === 'unsigned' && bytes === 1;
}

const TWO_32 = 2 ** 32;

/**
 * Decodes an array's numbers as doubles; false and true as 0 and 1. Whole numbers beyond 2⁵³ are rounded.
 *
 * @param bytes a whole number of elements
 */
export function decodeNumbers(bytes: Uint8Array, type: NumberType): ArrayLike<number> {
  if (areBytes(type)) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readerOf(view, type);
  const numbers = new Float64Array(bytes.length / type.bytes);
  for (let k = 0, at = 0; k < numbers.length; k++, at += type.bytes) numbers[k] = read(at);
  return numbers;
}

function readerOf(view: DataView, { kind, bytes, littleEndian }: NumberType): (at: number) => number {
  if (kind === 'bool') return (at) => Math.min(1, view.getUint8(at));
  if (kind === 'float') {
    if (bytes === 8) return (at) => view.getFloat64(at, littleEndian);
    if (bytes === 4) return (at) => view.getFloat32(at, littleEndian);
    return (at) => halfToNumber(view.getUint16(at, littleEndian));
  }
  const isSigned = kind === 'signed';
  if (bytes === 1) return (at) => (isSigned ? view.getInt8(at) : view.getUint8(at));
  if (bytes === 2)
    return (at) => (isSigned ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian));
  if (bytes === 4)
    return (at) => (isSigned ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian));
  const [low, high] = littleEndian ? [0, 4] : [4, 0];
  return (at) => {
    const upper = isSigned ? view.getInt32(at + high, littleEndian) : view.getUint32(at + high, littleEndian);
    return upper * TWO_32 + view.getUint32(at + low, littleEndian);
  };
}

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The number of elements of an array. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A shape as `60000 × 28 × 28`. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'a single number' : shape.join(' × ');
}
