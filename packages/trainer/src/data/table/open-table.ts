import { open } from 'node:fs/promises';
import {
  dialectOf,
  largestIndex,
  MOST_FIELDS,
  mistakenFor,
  type NumberFacts,
  parseArff,
  type SampleRow,
  splitRow,
  type TableDialect,
  TableError,
  type TableForm,
  type TableOptions,
  understandTable,
  wrongCount,
} from '@micronn/core/data';
import type { ByteSource } from '../source.ts';
import { findRowEnd } from './row-end.ts';
import { fieldsOf, MAX_ROW_BYTES, mostRowBytes, tooLong } from './row-fields.ts';
import { asText, readBegin, type TextSource } from './text-source.ts';

/** A table whose form is known. */
export interface OpenedTable {
  readonly source: TextSource;
  readonly form: TableForm;
  /** Where its first row is, among the bytes that `source.open` yields. */
  readonly firstByte: number;
  readonly firstLine: number;
  /** The numbers of the pixels at its beginning. */
  readonly numbers: NumberFacts;
}

/** The beginning that is looked at: more than one row of 64 × 64 numbers in NumPy's longest form. */
const HEAD_BYTES = 1 << 20;
/** The rows of the beginning that are looked at. */
const HEAD_ROWS = 128;
/** Lines that show the dialect. */
const DIALECT_LINES = 20;
const DIALECT_BYTES = 1 << 18;
/** Elsewhere in a file, where its beginning leaves the label open: the rows may be sorted by it. */
const PLACES = 32;
const PLACE_BYTES = 1 << 18;
const ROWS_PER_PLACE = 8;

/**
 * Finds out what a table of text is.
 *
 * @throws TableError if it is none, or if an option must say how to read it
 */
export async function openTable(bytes: ByteSource, options: TableOptions): Promise<OpenedTable> {
  const begin = await readBegin(bytes, HEAD_BYTES);
  const source = asText(bytes, begin);
  const head = source.isDecoded ? await readBegin(source, HEAD_BYTES) : begin;
  const isAll = head.length < HEAD_BYTES;
  const mistaken = mistakenFor(head.toString('utf8', 0, 1000));
  if (mistaken) throw new TableError('DATA_KIND', `this is ${mistaken}`);
  const arff = /^\s*(?:%[^\n]*\s*)*@relation\b/i.test(head.toString('utf8', source.begin, 65_536))
    ? arffRows(head, isAll)
    : undefined;
  const start = arff ?? leadingLines(head, source.begin, isAll);
  const sample = sampleOf(head, start, isAll);
  if (start.dialect.syntax === 'libsvm') return openLibsvm(source, start, sample, options);
  const { rows, header } = sample;
  const understand = (more: readonly SampleRow[] = []) =>
    understandTable(
      header ? [header, ...rows] : rows,
      start.dialect,
      { ...options, ...arff?.options(options) },
      more,
    );
  let table: ReturnType<typeof understandTable>;
  try {
    table = understand();
  } catch (error) {
    const isOpen = error instanceof TableError && error.code === 'TABLE_FORM';
    if (!isOpen || isAll || source.file === undefined || start.dialect.syntax !== 'csv') throw error;
    table = understand(await rowsElsewhere(source.file, start.dialect));
  }
  const firstRow = table.hasHeader && !header ? 1 : 0;
  const { at, line } = sample.starts[firstRow] ?? sample.behind;
  return {
    source,
    form: arff ? { ...table.form, omitted: arff.nominal, told: arff.told(table.form) } : table.form,
    firstByte: at,
    firstLine: line,
    numbers: table.numbers,
  };
}

interface Start {
  readonly at: number;
  readonly line: number;
  readonly dialect: TableDialect;
  /** Names that stand before the rows, but not as a row. */
  readonly names?: readonly string[];
}

