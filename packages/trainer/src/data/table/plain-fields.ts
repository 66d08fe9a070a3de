import type { PixelRange, TableForm } from '@micronn/core/data';
import type { LabelBook } from './label-book.ts';

/**
 * Rows that need no grammar, read from their bytes: without a string for every field, this takes a thirtieth of the
 * time. What is not plain (an unusual quote, an error) is left to the grammar, which reads the same of every plain row.
 */

const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;
const SPACE = 0x20;
const TAB = 0x09;

/** Reads `count` fields into bytes. Returns the place of the byte behind them; −1 if they are not plain. */
type FieldsReader = (
  bytes: Buffer,
  at: number,
  end: number,
  count: number,
  target: Uint8Array,
  offset: number,
) => number;

/** Reads a row into an image. */
export interface PlainRows {
  /**
   * Reads the row from `start` to before `end`. Returns the place of its label (0 if there is none), or −1 if it is not
   * plain; then the image is undefined.
   *
   * @param end the place of a line end, so that the byte there is neither a digit nor a delimiter
   */
  read(
    this: void,
    bytes: Buffer,
    start: number,
    end: number,
    images: Uint8Array,
    offset: number,
    line: number,
  ): number;
}

/** Fields of one kind, one behind the other. */
interface Run {
  readonly kind: 'pixels' | 'label' | 'one-hot' | 'ignored';
  count: number;
}

/** @returns undefined for rows that are never plain: sparse ones */
export function createPlainRows(form: TableForm, book: LabelBook): PlainRows | undefined {
  if (form.syntax !== 'csv' && form.syntax !== 'sparse') return undefined;
  const runs = runsOf(form);
  const delimiter = form.delimiter.charCodeAt(0);
  const spaced = form.delimiter === ' ';
  const quote = form.quote.charCodeAt(0);
  const readers =
    form.range || form.floats ? [numbersReader(form)] : [bytesReader(delimiter), numbersReader(form)];
  const hotReader = numbersReader({ ...form, range: undefined });
  const inputs = form.width * form.height;
  const order = form.places.filter((place) => place >= 0);
  const inOrder = order.every((place, k) => place === k);
  const row = new Uint8Array(inputs);
  const hot = new Uint8Array(form.label.kind === 'one-hot' ? form.label.values.length : 0);

  const readWith = (
    reader: FieldsReader,
    bytes: Buffer,
    start: number,
    end: number,
    target: Uint8Array,
    offset: number,
    line: number,
  ): number => {
    let at = start;
    let pixel = offset;
    let label = 0;
    for (let k = 0; k < runs.length; k++) {
      const { kind, count } = runs[k]!;
      if (k > 0 && !spaced && bytes[at++] !== delimiter) return -1;
      if (kind === 'pixels') {
        at = reader(bytes, at, end, count, target, pixel);
        pixel += count;
      } else if (kind === 'one-hot') {
        at = hotReader(bytes, at, end, count, hot, 0);
        const place = hot.indexOf(1);
        if (at < 0 || place < 0 || hot.some((value, i) => value !== 0 && i !== place)) return -1;
        if (form.label.kind === 'one-hot') label = book.placeOf(form.label.values[place]!, line);
      } else {
        for (let i = 0; i < count; i++) {
          if (i > 0 && !spaced && bytes[at++] !== delimiter) return -1;
          if (spaced) at = behindBlanks(bytes, at);
          const from = at;
          while (at < end && bytes[at] !== delimiter && !(spaced && bytes[at] === TAB)) at++;
          if (kind === 'label') label = labelAt(bytes, from, at, line);
          else if (bytes.subarray(from, at).includes(quote)) return -1;
        }
        if (label < 0) return -1;
      }
      if (at < 0) return -1;
    }
    if (spaced) at = behindBlanks(bytes, at);
    return at === end ? label : -1;
  };

  const labelAt = (bytes: Buffer, from: number, end: number, line: number): number => {
    const length = end - from;
    if (length <= 3 && length > 0) {
      let value = 0;
      for (let i = from; i < end; i++) {
        const digit = bytes[i]! - ZERO;
        if (digit >>> 0 > 9) {
          value = -1;
          break;
        }
        value = 10 * value + digit;
      }
      if (value >= 0) return book.placeOfNumber(value, line);
    }
    const isQuoted = length >= 2 && bytes[from] === quote && bytes[end - 1] === quote;
    const inside = isQuoted ? bytes.subarray(from + 1, end - 1) : bytes.subarray(from, end);
    return inside.includes(quote) ? -1 : book.placeOfField(inside.toString(), line);
  };

  return {
    read(bytes, start, end, images, offset, line) {
      for (const reader of readers) {
        const label = readWith(reader, bytes, start, end, row, 0, line);
        if (label < 0) continue;
        // Single bytes go to shared memory far more slowly than to memory that the engine knows to be there.
        if (inOrder) images.set(row, offset);
        else for (let k = 0; k < inputs; k++) images[offset + order[k]!] = row[k]!;
        return label;
      }
      return -1;
    },
  };
}

