import { type CsvPart, FIELDS, type NextRow } from './csv-format.ts';
import { CLASSES, PIXELS } from './samples.ts';

/**
 * The rows of nearly every file, read without a grammar: 785 fields of one to three decimal digits, valid as label and
 * pixels, and a line end. Whatever else a CSV may hold (quotes, blank lines, a byte-order mark, an error) is left to the
 * grammar, which takes thirty times as long because it makes a string of every field.
 */

export const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COMMA = 0x2c;
const ZERO = 0x30;

/** Kaggle's header without quotes. Each name is short, so that the line cannot be longer than a row may be. */
const PLAIN_HEADER = new RegExp(`^label(?:,\\w{1,40}){${PIXELS}}$`, 'i');

/** What the grammar needs to know about the plain rows before its first line. */
export interface CsvRest extends CsvPart {
  /** The line end of the lines before; undefined if there are none. All lines of a file must end in the same way. */
  readonly lineEnd: '\n' | '\r\n' | undefined;
}

/** A reader of plain lines. */
export interface PlainRows {
  /**
   * Reads the line from `start` to the newline at `newline`. Returns false, and has not asked for the next row, if the
   * line is not plain.
   */
  take(this: void, bytes: Buffer, start: number, newline: number): boolean;
  /** The part of the file behind the lines that were taken. */
  rest(): CsvRest;
}

/** Reads the plain lines of a part of a file, in order. */
export function createPlainRows(part: CsvPart, nextRow: NextRow): PlainRows {
  const fields = new Uint8Array(FIELDS);
  const pixels = fields.subarray(1);
  let taken = 0;
  let lineEnd: CsvRest['lineEnd'];
  return {
    take(bytes, start, newline) {
      const returned = newline > start && bytes[newline - 1] === CARRIAGE_RETURN;
      const end = returned ? newline - 1 : newline;
      const found = returned ? '\r\n' : '\n';
      if (found !== (lineEnd ?? found)) return false;
      if (parsePlainRowInto(fields, bytes, start, end)) {
        const { labels, images, row } = nextRow();
        labels[row] = fields[0]!;
        images.set(pixels, row * PIXELS);
      } else if (
        taken > 0 ||
        !part.holdsFirstRow ||
        !PLAIN_HEADER.test(bytes.toString('latin1', start, end))
      ) {
        return false;
      }
      lineEnd = found;
      taken++;
      return true;
    },
    rest: () => ({
      file: part.file,
      firstLine: part.firstLine + taken,
      holdsFirstRow: part.holdsFirstRow && taken === 0,
      lineEnd,
    }),
  };
}

/**
 * Reads the label and the pixels of a line, and returns whether the line is plain; otherwise the fields are undefined.
 *
 * @param end the place of the byte behind the line, which must be neither a digit nor a comma, so that no byte after it
 *   is read
 */
function parsePlainRowInto(fields: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let k = 0; k < FIELDS; k++) {
    let value = bytes[at++]! - ZERO;
    if (value >>> 0 > 9) return false;
    let next = bytes[at++]!;
    // Four of five pixels of a digit are paper: 0, one character.
    if (next !== COMMA) {
      let digit = next - ZERO;
      if (digit >>> 0 <= 9) {
        value = value * 10 + digit;
        next = bytes[at++]!;
        digit = next - ZERO;
        if (digit >>> 0 <= 9) {
          value = value * 10 + digit;
          if (value > 255) return false;
          next = bytes[at++]!;
        }
      }
    }
    fields[k] = value;
    if (next !== COMMA) return k === FIELDS - 1 && at - 1 === end && fields[0]! < CLASSES;
  }
  return false;
}