/** Passes over blank lines, comments, and the line in which Excel names the separator. */
function leadingLines(head: Buffer, begin: number, isAll: boolean): Start {
  let at = begin;
  let line = 1;
  let comment = '';
  let separator: string | undefined;
  const unknown = { syntax: 'libsvm', delimiter: ' ', decimal: '.', quote: '"', comment: '' } as const;
  for (;;) {
    const row = findRowEnd(head, at, head.length, unknown, isAll);
    if (!row || row.next === at) break;
    const text = head.toString('utf8', at, row.end);
    const named = /^"?sep=(.)"?$/i.exec(text.trim())?.[1];
    if (named !== undefined) separator = named;
    else if (/^\s*#(?!\s*[,;\t])/.test(text)) comment = text;
    else if (text.trim() !== '') break;
    at = row.next;
    line++;
  }
  const lines = head
    .toString('utf8', at, at + DIALECT_BYTES)
    .split(/\r\n|\n|\r/, DIALECT_LINES + 1)
    .filter((text) => text.trim() !== '');
  // The last line may not be whole.
  const whole = lines.length > 1 && !(isAll && lines.length <= DIALECT_LINES) ? lines.slice(0, -1) : lines;
  const found =
    whole.length > 0 ? dialectOf(whole) : { ...unknown, syntax: 'csv' as const, delimiter: ',' as const };
  const isKnown = separator === ',' || separator === ';' || separator === '\t';
  const dialect: TableDialect = {
    ...found,
    ...(isKnown && found.syntax === 'csv' && { delimiter: separator as ',' }),
    comment: comment === '' ? '' : '#',
  };
  // NumPy's savetxt writes the header as a comment.
  const names = comment.replace(/^\s*#\s*/, '');
  const fields = dialect.syntax === 'csv' ? splitRow(names, dialect, { fields: 0 }, line) : [];
  const isHeader =
    fields.length > 10 && fields.length === splitRow(whole.at(-1)!, dialect, { fields: 0 }, line).length;
  return { at, line, dialect, ...(isHeader && { names: fields }) };
}

interface ArffStart extends Start {
  readonly nominal: Readonly<Record<number, string>>;
  options(given: TableOptions): TableOptions;
  told(form: TableForm): string[];
}

function arffRows(head: Buffer, isAll: boolean): ArffStart {
  const lines = head.toString('latin1').split('\n');
  const header = parseArff(lines.map((text) => text.replace(/\r$/, '')));
  if (!header) {
    throw new TableError('CSV_HEADER', isAll ? 'ARFF without @data' : 'ARFF with a header of more than 1 MB');
  }
  const at = lines.slice(0, header.lines).reduce((sum, { length }) => sum + length + 1, 0);
  const first = lines.slice(header.lines).find((text) => text.trim() !== '' && !text.startsWith('%')) ?? '';
  const syntax = first.trimStart().startsWith('{') ? 'sparse' : 'csv';
  const labels = Object.keys(header.nominal);
  return {
    at: Math.min(at, head.length),
    line: header.lines + 1,
    dialect: { syntax, delimiter: ',', decimal: '.', quote: "'", comment: '%' },
    names: header.names,
    nominal: header.nominal,
    options: ({ labelColumn }) =>
      labelColumn === undefined && labels.length === 1 ? { labelColumn: String(Number(labels[0]) + 1) } : {},
    told: ({ label }) => [
      'ARFF',
      ...(header.relation === '' ? [] : [header.relation]),
      ...(label.kind === 'column' ? [`${header.names[label.column]!} in column ${label.column + 1}`] : []),
    ],
  };
}

interface RowStart {
  readonly at: number;
  readonly line: number;
}

interface Sample {
  readonly rows: readonly SampleRow[];
  readonly starts: readonly RowStart[];
  /** Behind the last of the rows. */
  readonly behind: RowStart;
  /** Names that stand before the rows, as a row. */
  readonly header?: SampleRow;
  readonly texts: readonly string[];
}

/** The first rows. */
function sampleOf(
  head: Buffer,
  { at: from, line: firstLine, dialect, names }: Start,
  isAll: boolean,
): Sample {
  const rows: SampleRow[] = [];
  const starts: RowStart[] = [];
  const texts: string[] = [];
  let at = from;
  let line = firstLine;
  let most = MAX_ROW_BYTES;
  const form = { fields: names?.length ?? 0 };
  while (rows.length < HEAD_ROWS && at < head.length) {
    try {
      const row = findRowEnd(head, at, head.length, dialect, isAll);
      // Names are no longer than numbers.
      if (!row && head.length - at > mostRowBytes(MOST_FIELDS)) throw tooLong(most, line);
      if (!row) break;
      const isComment = dialect.comment !== '' && head[at] === dialect.comment.charCodeAt(0);
      if (row.isEndless) throw endless(head.toString('utf8', at, at + 100), names ?? rows[0]?.fields, line);
      if (row.end > at && !isComment) {
        const text = head.toString('utf8', at, row.end);
        const fields = dialect.syntax === 'libsvm' ? [] : fieldsOf(text, row.hasQuotes, dialect, form, line);
        most = Math.max(most, mostRowBytes(fields.length));
        if (row.end - at > most) throw tooLong(most, line);
        rows.push({ fields, line });
        starts.push({ at, line });
        texts.push(text);
      }
      at = row.next;
      line += row.lines;
    } catch (error) {
      // The rows before show what is wrong with this one; and it is found again when all are read.
      if (!(error instanceof TableError) || rows.length < 1) throw error;
      if (rows.length === 1) {
        const only = rows[0]!;
        rows.push({ fields: only.fields.map(() => '0'), line });
        starts.push({ at, line });
      }
      break;
    }
  }
  return {
    rows,
    starts,
    behind: { at, line },
    texts,
    ...(names && { header: { fields: names, line: firstLine - 1 } }),
  };
}

function endless(text: string, first: readonly string[] | undefined, line: number): TableError {
  const isHeader = !first && !/^\s*"?[\d.+-]/.test(text) && !/^\s*[,;]/.test(text);
  const error = wrongCount(
    { fields: first?.length ?? 0, width: 0, height: 0, label: { kind: 'none' } },
    MOST_FIELDS + 1,
    line,
  );
  if (first) return error;
  const what = isHeader ? 'a header of fewer fields' : 'a row of fewer fields';
  return new TableError(
    isHeader ? 'CSV_HEADER' : 'CSV_COLUMNS',
    `expected ${what}, got more than ${MOST_FIELDS}: missing newline?`,
    { line },
  );
}

/** Whole rows from places all over a file. */
async function rowsElsewhere(file: string, dialect: TableDialect): Promise<SampleRow[]> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(PLACE_BYTES);
    const rows: SampleRow[] = [];
    for (let k = 0; k < PLACES; k++) {
      const place = Math.floor(((k + 1) * size) / PLACES) - PLACE_BYTES;
      const { bytesRead } = await handle.read(buffer, 0, PLACE_BYTES, Math.max(0, place));
      const lines = buffer
        .toString('utf8', 0, bytesRead)
        .split(/\r\n|\n|\r/)
        .slice(1, -1);
      // At the end of the file, the last rows; quotes may hide line ends.
      for (const text of lines.slice(-ROWS_PER_PLACE)) {
        if (text !== '' && !text.includes(dialect.quote))
          rows.push({ fields: splitRow(text, dialect, { fields: 0 }, 0), line: 0 });
      }
    }
    return rows;
  } finally {
    await handle.close();
  }
}