function runsOf({ fields, places, label }: TableForm): Run[] {
  const runs: Run[] = [];
  const labels = label.kind === 'one-hot' ? label.values.length : 1;
  for (let k = 0; k < fields; k++) {
    const isLabel = label.kind !== 'none' && k >= label.column && k < label.column + labels;
    const kind = isLabel
      ? label.kind === 'one-hot'
        ? 'one-hot'
        : 'label'
      : places[k]! >= 0
        ? 'pixels'
        : 'ignored';
    const last = runs.at(-1);
    if (last?.kind === kind) last.count++;
    else runs.push({ kind, count: 1 });
  }
  return runs;
}

function behindBlanks(bytes: Uint8Array, at: number): number {
  let behind = at;
  while (bytes[behind] === SPACE || bytes[behind] === TAB) behind++;
  return behind;
}

/** Fields of one to three decimal digits, from 0 to 255. */
function bytesReader(delimiter: number): FieldsReader {
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
function numbersReader({ delimiter: text, decimal, range: given, quote: mark }: NumberSyntax): FieldsReader {
  const delimiter = text.charCodeAt(0);
  const spaced = text === ' ';
  const quote = mark.charCodeAt(0);
  const point = decimal === ',' ? COMMA : POINT;
  const { low, high } = given ?? { low: 0, high: 255 };
  const [least, most] = low < high ? [low, high] : [high, low];

  return (bytes, start, end, count, target, offset) => {
    let at = start;
    for (let k = 0; ; ) {
      // Tabs are blanks only where they cannot be delimiters.
      while (bytes[at] === SPACE || (spaced && bytes[at] === TAB)) at++;
      const quoted = bytes[at] === quote;
      // The grammar takes a quote only where the field begins.
      if (quoted && (spaced || (at > start && bytes[at - 1] !== delimiter))) return -1;
      if (quoted)
        do at++;
        while (bytes[at] === SPACE);
      const from = at;
      let byte = bytes[at]!;
      const negative = byte === 0x2d;
      if (negative || byte === 0x2b) byte = bytes[++at]!;
      let mantissa = 0;
      let digits = 0;
      let zeros = 0;
      let scale = 0;
      let seen = 0;
      let cut = false;
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
            cut = true;
            zeros++;
          }
        } else if (byte === point && behind === 0) behind = 1;
        else break;
      }
      if (seen === 0) return -1;
      if (byte === 0x65 || byte === 0x45) {
        byte = bytes[++at]!;
        const down = byte === 0x2d;
        if (down || byte === 0x2b) byte = bytes[++at]!;
        let exponent = 0;
        const first = at;
        for (; (byte - ZERO) >>> 0 <= 9 && at - first < 4; byte = bytes[++at]!)
          exponent = 10 * exponent + byte - ZERO;
        if (at === first) return -1;
        scale += down ? -exponent : exponent;
      }
      scale += zeros;
      let value = 0;
      if (mantissa !== 0) {
        if (scale > 22 || scale < -22) return -1;
        value = scale < 0 ? mantissa / POWERS[-scale]! : mantissa * POWERS[scale]!;
        if (negative) value = -value;
      }
      let level = (255 * (value - low)) / (high - low) + 0.5;
      if (cut) {
        const border = level - Math.floor(level);
        if (
          !given ||
          border < UNSURE ||
          border > 1 - UNSURE ||
          value - least < UNSURE ||
          most - value < UNSURE
        ) {
          const digitsText = bytes.toString('latin1', from, at);
          value = Number(decimal === ',' ? digitsText.replace(',', '.') : digitsText);
          level = (255 * (value - low)) / (high - low) + 0.5;
        }
      }
      if (value < least || value > most || (!given && value !== Math.floor(value))) return -1;
      target[offset + k] = Math.floor(level);
      if (quoted) {
        while (bytes[at] === SPACE) at++;
        if (bytes[at++] !== quote) return -1;
      }
      const behind = at;
      while (bytes[at] === SPACE || (spaced && bytes[at] === TAB)) at++;
      if (at > end) return -1;
      if (++k === count) return at;
      if (spaced ? at === behind : bytes[at++] !== delimiter) return -1;
    }
  };
}

interface NumberSyntax extends Pick<TableForm, 'delimiter' | 'decimal' | 'quote'> {
  readonly range?: PixelRange | undefined;
}
