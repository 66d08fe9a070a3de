import { labelText, MOST_CLASSES } from './classes.ts';
import type { ImageSize } from './likeness.ts';
import type { PixelRange } from './pixel-range.ts';
import { columnFacts, labelColumnOf } from './table-columns.ts';
import { shownField, TableError } from './table-error.ts';
import { type LabelPlace, numberOf, type TableDialect, type TableForm } from './table-form.ts';
import { isIndexName, isLabelName, namedPixels, oddColumns } from './table-names.ts';
import { countNumbers, type NumberFacts, noNumbers, numberForm } from './table-numbers.ts';
import { labelOf } from './table-row.ts';

/** A row of a table, in fields. */
export interface SampleRow {
  readonly fields: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** How the options say to read a table; what is undefined is found out. */
export interface TableOptions {
  /** The column of the label: its name, its number from 1, `first`, `last`, or `none`. */
  readonly labelColumn?: string;
  readonly pixelScale?: PixelRange;
  /** The size of the images, if the number of their pixels fits it. */
  readonly size?: ImageSize;
  /** Whether a table without labels is of use. */
  readonly unlabelled?: boolean;
}

/** A table's form, and whether its first row is a header. */
export interface UnderstoodTable {
  readonly form: TableForm;
  readonly hasHeader: boolean;
  /** The numbers of the pixels in the rows that were looked at. */
  readonly numbers: NumberFacts;
}

/** The least and the largest side of images. */
const LEAST_SIDE = 4;
const MOST_SIDE = 64;
/** The rows whose pixels show what numbers they are. */
const NUMBER_ROWS = 64;

/**
 * Finds out what a table of text is, from some of its rows: consecutive ones, the first of the file first. What can be
 * read in two ways is never guessed.
 *
 * @param more rows from elsewhere in the file, which show more values of its columns
 * @throws TableError if it is no table of images, or if an option must say how to read it
 */
export function understandTable(
  rows: readonly SampleRow[],
  dialect: TableDialect,
  options: TableOptions = {},
  more: readonly SampleRow[] = [],
): UnderstoodTable {
  const count = usualCount(rows.length > 1 ? rows.slice(1) : rows);
  const first = rows[0];
  const others = rows.slice(1).filter(({ fields }) => fields.length === count);
  const hasHeader = first !== undefined && isHeader(first, others.slice(0, 20));
  const body = hasHeader ? others : rows.filter(({ fields }) => fields.length === count);
  if (hasHeader ? rows.length === 1 : rows.length === 0) {
    throw new TableError('CSV_EMPTY', 'no rows: expected at least one row of a label and its pixels');
  }
  const table: Table = {
    count,
    names: hasHeader ? headerNames(first, count, body) : undefined,
    rows: body,
    edges: [...body, ...more.filter(({ fields }) => fields.length === count)],
    options,
  };
  const columns = columnsOf(table);
  const label = columns.label;
  const order = orderOf(table, columns.pixels);
  const places = new Int16Array(count).fill(-1);
  for (const [k, column] of columns.pixels.entries()) places[column] = order.places[k]!;
  const numbers = noNumbers();
  for (const { fields } of [...body.slice(0, NUMBER_ROWS), ...more]) {
    countNumbers(numbers, { places, decimal: dialect.decimal }, fields);
  }
  return {
    hasHeader,
    numbers,
    form: {
      ...dialect,
      ...numberForm(numbers, options.pixelScale),
      fields: count,
      label,
      places,
      width: order.width,
      height: order.height,
      ...(table.names && { firstName: table.names[0]! }),
      told: [
        nameOf(dialect, table, label),
        ...(dialect.syntax === 'csv' && dialect.quote === '"' ? [hasHeader ? 'header' : 'no header'] : []),
        ...labelTold(label, dialect),
        ...columns.ignored.map((column) => `index column ${column + 1} ignored`),
      ],
    },
  };
}

interface Table {
  readonly count: number;
  readonly names: readonly string[] | undefined;
  /** Consecutive rows. */
  readonly rows: readonly SampleRow[];
  /** Those and others. */
  readonly edges: readonly SampleRow[];
  readonly options: TableOptions;
}

interface Columns {
  readonly label: LabelPlace;
  readonly pixels: readonly number[];
  /** Index columns. */
  readonly ignored: readonly number[];
}

const NONE: LabelPlace = { kind: 'none' };

/** The number of fields that most rows have. */
function usualCount(rows: readonly SampleRow[]): number {
  const times = new Map<number, number>();
  for (const { fields } of rows) times.set(fields.length, (times.get(fields.length) ?? 0) + 1);
  return [...times].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

function isHeader({ fields, line }: SampleRow, others: readonly SampleRow[]): boolean {
  const words = fields.filter((field) => field.trim() !== '' && Number.isNaN(numberOf(field))).length;
  if (2 * words >= fields.length && words > 0)
    return fields.length > 1 || others.length === 0 || isLabelName(fields[0]!);
  // The header that pandas writes for columns without names: 0, 1, 2, …, with or without the label's name.
  const names = fields.filter((field) => /^\d+$/.test(field.trim())).map(Number);
  const counts = names.every((name, k) => k === 0 || name === names[k - 1]! + 1);
  if (counts && names.length > 10 && names.length >= fields.length - 2) return true;
  if (isMangled(fields) && others.some((row) => !isMangled(row.fields))) {
    throw new TableError(
      'TABLE_FORM',
      'the first line is a row that pandas has taken for a header, and changed where a number occurs twice: write the table again after pandas.read_csv(…, header=None)',
      { line },
    );
  }
  return false;
}

/** Whether fields are as pandas makes names distinct: 0, 0.1, 0.2, and so on. */
function isMangled(fields: readonly string[]): boolean {
  const times = new Map<string, number>();
  let again = 0;
  for (const field of fields) {
    const [name, suffix] = field.trim().split('.') as [string, string?];
    const expected = times.get(name) ?? 0;
    if (suffix === undefined ? expected !== 0 : suffix !== String(expected)) return false;
    if (suffix !== undefined) again++;
    times.set(name, expected + 1);
  }
  return 2 * again > fields.length;
}

/** @throws TableError if the header has too few names, or too many */
function headerNames(
  { fields, line }: SampleRow,
  count: number,
  rows: readonly SampleRow[],
): readonly string[] {
  const names = fields.map((name) => name.trim());
  if (names.length === count || rows.length === 0) return names;
  // R leaves the name of the rows' numbers out.
  const isR = names.length === count - 1 && countsUp(rows, 0);
  if (isR) return ['', ...names];
  const square = isSquare(count - 1)
    ? ` (a label and ${count - 1} pixels)`
    : isSquare(count)
      ? ' (pixels)'
      : '';
  throw new TableError('CSV_HEADER', `expected a header of ${count} fields${square}, got ${names.length}`, {
    line,
  });
}

function isSquare(pixels: number): boolean {
  const side = Math.sqrt(pixels);
  return Number.isInteger(side) && side >= LEAST_SIDE && side <= MOST_SIDE;
}

function isImage(pixels: number, { size }: TableOptions): boolean {
  return isSquare(pixels) || (size !== undefined && size.width * size.height === pixels);
}

const factsOf = (rows: readonly SampleRow[], column: number) =>
  columnFacts(rows.map(({ fields }) => fields[column]!));
const countsUp = (rows: readonly SampleRow[], column: number): boolean =>
  factsOf(rows, column).counts === 'up';

/** Which column is what. */
function columnsOf(table: Table): Columns {
  const { count, names, rows, options } = table;
  const all = Array.from({ length: count }, (_, k) => k);
  const filled = all.filter((k) => k < count - 1 || !rows.every(({ fields }) => fields[k]!.trim() === ''));
  const named = namedLabel(table, filled);
  if (named !== undefined) {
    const others = filled.filter((k) => k !== named);
    const { pixels, ignored } = withoutIndex(table, named < 0 ? filled : others);
    if (named < 0) return { label: NONE, pixels, ignored };
    assertNoOthers(table, pixels);
    return { label: columnLabel(table, named), pixels, ignored };
  }
  const { pixels, ignored } = names ? withoutNamedIndex(table, filled) : { pixels: filled, ignored: [] };
  const odd = names ? oddColumns(names, pixels) : [];
  const even = pixels.filter((k) => !odd.includes(k));
  if (odd.length === 1 && isImage(even.length, options)) {
    return { label: columnLabel(table, odd[0]!), pixels: even, ignored };
  }
  const found = isImage(pixels.length, options)
    ? { label: NONE, pixels, ignored: [] }
    : labelByValues(table, pixels);
  const columns = { ...found, ignored: [...ignored, ...found.ignored] };
  if (columns.label.kind === 'none' && !options.unlabelled) throw noLabel(table, columns);
  assertNoOthers(table, columns.pixels);
  return columns;
}

/** The column that an option or its name makes the label; −1 for none. */
function namedLabel(
  { count, names, options: { labelColumn } }: Table,
  filled: readonly number[],
): number | undefined {
  if (labelColumn !== undefined) {
    const byName = names?.findIndex((name) => name.toLowerCase() === labelColumn.trim().toLowerCase()) ?? -1;
    if (byName >= 0 && !/^\d+$/.test(labelColumn)) return byName;
    if (labelColumn === 'none') return -1;
    if (labelColumn === 'first') return filled[0]!;
    if (labelColumn === 'last') return filled.at(-1)!;
    const number = /^\d+$/.test(labelColumn) ? Number(labelColumn) : 0;
    if (number >= 1 && number <= count) return number - 1;
    throw new TableError(
      'TABLE_FORM',
      `--label-column ${labelColumn}: expected ${names ? 'a name of the header, ' : ''}a number from 1 to ${count}, last or none`,
    );
  }
  const labels = names ? filled.filter((k) => isLabelName(names[k]!)) : [];
  if (labels.length > 1) {
    const list = labels.map((k) => `${shownField(names![k]!)} (column ${k + 1})`).join(' and ');
    throw new TableError(
      'TABLE_FORM',
      `the names ${list} are both names of labels: say which is the label with --label-column`,
    );
  }
  return labels[0];
}

/** Leaves out the columns that count the rows, by name or by value, as long as more are there than pixels. */
function withoutIndex(table: Table, columns: readonly number[]): Pick<Columns, 'pixels' | 'ignored'> {
  const { pixels, ignored } = withoutNamedIndex(table, columns);
  if (isImage(pixels.length, table.options)) return { pixels, ignored };
  const index = [pixels[0]!, pixels.at(-1)!].find((k) => countsUp(table.rows, k));
  if (index === undefined) return { pixels, ignored };
  return { pixels: pixels.filter((k) => k !== index), ignored: [...ignored, index] };
}

function withoutNamedIndex(
  { names }: Table,
  columns: readonly number[],
): Pick<Columns, 'pixels' | 'ignored'> {
  const ignored = names ? columns.filter((k) => isIndexName(names[k]!)) : [];
  return { pixels: columns.filter((k) => !ignored.includes(k)), ignored };
}

/** Finds the label by the values of the columns at the edges. */
function labelByValues(table: Table, columns: readonly number[]): Columns {
  const { edges, rows, options } = table;
  const first = columns[0]!;
  const last = columns.at(-1)!;
  if (isImage(columns.length - 1, options)) {
    if (countsUp(rows, first)) return { label: NONE, pixels: columns.slice(1), ignored: [first] };
    if (countsUp(rows, last)) return { label: NONE, pixels: columns.slice(0, -1), ignored: [last] };
    const [one, other] = [factsOf(edges, first), factsOf(edges, last)];
    const cycle = factsOf(rows, first).counts ? first : factsOf(rows, last).counts ? last : undefined;
    if (cycle !== undefined) {
      throw new TableError(
        'TABLE_FORM',
        `column ${cycle + 1} counts up row by row, as an index does: say --label-column ${cycle + 1} if it is the label all the same, or --label-column none`,
      );
    }
    const place = labelColumnOf(one, other, edges.length);
    if (place === 'first') return { label: columnLabel(table, first), pixels: columns.slice(1), ignored: [] };
    if (place === 'last')
      return { label: columnLabel(table, last), pixels: columns.slice(0, -1), ignored: [] };
    const oneClass = one.distinct === 1 && other.distinct === 1;
    const why = oneClass
      ? `columns ${first + 1} and ${last + 1} have one value each, so the labels would be of one class only`
      : `the values leave open whether column ${first + 1} or column ${last + 1} is the label`;
    throw new TableError(
      'TABLE_FORM',
      `${why}: say where the label is with --label-column ${first + 1} or --label-column last`,
    );
  }
  if (isImage(columns.length - 2, options)) {
    const index = [first, last].find((k) => countsUp(rows, k));
    const rest = columns.filter((k) => k !== index);
    if (index !== undefined) return { ...labelByValues(table, rest), ignored: [index] };
  }
  const oneHot = oneHotColumns(table, columns);
  if (oneHot) return oneHot;
  throw noImage(table, columns);
}

/** The first or last columns, if exactly one of them is 1 in each row, and the others are 0. */
function oneHotColumns({ edges, names, options }: Table, columns: readonly number[]): Columns | undefined {
  const most = Math.min(MOST_CLASSES, columns.length - 1);
  for (let classes = 2; classes <= most; classes++) {
    if (!isImage(columns.length - classes, options)) continue;
    for (const from of [0, columns.length - classes]) {
      const hot = columns.slice(from, from + classes);
      const isOneHot = edges.every(({ fields }) => {
        const numbers = hot.map((k) => numberOf(fields[k]!));
        return (
          numbers.every((number) => number === 0 || number === 1) && numbers.filter(Boolean).length === 1
        );
      });
      if (!isOneHot || hot.at(-1)! - hot[0]! !== classes - 1) continue;
      const values = hot.map((k, output) =>
        names ? (/[^\d](\d+)$/.exec(names[k]!)?.[1] ?? names[k]!) : String(output),
      );
      const pixels = columns.filter((k) => !hot.includes(k));
      return { label: { kind: 'one-hot', column: hot[0]!, values }, pixels, ignored: [] };
    }
  }
  return undefined;
}

function columnLabel({ edges }: Table, column: number): LabelPlace {
  return { kind: 'column', column, words: areWords(edges.map(({ fields }) => fields[column]!)) };
}

/** Whether labels are words, or words and numbers, rather than numbers with a mistake among them. */
function areWords(labels: readonly string[]): boolean {
  const times = new Map<string, number>();
  for (const label of labels) {
    if (labelOf(label, false) !== undefined || labelOf(label, true) === undefined) continue;
    const text = labelText(label);
    // Fractions and missing values are no names.
    if (!Number.isNaN(Number(text)) || /^(?:nan|na|null|none)$/i.test(text)) continue;
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  const words = [...times.values()].reduce((sum, count) => sum + count, 0);
  return 2 * words > labels.length || [...times.values()].filter((count) => count > 1).length > 1;
}

/** @throws TableError for a column of a header that is neither label nor index nor pixel */
function assertNoOthers({ names, options }: Table, pixels: readonly number[]): void {
  if (!names || isImage(pixels.length, options)) return;
  const [odd] = oddColumns(names, pixels);
  if (odd === undefined) return;
  throw new TableError(
    'TABLE_FORM',
    `column ${odd + 1} is called ${shownField(names[odd]!)}: expected a label and pixels; leave the column out, or name the label’s column with --label-column`,
  );
}

/** The places of the pixels, and the size of the image. */
function orderOf({ names, options, count }: Table, pixels: readonly number[]): NamedOrder {
  const named = names && namedPixels(pixels.map((k) => names[k]!));
  const places = named?.places ?? pixels.map((_, k) => k);
  const size = sizeOf(pixels.length, options.size, named?.size);
  if (!size) throw noImage({ count }, pixels);
  if (size.width > MOST_SIDE || size.height > MOST_SIDE) {
    throw new TableError(
      'TABLE_FORM',
      `the images have ${size.width} × ${size.height} pixels: expected at most ${MOST_SIDE} × ${MOST_SIDE}`,
    );
  }
  return { places, ...size };
}

interface NamedOrder extends ImageSize {
  readonly places: readonly number[];
}

function sizeOf(
  pixels: number,
  given: ImageSize | undefined,
  named: ImageSize | undefined,
): ImageSize | undefined {
  if (given && given.width * given.height === pixels) return given;
  if (named) return named;
  const side = Math.sqrt(pixels);
  return Number.isInteger(side) && side >= LEAST_SIDE ? { width: side, height: side } : undefined;
}

function noImage({ count }: Pick<Table, 'count'>, columns: readonly number[]): TableError {
  return new TableError(
    'TABLE_FORM',
    `rows of ${count} fields: neither ${columns.length} nor ${columns.length - 1} pixels are a square image from ${LEAST_SIDE} × ${LEAST_SIDE} to ${MOST_SIDE} × ${MOST_SIDE}; say the size with --size, as --size 32x24, and if each column is an image, transpose the table first`,
  );
}

function noLabel({ names }: Table, { pixels, ignored }: Columns): TableError {
  const index = ignored.length > 0 ? `, and column ${ignored[0]! + 1} counts the rows` : '';
  return new TableError(
    'TABLE_FORM',
    `${pixels.length} pixels and no label${index}: expected a column of labels${names ? ', called label' : ''}; micronn predict reads images without labels`,
  );
}

const SEPARATED = {
  ',': 'CSV',
  ';': 'semicolon-separated CSV',
  '\t': 'TSV',
  ' ': 'space-separated table',
} as const;

function nameOf({ syntax, delimiter }: TableDialect, { names }: Table, label: LabelPlace): string {
  if (syntax !== 'csv') return syntax === 'libsvm' ? 'libsvm' : 'ARFF';
  const isKaggle =
    delimiter === ',' && names && (label.kind === 'none' || (label.kind === 'column' && label.column === 0));
  return isKaggle && !names.some((name) => name === '') ? 'Kaggle CSV' : SEPARATED[delimiter];
}

function labelTold(label: LabelPlace, { syntax }: TableDialect): string[] {
  if (label.kind === 'none' || syntax === 'libsvm') return [];
  if (label.kind === 'one-hot') {
    return [`one-hot label in columns ${label.column + 1} to ${label.column + label.values.length}`];
  }
  return [`${syntax === 'sparse' ? 'class' : 'label'} in column ${label.column + 1}`];
}
