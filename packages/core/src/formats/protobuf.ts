/**
 * The part of the protocol buffers' wire format that ONNX needs: fields of whole numbers and fields of bytes are read and
 * written, fields of 4 and 8 bytes are read.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */

/** The wire types: the low three bits of a field's tag. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const BYTES = 2;
const FOUR_BYTES = 5;

/** A message under construction: the list of its encoded fields. */
export type Message = readonly Uint8Array[];

/** A decoded field: its number, and a whole number or bytes as its value; a number of 4 or 8 bytes is given as these. */
export interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/** Encodes a whole number of at least 0. */
export function wholeField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)]);
}

export function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return joined([Uint8Array.from([...varint(field * 8 + BYTES), ...varint(bytes.length)]), bytes]);
}

export function textField(field: number, text: string): Uint8Array {
  return bytesField(field, new TextEncoder().encode(text));
}

export function messageField(field: number, message: Message): Uint8Array {
  return bytesField(field, joined(message));
}

/** The bytes of a message: all fields, concatenated. */
export function joined(parts: Message): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The fields of a message in order, or undefined if the bytes are not a message of such fields. */
export function readFields(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    const type = tag && tag.value % 8;
    const fixed = type === FOUR_BYTES ? 4 : type === EIGHT_BYTES ? 8 : undefined;
    // A whole number, or the number of bytes that follow.
    const number = fixed ? { value: fixed, end: tag!.end } : tag && readVarint(bytes, tag.end);
    if (!tag || !number) return undefined;
    const field = Math.floor(tag.value / 8);
    at = number.end;
    if (type === VARINT) {
      fields.push({ field, value: number.value });
    } else if ((fixed || type === BYTES) && number.value >= 0 && at + number.value <= bytes.length) {
      fields.push({ field, value: bytes.subarray(at, at + number.value) });
      at += number.value;
    } else {
      return undefined;
    }
  }
  return fields;
}

/** Concatenated whole numbers, or undefined if the bytes are none. */
export function readVarints(bytes: Uint8Array): number[] | undefined {
  const values: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const number = readVarint(bytes, at);
    if (!number) return undefined;
    values.push(number.value);
    at = number.end;
  }
  return values;
}

/** The most bytes of a varint: 64 bits, seven in each. */
const MOST_VARINT_BYTES = 10;

/** The whole number at a place, negative in two's complement of 64 bits; undefined if the bytes end early. */
function readVarint(bytes: Uint8Array, begin: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let k = 0; k < MOST_VARINT_BYTES; k++) {
    const byte = bytes[begin + k];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** k;
    if (byte >= 0x80) continue;
    const end = begin + k + 1;
    // Above seven bytes, float64 has no room for all bits.
    return { value: k < 7 ? value : signed(bytes.subarray(begin, end)), end };
  }
  return undefined;
}

function signed(bytes: Uint8Array): number {
  const bits = bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
  return Number(BigInt.asIntN(64, bits));
}

/** Seven bits per byte, the lowest first; all bytes but the last have their high bit set. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}
