/**
 * The part of the protocol buffers' wire format that ONNX needs: fields of whole numbers and fields of bytes.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */

/** The two wire types in use: the low three bits of a field's tag. */
const VARINT = 0;
const BYTES = 2;

/** A message under construction: the list of its encoded fields. */
export type Message = readonly Uint8Array[];

/** A decoded field: its number, and a whole number or bytes as its value. */
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
  let at = 0;
  /** NaN if the bytes end early, or the number has more than eight bytes. */
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = readVarint();
    const value = readVarint();
    const field = Math.floor(tag / 8);
    if (tag % 8 === VARINT && value >= 0) {
      fields.push({ field, value });
    } else if (tag % 8 === BYTES && at + value <= bytes.length) {
      fields.push({ field, value: bytes.subarray(at, at + value) });
      at += value;
    } else {
      return undefined;
    }
  }
  return fields;
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
