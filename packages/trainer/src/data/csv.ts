import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { MicronnError } from '../errors.ts';
import { openStream, streamFailure } from './gzip.ts';
import { CLASSES, type Samples, sharedBytes } from './samples.ts';

/**
 * Kaggle's "MNIST in CSV": a header line `label,1x1,1x2,…,28x28` (it may be missing), then a line per image
 * with its label and 784 pixels from 0 to 255.
 *
 * The file goes through csv-parse as a stream, line by line into bytes; its text is never held whole.
 */

const PIXELS = 784;
const FIELDS = PIXELS + 1;
/** Rows are collected in blocks, as their number is not known before the end. */
const ROWS_PER_BLOCK = 4096;
/** A row of 785 fields has at most 3,140 characters (7,065 with quotes); a longer one has lost its end. */
const MAX_ROW_BYTES = 65_536;

/**
 * Reads every row of a CSV, plain or gzipped.
 *
 * @param signal ends the reading early
 * @throws MicronnError with file, line and column of the first thing that is wrong
 */
export async function readCsv(file: string, signal: AbortSignal): Promise<Samples> {
  const blocks: Uint8Array[] = [];
  let count = 0;
  let firstRow = true;
  let lastLine = 0;

  const takeRow = (fields: readonly string[], line: number): void => {
    const header = firstRow && isHeader(fields);
    firstRow = false;
    if (fields.length !== FIELDS) {
      const [code, what] = header
        ? (['CSV_HEADER', 'a header'] as const)
        : (['CSV_COLUMNS', 'a row'] as const);
      throw new MicronnError(
        code,
        `expected ${what} of ${FIELDS} fields, the label and ${PIXELS} pixels, got ${fields.length}`,
        { file, line },
      );
    }
    if (header) return;
    const row = count % ROWS_PER_BLOCK;
    if (row === 0) blocks.push(new Uint8Array(ROWS_PER_BLOCK * FIELDS));
    parseRow(blocks.at(-1)!, row * FIELDS, fields, file, line);
    count++;
  };

  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_ROW_BYTES,
    // Taking each row here, where the parser stands, gives its line; nothing is passed on and nothing queues.
    on_record: (fields: string[], { lines }) => {
      takeRow(fields, lines);
      lastLine = lines;
      return null;
    },
  });
  try {
    await pipeline(
      openStream(file),
      parser,
      new Writable({ objectMode: true, write: (_row, _encoding, done) => done() }),
      { signal },
    );
  } catch (error) {
    if (signal.aborted)
      throw new MicronnError('INTERRUPTED', 'interrupted while it was read', { file }, { cause: error });
    throw csvFailure(file, error, lastLine + 1);
  }
  if (count === 0) {
    throw new MicronnError('CSV_EMPTY', 'expected at least one row of a label and 784 pixels, got none', {
      file,
    });
  }
  return intoSamples(blocks, count);
}

function isHeader(fields: readonly string[]): boolean {
  return fields[0]!.trim().toLowerCase() === 'label';
}

function parseRow(
  bytes: Uint8Array,
  from: number,
  fields: readonly string[],
  file: string,
  line: number,
): void {
  for (let k = 0; k < FIELDS; k++) {
    const text = fields[k]!;
    const value = text === '0' ? 0 : parseByte(text);
    if (value < 0 || (k === 0 && value >= CLASSES)) {
      const [code, what, most] =
        k === 0 ? (['CSV_LABEL', 'a label', CLASSES - 1] as const) : (['CSV_PIXEL', 'a pixel', 255] as const);
      throw new MicronnError(
        code,
        `expected ${what}, a whole number from 0 to ${most}, got ${JSON.stringify(shortened(text))}`,
        { file, line, column: k + 1 },
      );
    }
    bytes[from + k] = value;
  }
}

/** Decimal digits and nothing else, from 0 to 255; −1 for anything else. */
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

/** Labels and pixels apart, in shared memory; each block is let go as soon as it has been copied. */
function intoSamples(blocks: Uint8Array[], count: number): Samples {
  const images = sharedBytes(count * PIXELS);
  const labels = sharedBytes(count);
  for (let i = 0; i < count; i++) {
    const from = (i % ROWS_PER_BLOCK) * FIELDS;
    const block = blocks[Math.floor(i / ROWS_PER_BLOCK)]!;
    labels[i] = block[from]!;
    images.set(block.subarray(from + 1, from + FIELDS), i * PIXELS);
  }
  return { count, inputs: PIXELS, images, labels };
}

/** @param rowStart the line at which the row begins that the parser was in */
function csvFailure(file: string, error: unknown, rowStart: number): MicronnError {
  if (!(error instanceof CsvError)) return streamFailure(file, error);
  const place = { file, line: rowStart };
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new MicronnError(
        'CSV_RECORD_SIZE',
        `expected a row of at most ${MAX_ROW_BYTES} bytes, got one that goes on: a quote that is not closed, or a line without end`,
        place,
        { cause: error },
      );
    case 'CSV_QUOTE_NOT_CLOSED':
      return new MicronnError(
        'CSV_QUOTES',
        'expected every quote to be closed, got one that is open at the end of the file',
        place,
        { cause: error },
      );
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return new MicronnError(
        'CSV_QUOTES',
        'expected quotes around whole fields, got one inside a field',
        place,
        { cause: error },
      );
    default:
      return new MicronnError(
        'DATA_UNREADABLE',
        `expected CSV, got something else (${error.message})`,
        place,
        { cause: error },
      );
  }
}
