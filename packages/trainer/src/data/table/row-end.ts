import { MOST_FIELDS, type TableDialect } from '@micronn/core/data';

/** Where a row ends. */
export interface RowEnd {
  /** The place behind its last character. */
  readonly end: number;
  /** The place behind its line end. */
  readonly next: number;
  /** The lines that it takes: more than one if there are line ends inside quotes. */
  readonly lines: number;
  readonly hasQuotes: boolean;
  /** Whether more fields follow than are ever read; then the end is unknown. */
  readonly isEndless: boolean;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Finds the end of the row that begins at `start`, by the grammar of CSV: the first line end outside quotes, of any of
 * the three kinds.
 *
 * @param isAll whether the text ends at `to`
 * @returns undefined if the row goes on behind `to`
 */
export function findRowEnd(
  bytes: Uint8Array,
  start: number,
  to: number,
  { syntax, delimiter, quote }: TableDialect,
  isAll: boolean,
): RowEnd | undefined {
  const separator = delimiter.charCodeAt(0);
  const mark = syntax === 'csv' && delimiter !== ' ' ? quote.charCodeAt(0) : -1;
  let quoted = false;
  let hasQuotes = false;
  let lines = 1;
  let fields = 1;
  for (let at = start; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === mark) {
      hasQuotes = true;
      quoted = !quoted;
    } else if (byte === NEWLINE || byte === CARRIAGE_RETURN) {
      // A carriage return at the very end may be half of a line end.
      if (byte === CARRIAGE_RETURN && at + 1 === to && !isAll) return undefined;
      const next = byte === CARRIAGE_RETURN && bytes[at + 1] === NEWLINE && at + 1 < to ? at + 2 : at + 1;
      if (!quoted) return { end: at, next, lines, hasQuotes, isEndless: false };
      lines++;
      at = next - 1;
    } else if (byte === separator && !quoted && ++fields > MOST_FIELDS) {
      return { end: at, next: at, lines, hasQuotes, isEndless: true };
    }
  }
  return isAll ? { end: to, next: to, lines, hasQuotes, isEndless: false } : undefined;
}
