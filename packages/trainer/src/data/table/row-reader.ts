import { MOST_FIELDS, readRowInto, type TableForm, wrongCount } from '@micronn/core/data';
import { createLabelBook, type LabelBook } from './label-book.ts';
import { createPlainRows } from './plain-rows.ts';
import { findRowEnd } from './row-end.ts';
import { fieldsOf, mostRowBytes, tooLong } from './row-fields.ts';

/** Buffers for rows. */
export interface RowTarget {
  /** width × height bytes for each row. */
  readonly images: Uint8Array;
  /** For each row the place of its label in the book. */
  readonly labels: Uint16Array;
}

/** Reads rows from bytes, wherever those are cut. */
export interface RowReader {
  /** Where rows go; may change between two calls. */
  target: RowTarget;
  /** The next row of the target. */
  row: number;
  /** The row at which reading pauses. */
  limit: number;
  /** The number of the next line. */
  readonly line: number;
  readonly book: LabelBook;
  /**
   * Reads whole rows, until the limit is reached or the next row is not complete.
   *
   * @param isAll whether the text ends at `to`
   * @returns the place behind the last row
   * @throws TableError for the first thing that is wrong
   */
  take(this: void, bytes: Buffer, from: number, to: number, isAll: boolean): number;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Reads rows of a form: plain ones from their bytes, each other one by the full grammar. Blank lines and comments are no
 * rows.
 *
 * @param firstLine the number of the line on which the bytes begin
 */
export function createRowReader(
  form: TableForm,
  firstLine: number,
  target: RowTarget,
  limit: number,
): RowReader {
  const book = createLabelBook(form.label);
  const plain = createPlainRows(form, book);
  const inputs = form.width * form.height;
  const most = mostRowBytes(form.fields);
  const comment = form.comment === '' ? -1 : form.comment.charCodeAt(0);
  const hasLabel = form.label.kind !== 'none';
  let line = firstLine;

  /** Reads the row that begins at `at` by the grammar. Returns the place behind it; −1 if it is not complete, or
   * behind the limit. */
  const takeAny = (bytes: Buffer, at: number, to: number, isAll: boolean): number => {
    const row = findRowEnd(bytes, at, to, form, isAll);
    const length = (row?.end ?? to) - at;
    if (length > most) throw tooLongOrMisplaced(bytes.toString('utf8', at, at + most), most, form, line);
    if (!row) return -1;
    if (row.isEndless) throw wrongCount(form, MOST_FIELDS + 1, line);
    const isRow = row.end > at && bytes[at] !== comment;
    if (isRow) {
      if (reader.row === reader.limit) return -1;
      const fields = fieldsOf(bytes.toString('utf8', at, row.end), row.hasQuotes, form, form, line);
      const label = readRowInto(form, fields, reader.target.images, reader.row * inputs, line);
      if (hasLabel) reader.target.labels[reader.row] = book.placeOf(label, line);
      reader.row++;
    }
    line += row.lines;
    return row.next;
  };

  const reader: RowReader = {
    target,
    row: 0,
    limit,
    get line() {
      return line;
    },
    book,
    take(bytes, from, to, isAll) {
      const { images, labels } = reader.target;
      let at = from;
      // If there is none, all rows end in carriage returns.
      let hasNewline = true;
      while (at < to) {
        const newline: number = hasNewline ? bytes.indexOf(NEWLINE, at) : -1;
        hasNewline = newline >= 0 && newline < to;
        if (hasNewline) {
          const end = newline > at && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
          if (end === at || bytes[at] === comment) {
            if (end > at && bytes.subarray(at, end).includes(CARRIAGE_RETURN)) {
              at = takeAny(bytes, at, to, isAll);
              continue;
            }
            line++;
            at = newline + 1;
            continue;
          }
          if (reader.row === reader.limit) return at;
          const place = plain ? plain.read(bytes, at, end, images, reader.row * inputs, line) : -1;
          if (place >= 0) {
            if (hasLabel) labels[reader.row] = place;
            reader.row++;
            line++;
            at = newline + 1;
            continue;
          }
        }
        const next = takeAny(bytes, at, to, isAll);
        if (next < 0) return at;
        at = next;
      }
      return at;
    },
  };
  return reader;
}

/** A misplaced quote hides the line end, and is the cause of the length. */
function tooLongOrMisplaced(text: string, most: number, form: TableForm, line: number): unknown {
  if (!text.includes(form.quote)) return tooLong(most, line);
  try {
    fieldsOf(text, true, form, form, line);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('misplaced')) return error;
  }
  return tooLong(most, line);
}
