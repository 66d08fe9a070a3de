import {
  dialectOf,
  largestIndex,
  mistakenFor,
  parseArff,
  readRowInto,
  type SampleRow,
  splitRow,
  type TableDialect,
  TableError,
  type TableOptions,
  type UnderstoodTable,
  understandTable,
} from '@micronn/core/data';
import { type OwnBytes, OwnDataError, type OwnOptions, type RawSet } from './own-data.ts';

/** Rows that show what a table is: the first ones, and some from all over it, which may be sorted by label. */
const HEAD_ROWS = 128;
const MORE_ROWS = 256;
const DIALECT_LINES = 20;

/**
 * Reads a table of text: CSV in its dialects, libsvm or ARFF, by core's understanding of tables.
 *
 * @throws OwnDataError with file and line
 */
export async function readTable({ path, bytes }: OwnBytes, options: OwnOptions): Promise<RawSet> {
  try {
    return await rowsOf(decode(bytes), {
      ...(options.labelColumn !== undefined && { labelColumn: options.labelColumn }),
      ...(options.white !== undefined && { pixelScale: { low: 0, high: options.white } }),
    });
  } catch (cause) {
    if (!(cause instanceof TableError)) throw cause;
    const { line, column } = cause.place;
    const place = [path, ...(line ? [`line ${line}`] : []), ...(column ? [`column ${column}`] : [])];
    throw new OwnDataError(`${place.join(', ')}: ${cause.message}`, { cause });
  }
}

/** UTF-8, or UTF-16 with a byte order mark, as Excel and PowerShell write it. */
function decode(bytes: Uint8Array): string {
  const [one, two] = bytes;
  const encoding =
    one === 0xff && two === 0xfe ? 'utf-16le' : one === 0xfe && two === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

async function rowsOf(text: string, options: TableOptions): Promise<RawSet> {
  const mistaken = mistakenFor(text.slice(0, 1000));
  if (mistaken) throw new TableError('DATA_KIND', `this is ${mistaken}`);
  const lines = text.split(/\r\n|\n|\r/).map((content, k) => ({ content, line: k + 1 }));
  const arff = /^\s*(?:%[^\n]*\s*)*@relation\b/i.test(text.slice(0, 65_536))
    ? parseArff(lines.map(({ content }) => content))
    : undefined;
  const comment = arff ? '%' : '#';
  const filled = lines
    .slice(arff?.lines ?? 0)
    .filter(({ content }) => content.trim() !== '' && !content.startsWith(comment));
  const separator = /^"?sep=(.)"?$/i.test(filled[0]?.content.trim() ?? '') ? 1 : 0;
  const body = filled.slice(separator);
  if (body.length === 0) throw new TableError('TABLE_FORM', 'expected rows, got none');
  const dialect: TableDialect = arff
    ? {
        syntax: body[0]!.content.trimStart().startsWith('{') ? 'sparse' : 'csv',
        delimiter: ',',
        decimal: '.',
        quote: "'",
        comment: '%',
      }
    : dialectOf(body.slice(0, DIALECT_LINES).map(({ content }) => content));
  const features =
    dialect.syntax === 'libsvm'
      ? Math.max(...sampled(body, 1e5).map(({ content }) => largestIndex(content)))
      : 0;
  const side = Math.max(4, Math.ceil(Math.sqrt(features)));
  const sparse = { fields: arff?.names.length ?? 1 + side * side, ...(arff && { omitted: arff.nominal }) };
  const fieldsOf = await splitter(text, dialect, sparse);
  const read = (rows: readonly Line[]): SampleRow[] =>
    rows.map((row) => ({ fields: fieldsOf(row), line: row.line }));
  const nominal = Object.keys(arff?.nominal ?? {});
  const given: TableOptions = {
    ...(dialect.syntax === 'libsvm' && { labelColumn: 'first' }),
    ...(nominal.length === 1 && { labelColumn: String(Number(nominal[0]) + 1) }),
    ...options,
  };
  const head = read(body.slice(0, HEAD_ROWS));
  const header = arff ? [{ fields: arff.names, line: arff.lines }] : [];
  const understand = (more: readonly SampleRow[] = []): UnderstoodTable =>
    understandTable([...header, ...head], dialect, given, more);
  let table: UnderstoodTable;
  try {
    table = understand();
  } catch (error) {
    const isOpen = error instanceof TableError && error.code === 'TABLE_FORM' && body.length > HEAD_ROWS;
    if (!isOpen) throw error;
    table = understand(read(sampled(body.slice(HEAD_ROWS), MORE_ROWS)));
  }
  const form = arff ? { ...table.form, omitted: arff.nominal } : table.form;
  const rows = table.hasHeader && !arff ? body.slice(1) : body;
  const pixels = form.width * form.height;
  const images = new Uint8Array(rows.length * pixels);
  const labels = rows.map((row, k) => readRowInto(form, fieldsOf(row), images, k * pixels, row.line));
  const { width, height, range, told } = form;
  return { width, height, images, labels, range, told };
}

interface Line {
  readonly content: string;
  readonly line: number;
}

/** At most `most` of the lines, spread evenly. */
function sampled(lines: readonly Line[], most: number): readonly Line[] {
  if (lines.length <= most) return lines;
  return Array.from({ length: most }, (_, k) => lines[Math.floor((k * lines.length) / most)]!);
}

/** How to split a row into fields; csv-parse is loaded for a table with quotes only. */
async function splitter(
  text: string,
  dialect: TableDialect,
  sparse: Parameters<typeof splitRow>[2],
): Promise<(line: Line) => string[]> {
  const { syntax, delimiter, quote } = dialect;
  if (syntax !== 'csv' || delimiter === ' ' || !text.includes(quote)) {
    return ({ content, line }) => splitRow(content, dialect, sparse, line);
  }
  const { parse } = await import('csv-parse/browser/esm/sync');
  return ({ content, line }) => {
    if (!content.includes(quote)) return splitRow(content, dialect, sparse, line);
    try {
      const [fields] = parse(content, { delimiter, quote, relax_column_count: true });
      return fields ?? [];
    } catch (cause) {
      const message = `quotes that are not closed on their line, or stand inside a field: ${(cause as Error).message}`;
      throw new TableError('CSV_QUOTES', message, { line });
    }
  };
}
