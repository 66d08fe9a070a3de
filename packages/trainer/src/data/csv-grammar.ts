import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { MicronnError } from '../errors.ts';
import { FIELDS, isHeader, MAX_ROW_BYTES, type NextRow, type RowTarget } from './csv-format.ts';
import { createFieldLimit } from './field-limit.ts';
import type { CsvRest } from './plain-rows.ts';
import { CLASSES, PIXELS } from './samples.ts';

/** Rows of up to so many fields are counted exactly; the rest of a longer row is not read. */
const MAX_FIELDS = 10_000;

/**
 * Reads rows by the full grammar of CSV until the input ends; its text streams through csv-parse row by row.
 *
 * @throws MicronnError with file, line and column of the first thing that is wrong, or the error of the input
 */
export async function parseRows(
  input: AsyncIterable<Buffer>,
  { file, firstLine, holdsFirstRow, lineEnd }: CsvRest,
  nextRow: NextRow,
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
    if (!header) parseRowInto(nextRow(), fields, file, line);
  };

  const parser = parse({
    // A byte-order mark can only be at the start of the file.
    bom: firstLine === 1,
    // The parser keeps to the first line end of the file; here the first may be in the rows before.
    ...(lineEnd && { record_delimiter: lineEnd }),
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
    if (!(error instanceof CsvError)) throw error;
    const blankLines = (error['empty_lines'] as number) - lastBlankLines;
    throw csvFailure(file, error, firstLine + lastLine + blankLines);
  }
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
