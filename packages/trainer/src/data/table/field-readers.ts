import type { PixelRange, TableForm } from '@micronn/core/data';

const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;
const SPACE = 0x20;
const TAB = 0x09;
const PLUS = 0x2b;
const MINUS = 0x2d;
const SMALL_E = 0x65;
const LARGE_E = 0x45;

/** Reads `count` fields into bytes. Returns the place of the byte behind them; −1 if they are not plain. */
export type FieldsReader = (
  bytes: Buffer,
  at: number,
  end: number,
  count: number,
  target: Uint8Array,
  offset: number,
) => number;

/** Fields of one to three decimal digits, from 0 to 255. */
export function bytesReader(delimiter: number): FieldsReader {
  return (bytes, start, _end, count, target, offset) => {
    let at = start;
    for (let k = 0; ; ) {
      let value = bytes[at++]! - ZERO;
      if (value >>> 0 > 9) return -1;
      let next = bytes[at++]!;
      // Four of five pixels of a digit are paper: 0, one character.
      if (next !== delimiter) {
        let digit = next - ZERO;
        if (digit >>> 0 <= 9) {
          value = value * 10 + digit;
          next = bytes[at++]!;
          digit = next - ZERO;
          if (digit >>> 0 <= 9) {
            value = value * 10 + digit;
            if (value > 255) return -1;
            next = bytes[at++]!;
          }
        }
      }
      target[offset + k] = value;
      if (++k === count) return at - 1;
      if (next !== delimiter) return -1;
    }
  };
}

/** Powers of ten that float64 has exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** More digits may need more than the 53 bits of a mantissa. */
const MOST_DIGITS = 15;
/** The digits behind the fifteenth change a byte before rounding by far less. */
const UNSURE = 1e-6;

/**
 * Fields of decimal numbers, with or without a sign, a fraction, an exponent, spaces around or quotes. A number of at most
 * fifteen digits is an exact integer times or over an exact power of ten, so that one correctly rounded operation gives the
 * same float64 as `Number` does (W. D. Clinger, How to read floating point numbers accurately, 1990). The first fifteen of
 * more digits decide the byte, unless it is close to the border of two; then `Number` decides.
 */
export function numbersReader({
  delimiter: text,
  decimal,
  range: given,
  quote: mark,
}: NumberSyntax): FieldsReader {
  const delimiter = text.charCodeAt(0);
  const spaced = text === ' ';
  const quote = mark.charCodeAt(0);
  const point = decimal === ',' ? COMMA : POINT;
  const { low, high } = given ?? { low: 0, high: 255 };
  const [least, most] = low < high ? [low, high] : [high, low];

  /** Whether a byte is one that can stand around a number: a tab only where it cannot be a delimiter. */
  const isBlank = (byte: number): boolean => byte === SPACE || (spaced && byte === TAB);
  const found = { value: 0, isCut: false };
  const levelOf = (value: number): number => (255 * (value - low)) / (high - low) + 0.5;
  /** Whether fifteen digits of more decide neither the byte nor whether the number is in the range. */
  const isUnsure = (value: number): boolean => {
    const border = levelOf(value) % 1;
    return !given || Math.min(border, 1 - border, value - least, most - value) < UNSURE;
  };

  return (bytes, start, end, count, target, offset) => {
    let at = start;
    for (let k = 0; ; ) {
      while (isBlank(bytes[at]!)) at++;
      const quoted = bytes[at] === quote;
      // The grammar takes a quote only where the field begins.
      if (quoted && (spaced || (at > start && bytes[at - 1] !== delimiter))) return -1;
      if (quoted)
        do at++;
        while (bytes[at] === SPACE);
      const from = at;
      at = readNumber(bytes, at, point, found);
      if (at < 0) return -1;
      let { value } = found;
      if (found.isCut && isUnsure(value)) {
        const digits = bytes.toString('latin1', from, at);
        value = Number(decimal === ',' ? digits.replace(',', '.') : digits);
      }
      if (value < least || value > most || (!given && value !== Math.floor(value))) return -1;
      target[offset + k] = Math.floor(levelOf(value));
      if (quoted) {
        while (bytes[at] === SPACE) at++;
        if (bytes[at++] !== quote) return -1;
      }
      const behind = at;
      while (isBlank(bytes[at]!)) at++;
      if (at > end) return -1;
      if (++k === count) return at;
      if (spaced ? at === behind : bytes[at++] !== delimiter) return -1;
    }
  };
}

/**
 * Reads a number. Returns the place behind it; −1 if it is none, or too large or too small for exact powers.
 *
 * @param found is given the number, or that of its first fifteen digits if it is cut
 */
function readNumber(
  bytes: Buffer,
  start: number,
  point: number,
  found: { value: number; isCut: boolean },
): number {
  let at = start;
  let byte = bytes[at]!;
  const negative = byte === MINUS;
  if (negative || byte === PLUS) byte = bytes[++at]!;
  let mantissa = 0;
  let digits = 0;
  let zeros = 0;
  let scale = 0;
  let seen = 0;
  found.isCut = false;
  for (let behind = 0; ; byte = bytes[++at]!) {
    const digit = byte - ZERO;
    if (digit >>> 0 <= 9) {
      seen++;
      scale -= behind;
      if (digit === 0) {
        // Zeros count only if another digit follows.
        if (mantissa !== 0) zeros++;
      } else if (digits + zeros < MOST_DIGITS) {
        mantissa = mantissa * POWERS[zeros + 1]! + digit;
        digits += zeros + 1;
        zeros = 0;
      } else {
        found.isCut = true;
        zeros++;
      }
    } else if (byte === point && behind === 0) behind = 1;
    else break;
  }
  if (seen === 0) return -1;
  if (byte === SMALL_E || byte === LARGE_E) {
    byte = bytes[++at]!;
    const down = byte === MINUS;
    if (down || byte === PLUS) byte = bytes[++at]!;
    let exponent = 0;
    const first = at;
    for (; (byte - ZERO) >>> 0 <= 9 && at - first < 4; byte = bytes[++at]!) {
      exponent = 10 * exponent + byte - ZERO;
    }
    if (at === first) return -1;
    scale += down ? -exponent : exponent;
  }
  scale += zeros;
  if (mantissa !== 0 && (scale > 22 || scale < -22)) return -1;
  const value = mantissa === 0 ? 0 : scale < 0 ? mantissa / POWERS[-scale]! : mantissa * POWERS[scale]!;
  found.value = negative ? -value : value;
  return at;
}

interface NumberSyntax extends Pick<TableForm, 'delimiter' | 'decimal' | 'quote'> {
  readonly range?: PixelRange | undefined;
}
