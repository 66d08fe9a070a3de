import type { TableForm } from '@micronn/core/data';
import { bytesReader, type FieldsReader, numbersReader } from './field-readers.ts';
import type { LabelBook } from './label-book.ts';

/**
 * Rows that need no grammar, read from their bytes: without a string for every field, this takes a thirtieth of the
 * time. What is not plain (an unusual quote, an error) is left to the grammar, which reads the same of every plain row.
 */

const ZERO = 0x30;
const SPACE = 0x20;
const TAB = 0x09;

/** Reads a row into an image. */
export interface PlainRows {
  /**
   * Reads the row from `start` to before `end`. Returns the place of its label (0 if there is none), or −1 if it is not
   * plain; then the image is as before.
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
  const readers =
    form.range || form.floats
      ? [numbersReader(form)]
      : [bytesReader(form.delimiter.charCodeAt(0)), numbersReader(form)];
  const inputs = form.width * form.height;
  const order = form.places.filter((place) => place >= 0);
  const inOrder = order.every((place, k) => place === k);
  const row = new Uint8Array(inputs);
  const readWith = createRunsReader(form, book, row);
  return {
    read(bytes, start, end, images, offset, line) {
      for (const reader of readers) {
        const label = readWith(reader, bytes, start, end, line);
        if (label < 0) continue;
        if (inOrder) images.set(row, offset);
        else for (let k = 0; k < inputs; k++) images[offset + order[k]!] = row[k]!;
        return label;
      }
      return -1;
    },
  };
}

/** Returns the place of the row's label; −1 if the row is not plain. */
type RunsReader = (reader: FieldsReader, bytes: Buffer, start: number, end: number, line: number) => number;

/** @param row is given the pixels in the order of their fields */
function createRunsReader(form: TableForm, book: LabelBook, row: Uint8Array): RunsReader {
  const runs = runsOf(form);
  const delimiter = form.delimiter.charCodeAt(0);
  const spaced = form.delimiter === ' ';
  const quote = form.quote.charCodeAt(0);
  const hotReader = numbersReader({ ...form, range: undefined });
  const labels = form.label.kind === 'one-hot' ? form.label.values : [];
  const hot = new Uint8Array(labels.length);

  const isSeparator = (byte: number): boolean => byte === delimiter || (spaced && byte === TAB);

  return (reader, bytes, start, end, line) => {
    let at = start;
    let pixel = 0;
    let label = 0;
    for (let k = 0; k < runs.length; k++) {
      const { kind, count } = runs[k]!;
      // Blanks are read with the field behind them.
      if (k > 0 && (spaced ? !isBlank(bytes[at]!) && !isBlank(bytes[at - 1]!) : bytes[at++] !== delimiter))
        return -1;
      if (kind === 'pixels') {
        at = reader(bytes, at, end, count, row, pixel);
        pixel += count;
      } else if (kind === 'one-hot') {
        at = hotReader(bytes, at, end, count, hot, 0);
        const place = hot.indexOf(1);
        if (at < 0 || place < 0 || hot.some((value, i) => value !== 0 && i !== place)) return -1;
        label = book.placeOf(labels[place]!, line);
      } else {
        for (let i = 0; i < count; i++) {
          if (i > 0 && !spaced && bytes[at++] !== delimiter) return -1;
          if (spaced) at = behindBlanks(bytes, at);
          const from = at;
          while (at < end && !isSeparator(bytes[at]!)) at++;
          if (spaced && at === from) return -1;
          if (kind === 'label') label = labelAt(book, bytes, from, at, quote, line);
          else if (bytes.subarray(from, at).includes(quote)) return -1;
        }
        if (label < 0) return -1;
      }
      if (at < 0) return -1;
    }
    if (spaced) at = behindBlanks(bytes, at);
    return at === end ? label : -1;
  };
}

/** The place of the label from `from` to before `end`; −1 if it is none. */
function labelAt(
  book: LabelBook,
  bytes: Buffer,
  from: number,
  end: number,
  quote: number,
  line: number,
): number {
  const length = end - from;
  if (length <= 3 && length > 0) {
    let value = 0;
    for (let i = from; i < end && value >= 0; i++) {
      const digit = bytes[i]! - ZERO;
      value = digit >>> 0 > 9 ? -1 : 10 * value + digit;
    }
    if (value >= 0) return book.placeOfNumber(value, line);
  }
  const isQuoted = length >= 2 && bytes[from] === quote && bytes[end - 1] === quote;
  const inside = isQuoted ? bytes.subarray(from + 1, end - 1) : bytes.subarray(from, end);
  return inside.includes(quote) ? -1 : book.placeOfField(inside.toString(), line);
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

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

function behindBlanks(bytes: Uint8Array, at: number): number {
  let behind = at;
  while (isBlank(bytes[behind]!)) behind++;
  return behind;
}
