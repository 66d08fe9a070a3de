import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { MicronnError } from '../errors.ts';
import { createFieldLimit } from './field-limit.ts';
import { streamFailure } from './gzip.ts';
import { CLASSES, PIXELS } from './samples.ts';

/**
 * Rows of Kaggle's "MNIST in CSV": an optional header line `label,1x1,1x2,…,28x28`, then one line per image with its
 * label and 784 pixels from 0 to 255.
 *
 * The file streams through csv-parse row by row; its text is never held in memory as a whole.
 */

const FIELDS = PIXELS + 1;
/** A row of 785 fields has at most 3,140 characters (7,065 with quotes); a longer row has lost its end. */
export const MAX_ROW_BYTES = 65_536;
/** Rows of up to so many fields are counted exactly; the rest of a longer row is not read. */
const MAX_FIELDS = 10_000;

/** The part of a file that a stream holds: the whole file, or a range that starts at a line. */
export interface CsvPart {
  readonly file: string;
  /** The number of its first line; the first line of the file is 1. */
  readonly firstLine: number;
  /** Whether the part holds or precedes the first row of the file, so that its first row may be the header. */
  readonly holdsFirstRow: boolean;
}

/** Separate buffers for labels and pixels. */
export interface RowTarget {
  readonly labels: Uint8Array;
  /** 784 bytes for each label. */
  readonly images: Uint8Array;
}

/**
 * Reads rows until the stream ends.
 *
 * @param targetOf returns the buffers and the index for the next row; called once per row, not for the header
 * @throws MicronnError with file, line and column of the first thing that is wrong
 */
export async function readRows(
  input: Readable,
  { file, firstLine, holdsFirstRow }: CsvPart,
  targetOf: () => RowTarget & { row: number },
  signal?: AbortSignal,
): Promise<void> {
  let mayBeHeader = holdsFirstRow;
  let lastLine = 0;
  let lastBlankLines = 0;

  const takeRow = (fields: readonly string[], line: number): void => {
    const header = mayBeHeader && isHeader(fields[0]!);
    mayBeHeader = false;
    if (fields.length !== FIELDS) {
      const [code, what] = header
        ? (['CSV_HEADER', 'a header'] as const)
        : (['CSV_COLUMNS', 'a row'] as const);
      const got = fields.length > MAX_FIELDS ? `more than ${MAX_FIELDS}: missing newline?` : fields.length;
      throw new MicronnError(
        code,
        `expected ${what} of ${FIELDS} fields (a label and ${PIXELS} pixels), got ${got}`,
        { file, line },
      );
    }
    if (!header) parseRowInto(targetOf(), fields, file, line);
  };

  const parser = parse({
    // A byte-order mark can only be at the start of the file.
    bom: firstLine === 1,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
    // Rows are taken in this callback, because the parser knows their line only here; nothing is passed on or queued.
    on_record: (fields: string[], { lines, empty_lines }) => {
      takeRow(fields, firstLine + lines - 1);
      lastLine = lines;
      lastBlankLines = empty_lines;
      return null;
    },
  });
  try {
    await pipeline(
      input,
      createFieldLimit(MAX_FIELDS),
      parser,
      new Writable({ objectMode: true, write: (_row, _encoding, done) => done() }),
      { ...(signal && { signal }) },
    );
  } catch (error) {
    if (signal?.aborted) throw interrupted(file, error);
    if (!(error instanceof CsvError)) throw streamFailure(file, error);
    const blankLines = (error['empty_lines'] as number) - lastBlankLines;
    throw csvFailure(file, error, firstLine + lastLine + blankLines);
  }
}

/** Kaggle's header begins with `label`; the other names differ between data sets. */
export function isHeader(firstField: string): boolean {
  return firstField.trim().toLowerCase() === 'label';
}

function parseRowInto(
  { labels, images, row }: RowTarget & { row: number },
  fields: readonly string[],
  file: string,
  line: number,
): void {
  const from = row * PIXELS - 1;
  for (let k = 0; k < FIELDS; k++) {
    const text = fields[k]!;
    const value = text === '0' ? 0 : parseByte(text);
    if (value < 0 || (k === 0 && value >= CLASSES)) {
      const [code, what, most] =
        k === 0 ? (['CSV_LABEL', 'label', CLASSES - 1] as const) : (['CSV_PIXEL', 'pixel', 255] as const);
      throw new MicronnError(
        code,
        `invalid ${what} ${JSON.stringify(shortened(text))}: expected a whole number from 0 to ${most}`,
        { file, line, column: k + 1 },
      );
    }
    if (k === 0) labels[row] = value;
    else images[from + k] = value;
  }
}

/** The value of one to three decimal digits, from 0 to 255; −1 for any other text. */
function parseByte(text: string): number {
  if (text.length === 0 || text.length > 3) return -1;
  let value = 0;
  for (let k = 0; k < text.length; k++) {
    const digit = text.charCodeAt(k) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value <= 255 ? value : -1;
}

function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

/** The error of a reading that the signal aborted. */
export function interrupted(file: string, cause: unknown): MicronnError {
  return new MicronnError('INTERRUPTED', 'interrupted while reading', { file }, { cause });
}

/** @param line the line on which the current row of the parser begins */
function csvFailure(file: string, error: CsvError, line: number): MicronnError {
  const place = { file, line };
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new MicronnError(
        'CSV_RECORD_SIZE',
        `row is too long (more than ${MAX_ROW_BYTES} bytes): unclosed quote or missing newline?`,
        place,
        { cause: error },
      );
    case 'CSV_QUOTE_NOT_CLOSED':
      return new MicronnError('CSV_QUOTES', 'unclosed quote: the file ends inside a quoted field', place, {
        cause: error,
      });
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return new MicronnError('CSV_QUOTES', 'misplaced quote: quotes must enclose a whole field', place, {
        cause: error,
      });
    default:
      return new MicronnError('DATA_UNREADABLE', `cannot parse the CSV: ${error.message}`, place, {
        cause: error,
      });
  }
}