/** A libsvm file says nothing of the number of its features: it is that of the smallest square image that has them all. */
async function openLibsvm(
  source: TextSource,
  { dialect }: Start,
  { texts, starts }: Sample,
  options: TableOptions,
): Promise<OpenedTable> {
  const features = await mostFeatures(source);
  const given = options.size && options.size.width * options.size.height;
  const side = Math.max(4, Math.ceil(Math.sqrt(features)));
  const fields = 1 + (given !== undefined && given >= features ? given : side * side);
  if (fields > MOST_FIELDS)
    throw new TableError('TABLE_FORM', `libsvm with features up to index ${features}: too many for an image`);
  const rows = texts.map((text, k) => ({
    fields: splitRow(text, dialect, { fields }, starts[k]!.line),
    line: starts[k]!.line,
  }));
  const { form, numbers } = understandTable(rows, dialect, {
    ...options,
    labelColumn: options.labelColumn ?? 'first',
  });
  const { at, line } = starts[0]!;
  const told = ['libsvm', `features up to index ${features}`];
  return { source, form: { ...form, told }, firstByte: at, firstLine: line, numbers };
}

async function mostFeatures(source: TextSource): Promise<number> {
  let most = 0;
  let begun = '';
  for await (const chunk of source.open()) {
    const text = begun + chunk.toString('latin1');
    const end = text.lastIndexOf('\n');
    most = Math.max(most, largestIndex(text.slice(0, end + 1)));
    begun = text.slice(end + 1);
    if (begun.length > mostRowBytes(MOST_FIELDS)) break;
  }
  return Math.max(most, largestIndex(begun));
}
