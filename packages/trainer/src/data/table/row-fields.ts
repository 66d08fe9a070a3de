import { splitRow, type TableDialect, TableError, type TableForm } from '@micronn/core/data';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

/** The characters that a row may have, and half as many again for one that has many fields. */
export const MAX_ROW_BYTES = 65_536;
/** A number as NumPy's savetxt writes it has 24 characters. */
const FIELD_BYTES = 32;

/** The most bytes of a row: longer ones have lost their end. */
export function mostRowBytes(fields: number): number {
  return Math.max(MAX_ROW_BYTES, FIELD_BYTES * fields);
}

/**
 * The fields of a row.
 *
 * @throws TableError if its quotes are misplaced
 */
export function fieldsOf(
  text: string,
  hasQuotes: boolean,
  dialect: TableDialect,
  form: Pick<TableForm, 'fields' | 'omitted'>,
  line: number,
): string[] {
  if (!hasQuotes) return splitRow(text, dialect, form, line);
  try {
    const records = parse(text, {
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      escape: dialect.quote,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      // Some programs write a blank behind each comma.
      trim: dialect.delimiter !== '\t',
    });
    return records[0]!;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw quotesError(error, line);
  }
}

function quotesError(error: CsvError, line: number): TableError {
  const what =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'unclosed quote: the file ends inside a quoted field'
      : 'misplaced quote: quotes must enclose a whole field';
  return new TableError('CSV_QUOTES', what, { line });
}

/** The error for a row that is longer than any. */
export function tooLong(most: number, line: number): TableError {
  return new TableError(
    'CSV_RECORD_SIZE',
    `row is too long (more than ${most} bytes): unclosed quote or missing newline?`,
    { line },
  );
}
